package dev.ijen.cpu;

/// An LSTM in double precision.
record F64Lstm() implements CellMath {
    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Override
    public void forward(long gates, long stride, long xn, long old, long memory, long y, int n) {
        for (long j = 0; j < 8L * n; j += 8) {
            double i = sigmoid(Mem.f64(gates + j));
            double f = sigmoid(Mem.f64(gates + stride + j));
            double g = Math.tanh(Mem.f64(gates + 2 * stride + j));
            double o = sigmoid(Mem.f64(gates + 3 * stride + j));
            double c = f * Mem.f64(old + j) + i * g;
            Mem.f64(gates + j, i);
            Mem.f64(gates + stride + j, f);
            Mem.f64(gates + 2 * stride + j, g);
            Mem.f64(gates + 3 * stride + j, o);
            Mem.f64(memory + j, c);
            Mem.f64(y + j, o * Math.tanh(c));
        }
    }

    @Override
    public void backward(
            long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx, int n) {
        for (long j = 0; j < 8L * n; j += 8) {
            double i = Mem.f64(gates + j);
            double f = Mem.f64(gates + stride + j);
            double g = Mem.f64(gates + 2 * stride + j);
            double o = Mem.f64(gates + 3 * stride + j);
            double tanh = Math.tanh(Mem.f64(memory + j));
            double e = Mem.f64(dh + j) + Mem.f64(dy + j);
            double c = Mem.f64(dm + j) + e * o * (1 - tanh * tanh);
            Mem.f64(dx + j, c * g * i * (1 - i));
            Mem.f64(dx + stride + j, c * Mem.f64(old + j) * f * (1 - f));
            Mem.f64(dx + 2 * stride + j, c * i * (1 - g * g));
            Mem.f64(dx + 3 * stride + j, e * tanh * o * (1 - o));
            Mem.f64(dm + j, c * f);
        }
    }
}
