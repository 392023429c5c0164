package dev.ijen.cpu;

/// A GRU in double precision.
record F64Gru() implements CellMath {
    @Override
    public void forward(long gates, long stride, long xn, long old, long memory, long y, int n) {
        for (long j = 0; j < 8L * n; j += 8) {
            double r = F64Lstm.sigmoid(Mem.f64(gates + j));
            double z = F64Lstm.sigmoid(Mem.f64(gates + stride + j));
            double m = Math.tanh(Mem.f64(xn + j) + r * Mem.f64(memory + j));
            Mem.f64(gates + j, r);
            Mem.f64(gates + stride + j, z);
            Mem.f64(gates + 2 * stride + j, m);
            Mem.f64(y + j, m + z * (Mem.f64(old + j) - m));
        }
    }

    @Override
    public void backward(
            long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx, int n) {
        for (long j = 0; j < 8L * n; j += 8) {
            double r = Mem.f64(gates + j);
            double z = Mem.f64(gates + stride + j);
            double m = Mem.f64(gates + 2 * stride + j);
            double e = Mem.f64(dh + j) + Mem.f64(dy + j);
            double dn = e * (1 - z) * (1 - m * m);
            Mem.f64(dx + j, dn * Mem.f64(memory + j) * r * (1 - r));
            Mem.f64(dx + stride + j, e * (Mem.f64(old + j) - m) * z * (1 - z));
            Mem.f64(dx + 2 * stride + j, dn);
            Mem.f64(dm + j, dn * r);
            Mem.f64(dh + j, e * z);
        }
    }
}
