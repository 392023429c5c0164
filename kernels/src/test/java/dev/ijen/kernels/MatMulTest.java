package dev.ijen.kernels;

import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Products of matrices.
class MatMulTest {
    /// batch, m, n, k, splits
    private static final int[][] SHAPES = {
        {1, 1, 1, 1, 1}, {2, 3, 5, 7, 1}, {1, 65, 66, 17, 1}, {3, 64, 1, 32, 1}, {1, 5, 70, 40, 3}, {2, 9, 4, 5, 8}
    };

    @ParameterizedTest
    @EnumSource
    void products(Values t) {
        for (int[] s : SHAPES) {
            for (int trans = 0; trans < 4; trans++) {
                check(t, "matmul_" + t.suffix(), 64, s, (trans & 1) != 0, (trans & 2) != 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void largeTiles(Values t) {
        for (int trans = 0; trans < 4; trans++) {
            check(t, "matmul_large_" + t.suffix(), 128, new int[] {1, 130, 129, 19, 1}, (trans & 1) != 0,
                    (trans & 2) != 0);
            check(t, "matmul_large_" + t.suffix(), 128, new int[] {2, 7, 67, 30, 2}, (trans & 1) != 0,
                    (trans & 2) != 0);
        }
    }

    private static void check(Values t, String kernel, int side, int[] s, boolean ta, boolean tb) {
        int batch = s[0];
        int m = s[1];
        int n = s[2];
        int k = s[3];
        int splits = s[4];
        double[] a = t.random(batch * m * k, 1);
        double[] b = t.random(batch * k * n, 2);
        long size = (long) batch * m * n;
        var results = Device.runEach(d -> {
            var c = d.allocate(size * t.bytes);
            var part = splits == 1 ? new CUdeviceptr() : d.allocate(size * splits * Math.max(4, t.bytes));
            int gx = (n + side - 1) / side;
            int gy = (m + side - 1) / side;
            var left = d.up(t.encode(a));
            var right = d.up(t.encode(b));
            int blocks = gx * gy * batch * splits;
            d.launch("matmul", kernel, blocks, 256, left, right, c, part, m, n, k, ta ? 1 : 0, tb ? 1 : 0, splits);
            if (splits > 1) {
                long each = (long) m * n;
                String sum = "matmul_sum_" + t.suffix();
                d.launch("matmul", sum, Device.grid(size, 64), 64, part, c, each, size, splits);
            }
            return d.down(c, size * t.bytes);
        });
        var expected = new double[(int) size];
        for (int z = 0; z < batch; z++) {
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (int x = 0; x < k; x++) {
                        double u = a[z * m * k + (ta ? x * m + i : i * k + x)];
                        sum += u * b[z * k * n + (tb ? j * k + x : x * n + j)];
                    }
                    expected[z * m * n + i * n + j] = sum;
                }
            }
        }
        for (byte[] got : results) {
            t.assertClose(t.real() ? expected : t.decode(t.encode(expected)), got, 5, kernel + " " + ta + " " + tb);
        }
    }
}
