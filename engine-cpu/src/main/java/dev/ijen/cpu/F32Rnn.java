package dev.ijen.cpu;

import static dev.ijen.cpu.F32Gates.L;
import static dev.ijen.cpu.F32Gates.at;
import static dev.ijen.cpu.F32Gates.put;
import static dev.ijen.cpu.F32Math.ONE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// A simple recurrent cell in single precision: tanh, or a rectifier.
record F32Rnn(boolean tanh) implements CellMath {
    @Override
    public void forward(long gates, long stride, long xn, long old, long memory, long y, int n) {
        if (tanh) {
            F32Gates.tanh(gates, gates, n);
        } else {
            relu(gates, n);
        }
        Moves.copy(gates, y, 4L * n);
    }

    private static void relu(long a, int n) {
        for (int j = 0; j < n; j += L) {
            FloatVector x = at(a, j);
            put(x.blend(0f, x.compare(VectorOperators.LE, 0f)), a, j);
        }
    }

    @Override
    public void backward(
            long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx, int n) {
        if (tanh) {
            for (int j = 0; j < n; j += L) {
                FloatVector y = at(gates, j);
                put(at(dh, j).add(at(dy, j)).mul(ONE.sub(y.mul(y))), dx, j);
            }
        } else {
            for (int j = 0; j < n; j += L) {
                FloatVector e = at(dh, j).add(at(dy, j));
                put(e.blend(0f, at(gates, j).compare(VectorOperators.LE, 0f)), dx, j);
            }
        }
    }
}
