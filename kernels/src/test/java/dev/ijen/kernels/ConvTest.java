package dev.ijen.kernels;

import java.util.List;
import java.util.stream.IntStream;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Convolution: forward and both gradients.
class ConvTest {
    private static final int N = 2;

    /// c, k, groups
    private static final int[][] CHANNELS = {{3, 5, 1}, {4, 6, 2}, {3, 3, 3}, {1, 66, 1}};

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "BF16"})
    void passes(Values t) {
        for (Window w : Windows.ALL) {
            for (int[] s : t == Values.F32 ? CHANNELS : new int[][] {CHANNELS[1]}) {
                new Case(t, w, s[0], s[1], s[2]).check();
            }
        }
    }

    /// More taps than a block takes, more filters than a warp has threads, several filters a channel.
    private static final Window WIDE = new Window(
            List.of(7, 6), List.of(5, 4), List.of(4, 4), List.of(1, 1), List.of(1, 1), List.of(1, 1));

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "BF16"})
    void depthwise(Values t) {
        for (Window w : Windows.ALL) {
            new Case(t, w, 2, 4, 2).checkDepthwise();
        }
        new Case(t, WIDE, 33, 33, 33).checkDepthwise();
    }

    private record Case(Values t, Window w, int c, int k, int groups) {
        int ins() {
            return Window.product(w.in());
        }

        int outs() {
            return Window.product(w.out());
        }

        int depth() {
            return Window.product(w.size()) * (c / groups);
        }

        void check() {
            check(false);
        }

        void checkDepthwise() {
            check(true);
        }

        private void check(boolean depthwise) {
            double[] x = t.random(N * ins() * c, 1);
            double[] f = t.random(k * depth(), 2);
            double[] dy = t.random(N * outs() * k, 3);
            var y = new double[N * outs() * k];
            var dx = new double[x.length];
            var df = new double[f.length];
            each((yi, xi, fi) -> {
                y[yi] += x[xi] * f[fi];
                dx[xi] += dy[yi] * f[fi];
                df[fi] += dy[yi] * x[xi];
            });
            String family = depthwise ? "depthwise" : "conv";
            pass(family, "forward", y, depthwise ? 2 : tiles(N * outs(), k / groups), x, f);
            pass(family, "input_gradient", dx, depthwise ? 2 : tiles(N * ins(), c / groups), dy, f);
            for (int splits : new int[] {1, 3}) {
                int blocks = depthwise ? (k + 31) / 32 * ((depth() + 8) / 9) : tiles(depth(), k / groups);
                filter(family, depthwise, df, blocks * splits, x, dy, splits);
            }
        }

        private int tiles(int rows, int columns) {
            return (rows + 63) / 64 * ((columns + 63) / 64) * groups;
        }

        private interface Term {
            void add(int y, int x, int f);
        }

        private void each(Term term) {
            int ck = c / groups;
            int kk = k / groups;
            for (int i = 0; i < N; i++) {
                int n = i;
                Windows.each(w, (out, tap, in) -> {
                    for (int o = 0; o < k; o++) {
                        for (int j = 0; j < ck; j++) {
                            int x = (n * ins() + in) * c + o / kk * ck + j;
                            term.add((n * outs() + out) * k + o, x, (o * Window.product(w.size()) + tap) * ck + j);
                        }
                    }
                });
            }
        }

        private int[] shape() {
            return IntStream.concat(IntStream.of(Windows.struct(w)), IntStream.of(N, c, k, groups))
                    .toArray();
        }

        private void pass(String family, String name, double[] expected, int blocks, double[] a, double[] b) {
            long size = (long) expected.length * t.bytes;
            var results = Device.runEach(d -> {
                var to = d.allocate(size);
                String kernel = family + "_" + name + "_" + t.suffix();
                var left = d.up(t.encode(a));
                d.launch(family, kernel, blocks, 256, left, d.up(t.encode(b)), to, shape());
                return d.down(to, size);
            });
            for (byte[] got : results) {
                t.assertClose(expected, got, 8, family + " " + name + " " + this);
            }
        }

        private void filter(String family, boolean rows, double[] expected, int blocks, double[] x, double[] dy,
                int splits) {
            long size = (long) expected.length * t.bytes;
            var results = Device.runEach(d -> {
                var to = d.allocate(size);
                var part = splits == 1 ? new CUdeviceptr()
                        : d.allocate((long) expected.length * splits * Math.max(4, t.bytes));
                String kernel = family + "_filter_gradient_" + t.suffix();
                var left = d.up(t.encode(x));
                var right = d.up(t.encode(dy));
                int bx = rows ? 32 : 256;
                d.grid(family, kernel, blocks, 1, 1, bx, 256 / bx, left, right, to, part, shape(), splits);
                if (splits > 1) {
                    long each = expected.length / (rows ? 1 : groups);
                    String sum = "matmul_sum_" + t.suffix();
                    d.launch("matmul", sum, 2, 64, part, to, each, (long) expected.length, splits);
                }
                return d.down(to, size);
            });
            for (byte[] got : results) {
                t.assertClose(expected, got, 16, family + " filter gradient " + this);
            }
        }
    }
}
