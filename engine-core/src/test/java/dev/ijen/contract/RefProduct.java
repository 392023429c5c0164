package dev.ijen.contract;

import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.Tensor;

/// Matrix products of the reference.
final class RefProduct {
    private RefProduct() {}

    static Value matmul(Contraction.MatMul op, Tensor t, Value a, Value b) {
        int m = t.shape().dim(-2);
        int n = t.shape().dim(-1);
        int k = a.shape().dim(op.ta() ? -2 : -1);
        int size = t.shape().size();
        var real = new double[size];
        var whole = new long[size];
        for (int o = 0; o < size; o++) {
            int batch = o / (m * n);
            int row = o / n % m;
            int column = o % n;
            for (int i = 0; i < k; i++) {
                int ia = batch * m * k + (op.ta() ? i * m + row : row * k + i);
                int ib = batch * k * n + (op.tb() ? column * k + i : i * n + column);
                if (a.real() != null) {
                    real[o] += a.real()[ia] * b.real()[ib];
                } else {
                    whole[o] += a.whole()[ia] * b.whole()[ib];
                }
            }
        }
        return a.real() != null ? Value.reals(t.dtype(), t.shape(), real) : Value.wholes(t.dtype(), t.shape(), whole);
    }
}
