package dev.ijen.kernels;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Pooling in its five modes.
class PoolTest {
    private static final int N = 2;
    private static final int C = 3;

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "BF16"})
    void modes(Values t) {
        for (Window w : Windows.ALL) {
            int ins = Window.product(w.in());
            int outs = Window.product(w.out());
            double[] x = t.stored(N * ins * C, i -> (i * 7919 % 11) - 5); // many equals
            x[1] = Double.NaN;
            x[x.length - 2] = Double.NEGATIVE_INFINITY;
            double[] g = t.random(N * ins * C, 2);
            double[] dy = t.random(N * outs * C, 3);
            int y = N * outs * C;
            int dx = N * ins * C;
            check(t, w, "max", y, max(w, x), x);
            check(t, w, "max_pick", y, pick(w, x, g), x, g);
            check(t, w, "max_gradient", dx, maxGradient(w, x, dy), x, dy);
            check(t, w, "sum", y, sum(w, g), g);
            check(t, w, "sum_gradient", dx, sumGradient(w, dy), dy);
        }
    }

    private static void check(Values t, Window w, String mode, int size, double[] expected, double[]... in) {
        byte[] got = Device.run(d -> {
            var y = d.allocate((long) size * t.bytes);
            String kernel = "pool_" + mode + "_" + t.suffix();
            int grid = Device.grid(size, 64);
            if (in.length == 1) {
                d.launch("pool", kernel, grid, 64, d.up(t.encode(in[0])), y, Windows.struct(w), N, C);
            } else {
                var second = d.up(t.encode(in[1]));
                d.launch("pool", kernel, grid, 64, d.up(t.encode(in[0])), second, y, Windows.struct(w), N, C);
            }
            return d.down(y, (long) size * t.bytes);
        });
        t.assertClose(expected, got, 5, t + " " + mode + " " + w);
    }

    /// Of each window and channel the first greatest element of x, by index, −1 if it has none.
    private static int[] first(Window w, double[] x) {
        int outs = Window.product(w.out());
        var best = new int[N * outs * C];
        Arrays.fill(best, -1);
        each(w, (y, xi) -> {
            int b = best[y];
            if (b < 0 || !Double.isNaN(x[b]) && (Double.isNaN(x[xi]) || x[xi] > x[b])) {
                best[y] = xi;
            }
        });
        return best;
    }

    private interface Pair {
        void at(int y, int x);
    }

    private static void each(Window w, Pair pair) {
        int ins = Window.product(w.in());
        int outs = Window.product(w.out());
        for (int i = 0; i < N; i++) {
            int n = i;
            Windows.each(w, (out, tap, in) -> {
                for (int c = 0; c < C; c++) {
                    pair.at((n * outs + out) * C + c, (n * ins + in) * C + c);
                }
            });
        }
    }

    private static double[] max(Window w, double[] x) {
        return Arrays.stream(first(w, x)).mapToDouble(i -> i < 0 ? Double.NEGATIVE_INFINITY : x[i]).toArray();
    }

    private static double[] pick(Window w, double[] x, double[] g) {
        return Arrays.stream(first(w, x)).mapToDouble(i -> i < 0 ? 0 : g[i]).toArray();
    }

    private static double[] maxGradient(Window w, double[] x, double[] dy) {
        var dx = new double[x.length];
        int[] first = first(w, x);
        for (int i = 0; i < dy.length; i++) {
            if (first[i] >= 0) {
                dx[first[i]] += dy[i];
            }
        }
        return dx;
    }

    private static double[] sum(Window w, double[] x) {
        var y = new double[N * Window.product(w.out()) * C];
        each(w, (yi, xi) -> y[yi] += x[xi]);
        return y;
    }

    private static double[] sumGradient(Window w, double[] dy) {
        var dx = new double[N * Window.product(w.in()) * C];
        each(w, (yi, xi) -> dx[xi] += dy[yi]);
        return dx;
    }
}
