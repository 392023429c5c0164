package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Sorting permutations and positions of extremes.
class SortTest {
    static final int TILE = 2048;

    /// The power of two from n on, 2 at least.
    static int width(int n) {
        return n <= 2 ? 2 : Integer.highestOneBit(n - 1) * 2;
    }

    /// The launches that sort (key, position) pairs in runs of `width`.
    static void sort(Device d, CUdeviceptr keys, CUdeviceptr order, long total, int width) {
        int tiles = (int) ((total + TILE - 1) / TILE);
        int threads = Math.min(TILE / 2, Math.max(32, width / 2));
        tile(d, tiles, threads, keys, order, total, width, 2, Math.min(width, TILE));
        for (int k = 2 * TILE; k <= width; k *= 2) {
            for (int j = k / 2; j >= TILE; j /= 2) {
                d.launch("sort", "sort_step", Device.grid(total / 2, 256), 256, keys, order, total, width, k, j);
            }
            tile(d, tiles, threads, keys, order, total, width, k, k);
        }
    }

    private static void tile(Device d, int tiles, int threads, Object... parameters) {
        d.launch("sort", "sort_tile", tiles, threads, parameters);
    }

    private static int[] permutation(Values t, double[] x, int rows, int n, boolean descending) {
        int width = width(n);
        long total = (long) rows * width;
        long all = (long) rows * n;
        byte[] y = Device.run(d -> {
            var keys = d.allocate(8 * total);
            var order = d.allocate(4 * total);
            var p = d.allocate(4L * rows * n);
            String first = "sort_keys_" + t.suffix();
            int down = descending ? 1 : 0;
            d.launch("sort", first, Device.grid(total, 64), 64, d.up(t.encode(x)), keys, order, total, n, width, down);
            sort(d, keys, order, total, width);
            d.launch("sort", "sort_positions", Device.grid(all, 64), 64, order, p, all, n, width);
            return d.down(p, 4L * rows * n);
        });
        return EmulatorTest.ints(y);
    }

    /// Independent: the JDK's stable sort, with NaN greatest and −0 equal to 0.
    private static int[] expected(double[] x, int rows, int n, boolean descending) {
        Comparator<Integer> by = Comparator.comparingDouble(i -> x[i] == 0 ? 0 : x[i]);
        return IntStream.range(0, rows)
                .flatMap(r -> IntStream.range(r * n, (r + 1) * n)
                        .boxed()
                        .sorted(descending ? by.reversed() : by)
                        .mapToInt(i -> i - r * n))
                .toArray();
    }

    @ParameterizedTest
    @EnumSource
    void sorts(Values t) {
        for (int[] s : new int[][] {{1, 1}, {3, 2}, {5, 7}, {2, 40}, {3, 129}}) {
            double[] x = t.random(s[0] * s[1], 7);
            for (int i = 0; i < x.length; i += 3) {
                x[i] = x[i / 2]; // equals
            }
            if (t.real() && x.length > 9) {
                x[4] = Double.NaN;
                x[5] = -0.0;
                x[6] = 0;
                x[7] = Double.NEGATIVE_INFINITY;
                x[8] = Double.POSITIVE_INFINITY;
                x[9] = Double.NaN;
            }
            for (boolean descending : new boolean[] {false, true}) {
                assertArrayEquals(
                        expected(x, s[0], s[1], descending), permutation(t, x, s[0], s[1], descending), t + " " + s[1]);
            }
        }
    }

    /// More than a tile: steps through global memory.
    @Test
    void sortsLongRows() {
        double[] x = new Random(3).ints(2 * 5000, 0, 1000).asDoubleStream().toArray();
        assertArrayEquals(expected(x, 2, 5000, false), permutation(Values.F32, x, 2, 5000, false));
    }

    @ParameterizedTest
    @EnumSource
    void extremes(Values t) {
        for (int[] s : new int[][] {{1, 1, 1}, {2, 5, 3}, {3, 70, 1}, {1, 300, 2}}) {
            int outer = s[0];
            int n = s[1];
            int inner = s[2];
            double[] x = t.random(outer * n * inner, 8);
            if (t.real() && n > 50) {
                x[n - 1] = Double.NaN;
                x[n - 3] = Double.NaN;
            }
            for (int greatest = 0; greatest < 2; greatest++) {
                int way = greatest;
                long lines = (long) outer * inner;
                var want = new int[outer * inner];
                for (int k = 0; k < want.length; k++) {
                    want[k] = first(x, k / inner * n * inner + k % inner, n, inner, greatest == 1);
                }
                byte[] a = Device.run(d -> {
                    var p = d.allocate(4 * lines);
                    d.launch("arg_reduce", "arg_lines_" + t.suffix(), 1, 4, d.up(t.encode(x)), p, lines, n, inner, way);
                    return d.down(p, 4 * lines);
                });
                assertArrayEquals(want, EmulatorTest.ints(a));
                byte[] b = Device.run(d -> {
                    var p = d.allocate(4 * lines);
                    int teams = n > 100 ? 1 : 2;
                    int grid = (int) ((lines + teams - 1) / teams);
                    var up = d.up(t.encode(x));
                    String kernel = "arg_teams_" + t.suffix();
                    d.grid("arg_reduce", kernel, grid, 1, 1, n > 100 ? 96 : 32, teams, up, p, lines, n, inner, way);
                    return d.down(p, 4 * lines);
                });
                assertArrayEquals(want, EmulatorTest.ints(b));
            }
        }
    }

    private static int first(double[] x, int from, int n, int inner, boolean greatest) {
        int best = 0;
        for (int i = 0; i < n; i++) {
            double v = x[from + i * inner];
            double b = x[from + best * inner];
            if (Double.isNaN(v)) {
                return i;
            }
            if (greatest ? v > b : v < b) {
                best = i;
            }
        }
        return best;
    }
}
