package dev.ijen.cpu;

/// A simple recurrent cell in double precision: tanh, or a rectifier.
record F64Rnn(boolean tanh) implements CellMath {
    @Override
    public void forward(long gates, long stride, long xn, long old, long memory, long y, int n) {
        for (long j = 0; j < 8L * n; j += 8) {
            double a = Mem.f64(gates + j);
            double v = tanh ? Math.tanh(a) : a <= 0 ? 0 : a;
            Mem.f64(gates + j, v);
            Mem.f64(y + j, v);
        }
    }

    @Override
    public void backward(
            long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx, int n) {
        for (long j = 0; j < 8L * n; j += 8) {
            double v = Mem.f64(gates + j);
            double e = Mem.f64(dh + j) + Mem.f64(dy + j);
            Mem.f64(dx + j, tanh ? e * (1 - v * v) : v <= 0 ? 0 : e);
        }
    }
}
