package dev.ijen.cpu;

import static dev.ijen.cpu.F32Gates.L;
import static dev.ijen.cpu.F32Gates.at;
import static dev.ijen.cpu.F32Gates.put;
import static dev.ijen.cpu.F32Math.ONE;

import jdk.incubator.vector.FloatVector;

/// A GRU in single precision.
record F32Gru() implements CellMath {
    @Override
    public void forward(long gates, long stride, long xn, long old, long memory, long y, int n) {
        F32Gates.sigmoid(gates, n);
        F32Gates.sigmoid(gates + stride, n);
        long gn = gates + 2 * stride;
        reset(gates, xn, memory, gn, n);
        F32Gates.tanh(gn, gn, n);
        mix(gates + stride, gn, old, y, n);
    }

    /// The sum of gate n.
    private static void reset(long gr, long xn, long hn, long to, int n) {
        for (int j = 0; j < n; j += L) {
            put(at(gr, j).fma(at(hn, j), at(xn, j)), to, j);
        }
    }

    /// n + z · (h − n).
    private static void mix(long gz, long gn, long old, long y, int n) {
        for (int j = 0; j < n; j += L) {
            FloatVector m = at(gn, j);
            put(at(gz, j).fma(at(old, j).sub(m), m), y, j);
        }
    }

    @Override
    public void backward(
            long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx, int n) {
        for (int j = 0; j < n; j += L) {
            FloatVector r = at(gates, j);
            FloatVector z = at(gates + stride, j);
            FloatVector m = at(gates + 2 * stride, j);
            FloatVector e = at(dh, j).add(at(dy, j));
            FloatVector ez = e.mul(z);
            FloatVector dn = e.sub(ez).mul(ONE.sub(m.mul(m)));
            FloatVector hn = dn.mul(r);
            put(hn.mul(at(memory, j)).mul(ONE.sub(r)), dx, j);
            put(ez.mul(at(old, j).sub(m)).mul(ONE.sub(z)), dx + stride, j);
            put(dn, dx + 2 * stride, j);
            put(hn, dm, j);
            put(ez, dh, j);
        }
    }
}
