package dev.ijen.contract;

import dev.ijen.tensor.Recurrence;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Tensor;

/// Recurrences of the reference: whole vectors step by step, σ through tanh, and the gradient by the chain rule over matrices of partial
/// derivatives of a single step.
final class RefRecurrence {
    private final RecurrentCell cell;
    private final int t;
    private final int n;
    private final int h;
    private final boolean reverse;

    private RefRecurrence(Recurrence op, int t, int n, int h) {
        cell = op.cell();
        reverse = op.reverse();
        this.t = t;
        this.n = n;
        this.h = h;
    }

    static Value of(Recurrence op, Tensor node, Value[] in) {
        return switch (op) {
            case Recurrence.Forward f -> {
                var x = in[0].shape();
                var r = new RefRecurrence(op, x.dim(0), x.dim(1), in[1].shape().dim(1));
                yield Value.reals(node.dtype(), node.shape(), r.forward(in, node.dtype())[f.results().indexOf(f)]);
            }
            case Recurrence.Backward b -> {
                var y = in[op.cell() == RecurrentCell.LSTM ? 3 : 2].shape();
                var r = new RefRecurrence(op, y.dim(0), y.dim(1), y.dim(2));
                yield Value.reals(node.dtype(), node.shape(), r.backward(in)[b.results().indexOf(b)]);
            }
        };
    }

    private static double sigmoid(double x) {
        return 0.5 + 0.5 * StrictMath.tanh(0.5 * x);
    }

    /// Row `row` of w times a state.
    private double dot(double[] w, int row, double[] state, int at) {
        double s = 0;
        for (int m = 0; m < h; m++) {
            s += w[row * h + m] * state[at + m];
        }
        return s;
    }

    private double[][] forward(Value[] in, dev.ijen.tensor.DType type) {
        int g = cell.gates();
        var xw = in[0].real();
        var w = in[1].real();
        var state = in[cell == RecurrentCell.GRU ? 3 : 2].real().clone();
        var c = cell == RecurrentCell.LSTM ? in[3].real().clone() : null;
        var y = new double[t * n * h];
        var gates = new double[t * n * g * h];
        var memory = new double[t * n * h];
        for (int k = 0; k < t; k++) {
            int s = reverse ? t - 1 - k : k;
            for (int b = 0; b < n; b++) {
                for (int u = 0; u < h; u++) {
                    int at = (s * n + b) * h + u;
                    int ga = (s * n + b) * g * h + u;
                    double[] a = new double[g];
                    for (int q = 0; q < g; q++) {
                        a[q] = dot(w, q * h + u, state, b * h);
                    }
                    switch (cell) {
                        case RNN_TANH -> y[at] = gates[ga] = StrictMath.tanh(xw[ga] + a[0]);
                        case RNN_RELU -> y[at] = gates[ga] = xw[ga] + a[0] > 0 ? xw[ga] + a[0] : 0;
                        case LSTM -> {
                            double i = gates[ga] = sigmoid(xw[ga] + a[0]);
                            double f = gates[ga + h] = sigmoid(xw[ga + h] + a[1]);
                            double j = gates[ga + 2 * h] = StrictMath.tanh(xw[ga + 2 * h] + a[2]);
                            double o = gates[ga + 3 * h] = sigmoid(xw[ga + 3 * h] + a[3]);
                            c[b * h + u] = memory[at] = f * c[b * h + u] + i * j;
                            y[at] = o * StrictMath.tanh(memory[at]);
                        }
                        case GRU -> {
                            double r = gates[ga] = sigmoid(xw[ga] + a[0]);
                            double z = gates[ga + h] = sigmoid(xw[ga + h] + a[1]);
                            memory[at] = a[2] + in[2].real()[u];
                            double m = gates[ga + 2 * h] = StrictMath.tanh(xw[ga + 2 * h] + r * memory[at]);
                            y[at] = m + z * (state[b * h + u] - m);
                        }
                    }
                }
            }
            for (int i = 0; i < n * h; i++) {
                // a backend may keep its states in the element type
                state[i] = Value.round(type, y[s * n * h + i]);
            }
        }
        return new double[][] {y, gates, memory};
    }

    private double[][] backward(Value[] in) {
        int g = cell.gates();
        boolean lstm = cell == RecurrentCell.LSTM;
        boolean gru = cell == RecurrentCell.GRU;
        int at = lstm ? 3 : 2;
        var w = in[0].real();
        var y = in[at].real();
        var gates = in[at + 1].real();
        var memory = in[at + 2].real();
        var dy = in[at + (lstm || gru ? 3 : 2)].real();
        var dxw = new double[t * n * g * h];
        var dh = new double[n * h];
        var dc = lstm ? in[at + 4].real().clone() : new double[n * h];
        var dhn = new double[t * n * h];
        for (int k = t - 1; k >= 0; k--) {
            int s = reverse ? t - 1 - k : k;
            int before = reverse ? s + 1 : s - 1;
            var old = new double[n * h];
            for (int i = 0; i < n * h; i++) {
                int e = s * n * h + i;
                int ga = (s * n + i / h) * g * h + i % h;
                double d = dh[i] + dy[e];
                double carry = 0;
                switch (cell) {
                    case RNN_TANH -> dxw[ga] = d - d * gates[ga] * gates[ga];
                    case RNN_RELU -> dxw[ga] = gates[ga] > 0 ? d : 0;
                    case LSTM -> {
                        double gi = gates[ga];
                        double gf = gates[ga + h];
                        double gg = gates[ga + 2 * h];
                        double go = gates[ga + 3 * h];
                        double sech = 1 / StrictMath.cosh(memory[e]);
                        double m = dc[i] + d * go * sech * sech;
                        dxw[ga + 3 * h] = d * StrictMath.tanh(memory[e]) * (go - go * go);
                        dxw[ga] = m * gg * (gi - gi * gi);
                        dxw[ga + h] = m * (k == 0 ? in[2].real()[i] : memory[before * n * h + i]) * (gf - gf * gf);
                        dxw[ga + 2 * h] = m * (gi - gi * gg * gg);
                        dc[i] = m * gf;
                    }
                    case GRU -> {
                        double r = gates[ga];
                        double z = gates[ga + h];
                        double m = gates[ga + 2 * h];
                        double last = k == 0 ? in[1].real()[i] : y[before * n * h + i];
                        dxw[ga + h] = d * (last - m) * (z - z * z);
                        dxw[ga + 2 * h] = (d - d * z) * (1 - m * m);
                        dxw[ga] = dxw[ga + 2 * h] * memory[e] * (r - r * r);
                        dhn[e] = dxw[ga + 2 * h] * r;
                        carry = d * z;
                    }
                }
                old[i] = carry;
            }
            for (int b = 0; b < n; b++) {
                for (int q = 0; q < g * h; q++) {
                    double d = gru && q >= 2 * h ? dhn[(s * n + b) * h + q - 2 * h] : dxw[(s * n + b) * g * h + q];
                    for (int m = 0; m < h; m++) {
                        old[b * h + m] += d * w[q * h + m];
                    }
                }
            }
            dh = old;
        }
        return new double[][] {dxw, dh, lstm ? dc : dhn};
    }
}
