package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.PoolMode;
import dev.ijen.spi.Window;
import dev.ijen.tensor.DType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolKernelTest {
    private static Window window(int[] in, int size, int stride, int low, int high, int dilation) {
        var all = new int[6][in.length];
        int[] v = {size, stride, low, high, dilation};
        for (int i = 0; i < 5; i++) {
            Arrays.fill(all[i], v[i]);
        }
        return ConvKernelTest.window(in, all[0], all[1], all[2], all[3], all[4]);
    }

    private static final List<Window> WINDOWS = List.of(
            window(new int[] {8, 6}, 2, 2, 0, 0, 1),
            window(new int[] {7, 7}, 3, 2, 1, 1, 1),
            window(new int[] {7, 5}, 3, 1, 1, 2, 1),
            window(new int[] {9, 9}, 2, 2, 1, 1, 3),
            window(new int[] {5, 5}, 2, 3, 3, 3, 1),
            window(new int[] {33}, 4, 3, 1, 0, 2),
            window(new int[] {4, 5, 6}, 2, 2, 1, 1, 1),
            window(new int[] {13, 13}, 1, 1, 0, 0, 1));

    @Test
    void oddSizes() {
        for (var w : WINDOWS) {
            for (int c : new int[] {1, 3, 4, 7, 16, 17, 33, 130}) {
                for (var mode : PoolMode.values()) {
                    check(new Kernel.Pool(DType.F32, mode, w, 3, c), false);
                }
            }
        }
    }

    @Test
    void types() {
        for (var t : List.of(DType.F64, DType.F16, DType.BF16)) {
            for (var w : WINDOWS) {
                for (var mode : PoolMode.values()) {
                    check(new Kernel.Pool(t, mode, w, 2, 5), false);
                }
            }
        }
    }

    @Test
    void equalElementsAndNaN() {
        for (var t : List.of(DType.F32, DType.F64)) {
            for (var w : WINDOWS) {
                for (int c : new int[] {2, 16, 19}) {
                    check(new Kernel.Pool(t, PoolMode.MAX, w, 2, c), true);
                    check(new Kernel.Pool(t, PoolMode.MAX_GRADIENT, w, 2, c), true);
                    check(new Kernel.Pool(t, PoolMode.MAX_PICK, w, 2, c), true);
                }
            }
        }
    }

    @Test
    void large() {
        for (var mode : PoolMode.values()) {
            check(new Kernel.Pool(DType.F32, mode, window(new int[] {28, 28}, 2, 2, 0, 0, 1), 33, 8), false);
            check(new Kernel.Pool(DType.F32, mode, window(new int[] {28, 28}, 3, 2, 1, 1, 1), 5, 96), false);
        }
    }

    @Test
    void empty() {
        for (var mode : PoolMode.values()) {
            check(new Kernel.Pool(DType.F32, mode, WINDOWS.get(0), 0, 4), false);
        }
    }

    /// @param rough few distinct values, among them infinities and NaN
    private static void check(Kernel.Pool pool, boolean rough) {
        var s = ConvShape.of(pool);
        var t = pool.dtype();
        double[] x = KernelBench.random(1, t, (int) s.xCount());
        if (rough) {
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.rint(x[i] * 2);
                if (i % 11 == 3) {
                    x[i] = Double.NaN;
                } else if (i % 3 == 1) {
                    x[i] = Double.NEGATIVE_INFINITY;
                }
            }
        }
        double[] g = KernelBench.random(2, t, (int) s.xCount());
        double[] dy = KernelBench.random(3, t, (int) s.yCount());
        double[][] in = switch (pool.mode()) {
            case MAX, SUM -> new double[][] {x};
            case MAX_GRADIENT -> new double[][] {x, dy};
            case MAX_PICK -> new double[][] {x, g};
            case SUM_GRADIENT -> new double[][] {dy};
        };
        double[] expected = naive(s, pool.mode(), x, g, dy);
        int count = expected.length;
        long[] one = KernelBench.run(t, 1, p -> PoolKernel.of(pool, p, true), count, in);
        long[] two = KernelBench.run(t, 2, p -> PoolKernel.of(pool, p, true), count, in);
        assertArrayEquals(one, two, () -> pool + ": bits depend on the number of threads");
        double[] got = KernelBench.values(t, one);
        for (int i = 0; i < count; i++) {
            int at = i;
            if (Double.isFinite(expected[i])) {
                double error = Math.abs(got[i] - expected[i]);
                double allowed = 1e-6 * s.taps() + MatMulKernelTest.tolerance(t) * Math.abs(expected[i]);
                assertTrue(error <= allowed, () -> pool + " at " + at + ": " + got[at] + " for " + expected[at]);
            } else {
                assertEquals(expected[i], got[i], () -> pool + " at " + at);
            }
        }
    }

    private static double[] naive(ConvShape s, PoolMode mode, double[] x, double[] g, double[] dy) {
        boolean gradient = mode == PoolMode.MAX_GRADIENT || mode == PoolMode.SUM_GRADIENT;
        var result = new double[gradient ? x.length : dy.length];
        int[] o = s.out();
        int[] in = s.in();
        int[] sz = s.size();
        for (int i = 0; i < dy.length; i++) {
            int c = i % s.c();
            int p = i / s.c() % s.outputs();
            int n = i / s.c() / s.outputs();
            int best = -1;
            double sum = 0;
            for (int r = 0; r < s.taps(); r++) {
                int z = p / o[2] / o[1] * s.stride()[0] - s.pad()[0] + r / sz[2] / sz[1] * s.dilation()[0];
                int v = p / o[2] % o[1] * s.stride()[1] - s.pad()[1] + r / sz[2] % sz[1] * s.dilation()[1];
                int u = p % o[2] * s.stride()[2] - s.pad()[2] + r % sz[2] * s.dilation()[2];
                if (z < 0 || z >= in[0] || v < 0 || v >= in[1] || u < 0 || u >= in[2]) {
                    continue;
                }
                int at = (((n * in[0] + z) * in[1] + v) * in[2] + u) * s.c() + c;
                sum += x[at];
                if (best < 0 || x[at] > x[best] || Double.isNaN(x[at]) && !Double.isNaN(x[best])) {
                    best = at;
                }
                if (mode == PoolMode.SUM_GRADIENT) {
                    result[at] += dy[i];
                }
            }
            switch (mode) {
                case MAX -> result[i] = best < 0 ? Double.NEGATIVE_INFINITY : x[best];
                case SUM -> result[i] = sum;
                case MAX_PICK -> result[i] = best < 0 ? 0 : g[best];
                case MAX_GRADIENT -> {
                    if (best >= 0) {
                        result[best] += dy[i];
                    }
                }
                case SUM_GRADIENT -> {}
            }
        }
        return result;
    }
}
