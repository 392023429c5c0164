package dev.ijen.kernels;

import dev.ijen.spi.Window;
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
            pass("forward", y, N * outs(), k / groups, x, f);
            pass("input_gradient", dx, N * ins(), c / groups, dy, f);
            filter(df, x, dy, 1);
            filter(df, x, dy, 3);
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

        private void pass(String name, double[] expected, int rows, int columns, double[] a, double[] b) {
            long size = (long) expected.length * t.bytes;
            var results = Device.runEach(d -> {
                var to = d.allocate(size);
                String kernel = "conv_" + name + "_" + t.suffix();
                var left = d.up(t.encode(a));
                int blocks = (columns + 63) / 64 * ((rows + 63) / 64) * groups;
                d.launch("conv", kernel, blocks, 256, left, d.up(t.encode(b)), to, shape());
                return d.down(to, size);
            });
            for (byte[] got : results) {
                t.assertClose(expected, got, 8, name + " " + this);
            }
        }

        private void filter(double[] expected, double[] x, double[] dy, int splits) {
            long size = (long) expected.length * t.bytes;
            var results = Device.runEach(d -> {
                var to = d.allocate(size);
                var part = splits == 1 ? new CUdeviceptr()
                        : d.allocate((long) expected.length * splits * Math.max(4, t.bytes));
                String kernel = "conv_filter_gradient_" + t.suffix();
                var left = d.up(t.encode(x));
                var right = d.up(t.encode(dy));
                int blocks = (depth() + 63) / 64 * ((k / groups + 63) / 64) * groups * splits;
                d.launch("conv", kernel, blocks, 256, left, right, to, part, shape(), splits);
                if (splits > 1) {
                    long each = expected.length / groups;
                    String sum = "matmul_sum_" + t.suffix();
                    d.launch("matmul", sum, 2, 64, part, to, each, (long) expected.length, splits);
                }
                return d.down(to, size);
            });
            for (byte[] got : results) {
                t.assertClose(expected, got, 16, "filter gradient " + this);
            }
        }
    }
}
