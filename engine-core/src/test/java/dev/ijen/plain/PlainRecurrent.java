package dev.ijen.plain;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.HostTensor;
import java.util.List;

/// Recurrent cells, sequence by sequence and unit by unit.
final class PlainRecurrent {
    private final Kernel.Recurrent k;
    private final int units;
    private final int gates;
    private final List<HostTensor> in;
    private final List<HostTensor> out;

    private PlainRecurrent(Kernel.Recurrent k, List<HostTensor> in, List<HostTensor> out) {
        this.k = k;
        this.in = in;
        this.out = out;
        units = k.h();
        gates = switch (k.cell()) {
            case RNN_TANH, RNN_RELU -> 1;
            case LSTM -> 4;
            case GRU -> 3;
        };
    }

    static void run(Kernel.Recurrent k, List<HostTensor> in, List<HostTensor> out) {
        var p = new PlainRecurrent(k, in, out);
        for (int i = 0; i < k.n(); i++) {
            switch (k.pass()) {
                case FORWARD -> p.forward(i);
                case GRADIENT -> p.gradient(i);
            }
        }
    }

    private int step(int i) {
        return k.reverse() ? k.t() - 1 - i : i;
    }

    /// Where sequence `n` at step `s` begins in a tensor with `width` numbers there.
    private int at(int s, int n, int width) {
        return (s * k.n() + n) * width;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private void forward(int n) {
        boolean gru = k.cell() == Kernel.CellKind.GRU;
        var xw = in.get(0);
        var w = in.get(1);
        var h = new double[units];
        var c = new double[units];
        for (int j = 0; j < units; j++) {
            h[j] = in.get(gru ? 3 : 2).get(n * units + j);
            c[j] = k.cell() == Kernel.CellKind.LSTM ? in.get(3).get(n * units + j) : 0;
        }
        for (int i = 0; i < k.t(); i++) {
            int s = step(i);
            int y = at(s, n, units);
            int g = at(s, n, gates * units);
            var next = new double[units];
            for (int j = 0; j < units; j++) {
                var x = new double[gates];
                var p = new double[gates];
                for (int q = 0; q < gates; q++) {
                    x[q] = xw.get(g + q * units + j);
                    for (int m = 0; m < units; m++) {
                        p[q] += w.get((q * units + j) * units + m) * h[m];
                    }
                }
                switch (k.cell()) {
                    case RNN_TANH -> x[0] = next[j] = Math.tanh(x[0] + p[0]);
                    case RNN_RELU -> x[0] = next[j] = Math.max(x[0] + p[0], 0);
                    case LSTM -> {
                        for (int q = 0; q < 4; q++) {
                            x[q] = q == 2 ? Math.tanh(x[q] + p[q]) : sigmoid(x[q] + p[q]);
                        }
                        c[j] = x[1] * c[j] + x[0] * x[2];
                        next[j] = x[3] * Math.tanh(c[j]);
                        out.get(2).set(y + j, c[j]);
                    }
                    case GRU -> {
                        x[0] = sigmoid(x[0] + p[0]);
                        x[1] = sigmoid(x[1] + p[1]);
                        double hn = p[2] + in.get(2).get(j);
                        x[2] = Math.tanh(x[2] + x[0] * hn);
                        next[j] = (1 - x[1]) * x[2] + x[1] * h[j];
                        out.get(2).set(y + j, hn);
                    }
                }
                for (int q = 0; q < gates; q++) {
                    out.get(1).set(g + q * units + j, x[q]);
                }
            }
            for (int j = 0; j < units; j++) {
                out.get(0).set(y + j, next[j]);
                // what a later step reads is what was stored
                h[j] = out.get(0).get(y + j);
            }
        }
    }

    private void gradient(int n) {
        boolean lstm = k.cell() == Kernel.CellKind.LSTM;
        boolean gru = k.cell() == Kernel.CellKind.GRU;
        int first = lstm ? 3 : 2;
        var w = in.get(0);
        var y = in.get(first);
        var kept = in.get(first + 1);
        var memory = lstm || gru ? in.get(first + 2) : null;
        var dys = in.get(first + (lstm || gru ? 3 : 2));
        var dh = new double[units];
        var dc = new double[units];
        for (int j = 0; lstm && j < units; j++) {
            dc[j] = in.get(first + 4).get(n * units + j);
        }
        for (int i = k.t() - 1; i >= 0; i--) {
            int s = step(i);
            int a = at(s, n, units);
            int g = at(s, n, gates * units);
            int before = i == 0 ? n * units : at(step(i - 1), n, units);
            var d = new double[gates * units];
            var back = new double[units];
            for (int j = 0; j < units; j++) {
                double e = dh[j] + dys.get(a + j);
                double v = kept.get(g + j);
                switch (k.cell()) {
                    case RNN_TANH -> d[j] = e * (1 - v * v);
                    case RNN_RELU -> d[j] = v > 0 ? e : 0;
                    case LSTM -> {
                        double f = kept.get(g + units + j);
                        double z = kept.get(g + 2 * units + j);
                        double o = kept.get(g + 3 * units + j);
                        double tanh = Math.tanh(memory.get(a + j));
                        double old = (i == 0 ? in.get(2) : memory).get(before + j);
                        double q = dc[j] + e * o * (1 - tanh * tanh);
                        d[j] = q * z * v * (1 - v);
                        d[units + j] = q * old * f * (1 - f);
                        d[2 * units + j] = q * v * (1 - z * z);
                        d[3 * units + j] = e * tanh * o * (1 - o);
                        dc[j] = q * f;
                    }
                    case GRU -> {
                        double z = kept.get(g + units + j);
                        double u = kept.get(g + 2 * units + j);
                        double old = (i == 0 ? in.get(1) : y).get(before + j);
                        double q = e * (1 - z) * (1 - u * u);
                        d[j] = q * memory.get(a + j) * v * (1 - v);
                        d[units + j] = e * (old - u) * z * (1 - z);
                        d[2 * units + j] = q;
                        back[j] = e * z;
                        out.get(2).set(a + j, q * v);
                    }
                }
            }
            for (int q = 0; q < d.length; q++) {
                out.get(0).set(g + q, d[q]);
            }
            for (int j = 0; j < units; j++) {
                for (int q = 0; q < d.length; q++) {
                    // gate n of a GRU has its product inside
                    double dq = gru && q >= 2 * units ? out.get(2).get(a + q - 2 * units) : d[q];
                    back[j] += dq * w.get(q * units + j);
                }
            }
            dh = back;
        }
        for (int j = 0; j < units; j++) {
            out.get(1).set(n * units + j, dh[j]);
            if (lstm) {
                out.get(2).set(n * units + j, dc[j]);
            }
        }
    }
}
