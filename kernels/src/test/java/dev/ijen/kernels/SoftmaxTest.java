package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Softmax and cross-entropy of rows.
class SoftmaxTest {
    private static void launch(Device d, String family, String kernel, int rows, int n, Object... parameters) {
        boolean warps = n <= 40;
        int teams = warps ? 2 : 1;
        d.grid(family, kernel, (rows + teams - 1) / teams, 1, 1, warps ? 32 : 96, teams, parameters);
    }

    private static double logSum(double[] x, int row, int n) {
        double max = Arrays.stream(x, row * n, (row + 1) * n).max().orElseThrow();
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += Math.exp(x[row * n + j] - max);
        }
        return Math.log(sum) + max;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,5", "5,33", "2,40", "3,131", "2,257", "4,64"})
    void softmax(int rows, int n) {
        for (var t : Values.REAL) {
            double[] x = t.random(rows * n, 3);
            for (int log = 0; log < 2; log++) {
                int kind = log;
                var results = Device.runEach(d -> {
                    var p = d.allocate((long) x.length * t.bytes);
                    launch(d, "softmax", "softmax_" + t.suffix(), rows, n, d.up(t.encode(x)), p, rows, n, kind);
                    return d.down(p, (long) x.length * t.bytes);
                });
                var expected = new double[x.length];
                for (int i = 0; i < x.length; i++) {
                    double v = x[i] - logSum(x, i / n, n);
                    expected[i] = log == 1 ? v : Math.exp(v);
                }
                for (byte[] y : results) {
                    t.assertClose(expected, y, 1e-3, t + " log " + log);
                }
            }
        }
    }

    @Test
    void specialNumbers() {
        double inf = Double.POSITIVE_INFINITY;
        double[] x = {-inf, -inf, -inf, 1, -inf, 1, Double.NaN, 0, 1, 1000, 999, -1000};
        for (var t : Values.REAL) {
            var results = Device.runEach(d -> {
                var p = d.allocate((long) x.length * t.bytes);
                launch(d, "softmax", "softmax_" + t.suffix(), 4, 3, d.up(t.encode(x)), p, 4, 3, 0);
                return d.down(p, (long) x.length * t.bytes);
            });
            double nan = Double.NaN;
            double e = t == Values.BF16 ? 1 / (1 + Math.exp(0)) : 1 / (1 + Math.exp(-1)); // bfloat16 has no 999
            double[] expected = {nan, nan, nan, 0.5, 0, 0.5, nan, nan, nan, e, 1 - e, 0};
            for (byte[] y : results) {
                t.assertClose(expected, y, 1, t.toString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "5,7", "3,130"})
    void crossEntropy(int rows, int n) {
        for (var t : Values.REAL) {
            double[] x = t.random(rows * n, 4);
            var labels = new int[rows];
            Arrays.setAll(labels, r -> r == 1 ? -1 : r * 5 % n);
            var results = Device.runEach(d -> {
                var p = d.allocate((long) rows * t.bytes);
                var error = d.errorWord();
                String kernel = "cross_entropy_" + t.suffix();
                launch(d, "cross_entropy", kernel, rows, n, d.up(t.encode(x)), d.up(labels), p, rows, n, error);
                assertEquals(0, d.downLong(error));
                return d.down(p, (long) rows * t.bytes);
            });
            var expected = new double[rows];
            Arrays.setAll(expected, r -> labels[r] < 0 ? 0 : logSum(x, r, n) - x[r * n + labels[r]]);
            for (byte[] y : results) {
                t.assertClose(expected, y, 1, t.toString());
            }
        }
    }

    @Test
    void wrongLabels() {
        var results = Device.runEach(d -> {
            var p = d.allocate(16);
            var error = d.errorWord();
            var x = d.up(new byte[4 * 3 * 4]);
            launch(d, "cross_entropy", "cross_entropy_f32", 4, 3, x, d.up(0, 7, 3, 1), p, 4, 3, error);
            assertEquals((long) ~1 << 32 | 7, d.downLong(error), "the first position and its label");
            return d.down(p, 16);
        });
        double l = Math.log(3);
        for (byte[] y : results) {
            Values.F32.assertClose(new double[] {l, Double.NaN, Double.NaN, l}, y, 1, "loss");
        }
    }
}
