package dev.ijen.kernels;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Running sums.
class ScanTest {
    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "BF16", "I32", "I64"})
    void sums(Values t) {
        for (int[] s : new int[][] {{1, 1, 1}, {2, 5, 3}, {1, 64, 1}, {3, 201, 1}, {1, 130, 2}}) {
            int n = s[1];
            int inner = s[2];
            int lines = s[0] * inner;
            double[] x = t.random(s[0] * n * inner, 9);
            for (int kind = 0; kind < 4; kind++) {
                int exclusive = kind & 1;
                int reverse = kind >> 1;
                double[] expected = expected(x, lines, n, inner, exclusive == 1, reverse == 1);
                byte[] a = Device.run(d -> {
                    var p = d.allocate((long) x.length * t.bytes);
                    String kernel = "cumsum_lines_" + t.suffix();
                    var up = d.up(t.encode(x));
                    d.launch("scan", kernel, 1, 4, up, p, (long) lines, n, inner, exclusive, reverse);
                    return d.down(p, (long) x.length * t.bytes);
                });
                t.assertClose(expected, a, 20, t + " lines");
                byte[] b = Device.run(d -> {
                    var p = d.allocate((long) x.length * t.bytes);
                    var up = d.up(t.encode(x));
                    d.launch("scan", "cumsum_block_" + t.suffix(), lines, 64, up, p, n, inner, exclusive, reverse);
                    return d.down(p, (long) x.length * t.bytes);
                });
                t.assertClose(expected, b, 20, t + " block");
            }
        }
    }

    private static double[] expected(double[] x, int lines, int n, int inner, boolean exclusive, boolean reverse) {
        var y = new double[x.length];
        for (int k = 0; k < lines; k++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                int at = (k / inner * n + (reverse ? n - 1 - i : i)) * inner + k % inner;
                y[at] = exclusive ? sum : sum + x[at];
                sum += x[at];
            }
        }
        return y;
    }
}
