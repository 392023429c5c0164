package dev.ijen.cpu;

import static dev.ijen.cpu.F32Gates.L;
import static dev.ijen.cpu.F32Gates.at;
import static dev.ijen.cpu.F32Gates.put;
import static dev.ijen.cpu.F32Math.ONE;

import jdk.incubator.vector.FloatVector;

/// An LSTM in single precision.
record F32Lstm() implements CellMath {
    @Override
    public void forward(long gates, long stride, long xn, long old, long memory, long y, int n) {
        if (stride == 4L * n) {
            F32Gates.sigmoid(gates, 2 * n);
        } else {
            F32Gates.sigmoid(gates, n);
            F32Gates.sigmoid(gates + stride, n);
        }
        F32Gates.tanh(gates + 2 * stride, gates + 2 * stride, n);
        F32Gates.sigmoid(gates + 3 * stride, n);
        remember(gates, gates + stride, gates + 2 * stride, old, memory, n);
        F32Gates.tanh(memory, y, n);
        scale(gates + 3 * stride, y, n);
    }

    /// c = f · c + i · g.
    private static void remember(long gi, long gf, long gg, long old, long c, int n) {
        for (int j = 0; j < n; j += L) {
            put(at(gf, j).fma(at(old, j), at(gi, j).mul(at(gg, j))), c, j);
        }
    }

    private static void scale(long by, long y, int n) {
        for (int j = 0; j < n; j += L) {
            put(at(by, j).mul(at(y, j)), y, j);
        }
    }

    @Override
    public void backward(
            long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx, int n) {
        // tanh c where the gradient of o comes
        F32Gates.tanh(memory, dx + 3 * stride, n);
        output(gates + 3 * stride, dy, dh, dm, dx + 3 * stride, n);
        inner(gates, stride, old, dm, dx, n);
    }

    /// The gradient of o, in place of tanh c; that of h goes on to c.
    private static void output(long go, long dy, long dh, long dc, long d, int n) {
        for (int j = 0; j < n; j += L) {
            FloatVector o = at(go, j);
            FloatVector e = at(dh, j).add(at(dy, j));
            FloatVector tanh = at(d, j);
            FloatVector eo = e.mul(o);
            put(eo.mul(ONE.sub(tanh.mul(tanh))).add(at(dc, j)), dc, j);
            put(eo.mul(tanh).mul(ONE.sub(o)), d, j);
        }
    }

    private static void inner(long gates, long stride, long old, long dc, long dx, int n) {
        for (int j = 0; j < n; j += L) {
            FloatVector c = at(dc, j);
            FloatVector i = at(gates, j);
            FloatVector f = at(gates + stride, j);
            FloatVector g = at(gates + 2 * stride, j);
            FloatVector ci = c.mul(i);
            FloatVector cf = c.mul(f);
            put(ci.mul(g).mul(ONE.sub(i)), dx, j);
            put(cf.mul(at(old, j)).mul(ONE.sub(f)), dx + stride, j);
            put(ci.mul(ONE.sub(g.mul(g))), dx + 2 * stride, j);
            put(cf, dc, j);
        }
    }
}
