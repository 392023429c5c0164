package dev.ijen.kernels;

import java.io.ByteArrayOutputStream;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A step of recurrent cells forward, and a step of their gradient with what is left for the first state.
class RecurrentTest {
    private static final int N = 17;
    private static final int H = 18;
    private static final CUdeviceptr NULL = new CUdeviceptr();

    private static int gates(String cell) {
        return switch (cell) {
            case "lstm" -> 4;
            case "gru" -> 3;
            default -> 1;
        };
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] p : parts) {
            all.writeBytes(p);
        }
        return all.toByteArray();
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "BF16"})
    void forward(Values t) {
        for (String cell : new String[] {"rnn_tanh", "rnn_relu", "lstm", "gru"}) {
            int g = gates(cell);
            double[] x = t.random(N * g * H, 1);
            double[] w = t.random(g * H * H, 2);
            double[] bias = t.random(H, 3);
            double[] h = t.random(N * H, 4);
            double[] c = t.random(N * H, 5);
            long each = (long) N * H * t.bytes;
            var results = Device.runEach(d -> {
                var y = d.allocate(each);
                var gates = d.allocate(each * g);
                var memory = d.allocate(each);
                var state = d.allocate(8L * N * H);
                boolean lstm = cell.equals("lstm");
                d.launch("recurrent", cell + "_forward_" + t.suffix(), 4, 256, d.up(t.encode(x)), d.up(t.encode(w)),
                        d.up(t.encode(bias)), d.up(t.encode(h)), lstm ? d.up(t.encode(c)) : NULL, y, gates, memory,
                        state, N, H);
                byte[] kept = g > 1 ? d.down(memory, each) : new byte[0];
                return join(d.down(y, each), kept, d.down(gates, each * g));
            });
            var expected = new double[N * H * (1 + g + (g > 1 ? 1 : 0))];
            for (int i = 0; i < N * H; i++) {
                int row = i / H;
                int unit = i % H;
                var v = new double[4];
                var p = new double[4];
                for (int q = 0; q < g; q++) {
                    for (int k = 0; k < H; k++) {
                        p[q] += w[(q * H + unit) * H + k] * h[row * H + k];
                    }
                    v[q] = x[row * g * H + q * H + unit];
                }
                switch (cell) {
                    case "rnn_tanh" -> expected[i] = v[0] = Math.tanh(v[0] + p[0]);
                    case "rnn_relu" -> expected[i] = v[0] = Math.max(v[0] + p[0], 0);
                    case "lstm" -> {
                        for (int q = 0; q < 4; q++) {
                            v[q] = q == 2 ? Math.tanh(v[q] + p[q]) : sigmoid(v[q] + p[q]);
                        }
                        double state = v[1] * c[i] + v[0] * v[2];
                        expected[N * H + i] = state;
                        expected[i] = v[3] * Math.tanh(state);
                    }
                    default -> {
                        v[0] = sigmoid(v[0] + p[0]);
                        v[1] = sigmoid(v[1] + p[1]);
                        expected[N * H + i] = p[2] + bias[unit];
                        v[2] = Math.tanh(v[2] + v[0] * (p[2] + bias[unit]));
                        expected[i] = (1 - v[1]) * v[2] + v[1] * h[i];
                    }
                }
                for (int q = 0; q < g; q++) {
                    expected[(g > 1 ? 2 : 1) * N * H + row * g * H + q * H + unit] = v[q];
                }
            }
            for (byte[] got : results) {
                t.assertClose(expected, got, 8, cell); // sums of 18 products
            }
        }
    }

    /// The gradient of a last step, and of the states before it.
    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "BF16"})
    void gradient(Values t) {
        for (String cell : new String[] {"rnn_tanh", "rnn_relu", "lstm", "gru"}) {
            int g = gates(cell);
            double[] w = t.random(g * H * H, 2);
            double[] a = t.decode(t.encode(map(t.random(N * g * H, 3))));
            double[] memory = t.random(N * H, 4);
            double[] before = t.random(N * H, 5);
            double[] dy = t.random(N * H, 6);
            double[] dcT = t.random(N * H, 7);
            long each = (long) N * H * t.bytes;
            boolean lstm = cell.equals("lstm");
            boolean gru = cell.equals("gru");
            var results = Device.runEach(d -> {
                var dx = d.allocate(each * g);
                var dhn = d.allocate(each);
                var now = d.allocate(8L * N * H * g);
                var carry = d.allocate(8L * N * H);
                var dh0 = d.allocate(each);
                var dc0 = d.allocate(each);
                var weights = d.up(t.encode(w));
                d.launch("recurrent", cell + "_gradient_" + t.suffix(), 4, 256, weights, d.up(t.encode(a)),
                        d.up(t.encode(memory)), d.up(t.encode(before)), d.up(t.encode(dy)),
                        lstm ? d.up(t.encode(dcT)) : NULL, dx, dhn, NULL, now, carry, N, H);
                d.launch("recurrent", cell + "_initial_" + t.suffix(), 4, 256, weights, NULL, dh0, dc0, now, carry, N,
                        H);
                byte[] more = lstm ? d.down(dc0, each) : gru ? d.down(dhn, each) : new byte[0];
                return join(d.down(dh0, each), more, d.down(dx, each * g));
            });
            int extra = lstm || gru ? N * H : 0;
            var expected = new double[N * H * (1 + g) + extra];
            for (int i = 0; i < N * H; i++) {
                int row = i / H;
                int unit = i % H;
                int at = row * g * H + unit;
                var v = new double[4];
                for (int q = 0; q < g; q++) {
                    v[q] = a[at + q * H];
                }
                var dv = new double[4];
                double e = dy[i];
                double handed = 0;
                switch (cell) {
                    case "rnn_tanh" -> dv[0] = e * (1 - v[0] * v[0]);
                    case "rnn_relu" -> dv[0] = v[0] > 0 ? e : 0;
                    case "lstm" -> {
                        double s = Math.tanh(memory[i]);
                        double dc = dcT[i] + e * v[3] * (1 - s * s);
                        dv[0] = dc * v[2] * v[0] * (1 - v[0]);
                        dv[1] = dc * before[i] * v[1] * (1 - v[1]);
                        dv[2] = dc * v[0] * (1 - v[2] * v[2]);
                        dv[3] = e * s * v[3] * (1 - v[3]);
                        expected[N * H + i] = dc * v[1];
                    }
                    default -> {
                        double q = e * (1 - v[1]) * (1 - v[2] * v[2]);
                        dv[0] = q * memory[i] * v[0] * (1 - v[0]);
                        dv[1] = e * (before[i] - v[2]) * v[1] * (1 - v[1]);
                        dv[2] = q;
                        handed = q * v[0];
                        expected[N * H + i] = handed;
                        expected[i] += e * v[1];
                    }
                }
                for (int q = 0; q < g; q++) {
                    expected[N * H + extra + at + q * H] = dv[q];
                    double through = gru && q == 2 ? handed : dv[q];
                    for (int k = 0; k < H; k++) {
                        expected[row * H + k] += through * w[(q * H + unit) * H + k];
                    }
                }
            }
            for (byte[] got : results) {
                t.assertClose(expected, got, 8, cell);
            }
        }
    }

    /// Values as gates have them.
    private static double[] map(double[] x) {
        var y = new double[x.length];
        java.util.Arrays.setAll(y, i -> sigmoid(x[i]));
        return y;
    }
}
