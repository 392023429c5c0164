package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Window;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConvKernelTest {
    static List<Native> natives() {
        return MatMulKernelTest.natives().toList();
    }

    /// Window with the output extents that this much padding above gives.
    static Window window(int[] in, int[] size, int[] stride, int[] low, int[] high, int[] dilation) {
        var out = new ArrayList<Integer>();
        for (int i = 0; i < in.length; i++) {
            out.add((in[i] + low[i] + high[i] - dilation[i] * (size[i] - 1) - 1) / stride[i] + 1);
        }
        return new Window(list(in), out, list(size), list(stride), list(low), list(dilation));
    }

    static List<Integer> list(int... v) {
        return Arrays.stream(v).boxed().toList();
    }

    private static Window square(int in, int size, int stride, int pad, int dilation) {
        return window(
                new int[] {in, in},
                new int[] {size, size},
                new int[] {stride, stride},
                new int[] {pad, pad},
                new int[] {pad, pad},
                new int[] {dilation, dilation});
    }

    @ParameterizedTest
    @MethodSource("natives")
    void twoAxes(Native nat) {
        for (int in : new int[] {7, 13}) {
            for (int size : new int[] {1, 2, 3, 5}) {
                for (int stride : new int[] {1, 2, 3}) {
                    check(nat, DType.F32, square(in, size, stride, size / 2, 1), 2, 3, 17, 1);
                    check(nat, DType.F32, square(in, size, stride, 0, 1), 3, 7, 4, 1);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("natives")
    void channels(Native nat) {
        for (int c : new int[] {1, 3, 4, 16, 33}) {
            for (int k : new int[] {1, 7, 13, 32, 48}) {
                check(nat, DType.F32, square(9, 3, 1, 1, 1), 3, c, k, 1);
                check(nat, DType.F32, square(8, 3, 2, 1, 1), 2, c, k, 1);
            }
        }
    }

    /// A few vectors of output channels, which machine code of our own computes where there is some.
    @ParameterizedTest
    @MethodSource("natives")
    void fewOutputChannels(Native nat) {
        for (int k : new int[] {8, 16, 24, 32}) {
            for (int c : new int[] {1, 3, 8}) {
                check(nat, DType.F32, square(11, 3, 1, 0, 1), 3, c, k, 1);
                check(nat, DType.F32, square(11, 5, 1, 2, 1), 2, c, k, 1);
                check(nat, DType.F32, square(12, 3, 2, 1, 1), 2, c, k, 1);
                check(nat, DType.F32, square(9, 1, 1, 0, 1), 2, c, k, 1);
                check(nat, DType.F32, square(9, 1, 2, 0, 1), 2, c, k, 1);
            }
            var rows = window(new int[] {40, 9}, new int[] {3, 2}, new int[] {1, 2}, new int[] {3, 1},
                    new int[] {0, 2}, new int[] {2, 1});
            check(nat, DType.F32, rows, 3, 4, k, 1);
            check(nat, DType.F32, square(5, 2, 1, 4, 1), 2, 3, k, 1); // windows of padding alone
            check(nat, DType.F32,
                    window(new int[] {1, 9, 9}, new int[] {1, 3, 3}, new int[] {1, 1, 1}, new int[] {0, 1, 1},
                            new int[] {1, 1, 1}, new int[] {1, 1, 1}),
                    2, 3, k, 1); // a plane of padding alone
            check(nat, DType.F32, window(new int[] {33}, new int[] {5}, new int[] {1}, new int[] {2}, new int[] {1},
                    new int[] {1}), 3, 7, k, 1);
        }
    }

    /// Channels that fill vectors half, windows of many numbers, columns that lie apart, and fewer lines than tasks.
    @ParameterizedTest
    @MethodSource("natives")
    void tilesOfManyShapes(Native nat) {
        for (int k : new int[] {4, 20, 24, 40, 52, 60}) {
            check(nat, DType.F32, square(23, 5, 1, 0, 1), 2, 10, k, 1);
            check(nat, DType.F32, square(17, 3, 1, 3, 3), 1, 20, k, 1);
            check(nat, DType.F32, square(5, 3, 1, 1, 1), 1, 200, k, 1);
            check(nat, DType.F32, square(21, 1, 1, 0, 1), 1, 130, k, 1);
            check(nat, DType.F32, square(31, 3, 2, 1, 1), 1, 16, k, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("natives")
    void channelsAlone(Native nat) {
        for (int c : new int[] {16, 48, 64}) {
            for (int size : new int[] {1, 3, 5, 9}) {
                check(nat, DType.F32, square(19, size, 1, size / 2, 1), 2, c, c, c);
                check(nat, DType.F32, square(20, size, 2, size / 2, 1), 1, c, c, c);
                check(nat, DType.F32, square(45, size, 1, 0, 1), 1, c, c, c);
            }
            check(nat, DType.F32, square(15, 3, 1, 2, 2), 3, c, c, c);
            check(nat, DType.F32, square(5, 3, 1, 4, 1), 2, c, c, c); // windows of padding alone
            check(nat, DType.F32,
                    window(new int[] {40, 9}, new int[] {3, 2}, new int[] {1, 2}, new int[] {3, 1}, new int[] {0, 2},
                            new int[] {2, 1}),
                    3, c, c, c);
        }
    }

    @ParameterizedTest
    @MethodSource("natives")
    void dilationAndUnevenPadding(Native nat) {
        for (int stride = 1; stride <= 2; stride++) {
            int[] steps = {stride, 3 - stride};
            var w = window(
                    new int[] {11, 10}, new int[] {3, 2}, steps, new int[] {2, 0}, new int[] {1, 3}, new int[] {2, 3});
            check(nat, DType.F32, w, 3, 5, 9, 1);
            check(nat, DType.F64, w, 2, 5, 9, 1);
            check(nat, DType.BF16, w, 2, 5, 9, 1);
            check(nat, DType.F16, w, 2, 5, 9, 1);
            // padding wider than the window, and input that no window reaches
            check(nat, DType.F32, square(5, 2, 1, 4, 1), 2, 3, 4, 1);
            check(nat, DType.F32, square(8, 2, 3, 0, 1), 2, 3, 4, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("natives")
    void groups(Native nat) {
        for (var t : List.of(DType.F32, DType.F64)) {
            for (int stride = 1; stride <= 2; stride++) {
                var w = square(7, 3, stride, 1, 1);
                check(nat, t, w, 2, 6, 4, 2);
                check(nat, t, w, 2, 6, 6, 6);
                check(nat, t, w, 2, 5, 15, 5);
                check(nat, t, w, 3, 32, 32, 32);
                check(nat, t, w, 3, 37, 37, 37);
                check(nat, t, w, 2, 32, 64, 4);
                check(nat, t, window(new int[] {9}, new int[] {3}, new int[] {stride}, new int[] {1}, new int[] {1},
                        new int[] {2}), 2, 8, 8, 4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("natives")
    void oneAndThreeAxes(Native nat) {
        for (int stride = 1; stride <= 2; stride++) {
            check(nat, DType.F32,
                    window(new int[] {33}, new int[] {5}, new int[] {stride}, new int[] {2}, new int[] {1},
                            new int[] {2}),
                    3, 7, 13, 1);
            check(nat, DType.F32,
                    window(new int[] {17}, new int[] {3}, new int[] {stride}, new int[] {1}, new int[] {1},
                            new int[] {1}),
                    1, 16, 32, 1);
            int[] s = {stride, 1, 2};
            int[] one = {1, 1, 1};
            check(nat, DType.F32, window(new int[] {4, 5, 7}, new int[] {2, 3, 3}, s, one, one, one), 2, 3, 5, 1);
            check(nat, DType.F32, window(new int[] {4, 5, 7}, new int[] {2, 3, 3}, s, one, one, one), 2, 16, 16, 1);
            check(nat, DType.F64, window(new int[] {4, 5, 7}, new int[] {2, 3, 3}, s, one, one, one), 1, 4, 6, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("natives")
    void larger(Native nat) {
        check(nat, DType.F32, square(28, 5, 1, 2, 1), 5, 6, 16, 1);
        check(nat, DType.F32, square(16, 3, 1, 1, 1), 5, 64, 64, 1);
        check(nat, DType.F32, square(9, 3, 2, 1, 1), 17, 64, 96, 1);
        check(nat, DType.F32, square(14, 1, 1, 0, 1), 9, 64, 128, 1);
        check(nat, DType.F32, square(40, 3, 1, 1, 1), 1, 16, 24, 1);
        check(nat, DType.F32, square(4, 3, 1, 1, 1), 8, 160, 160, 1);
    }

    @ParameterizedTest
    @MethodSource("natives")
    void empty(Native nat) {
        check(nat, DType.F32, square(7, 3, 1, 1, 1), 0, 3, 4, 1);
        check(nat, DType.F64, square(7, 3, 1, 1, 1), 2, 0, 4, 1);
    }

    private static void check(Native nat, DType t, Window w, int n, int c, int k, int groups) {
        for (var pass : ConvPass.values()) {
            check(nat, new Kernel.Conv(t, pass, w, n, c, k, groups));
        }
    }

    private static void check(Native nat, Kernel.Conv conv) {
        var s = ConvShape.of(conv);
        var t = conv.dtype();
        double[] x = KernelBench.random(1, t, (int) s.xCount());
        double[] w = KernelBench.random(2, t, (int) s.wCount());
        double[] y = KernelBench.random(3, t, (int) s.yCount());
        double[] first = conv.pass() == ConvPass.INPUT_GRADIENT ? y : x;
        double[] second = conv.pass() == ConvPass.FILTER_GRADIENT ? y : w;
        double[] expected = switch (conv.pass()) {
            case FORWARD -> y.clone();
            case INPUT_GRADIENT -> x.clone();
            case FILTER_GRADIENT -> w.clone();
        };
        double[] size = expected.clone();
        naive(s, conv.pass(), x, w, y, expected, false);
        naive(s, conv.pass(), x, w, y, size, true);
        int count = expected.length;
        long[] one = KernelBench.run(t, 1, p -> ConvKernel.of(conv, p, nat), count, first, second);
        long[] two = KernelBench.run(t, 2, p -> ConvKernel.of(conv, p, nat), count, first, second);
        assertArrayEquals(one, two, () -> conv + ": bits depend on the number of threads");
        double[] got = KernelBench.values(t, one);
        for (int i = 0; i < count; i++) {
            int at = i;
            double error = Math.abs(got[i] - expected[i]);
            double allowed = MatMulKernelTest.tolerance(t) * Math.abs(expected[i]) + 1e-6 * size[i];
            assertTrue(error <= allowed, () -> conv + " at " + at + ": " + got[at] + " for " + expected[at]);
        }
    }

    /// One of the three arrays from the others, as the definition says; with absolute values for the size of rounding
    /// errors.
    static void naive(
            ConvShape s, ConvPass pass, double[] x, double[] w, double[] y, double[] result, boolean absolute) {
        Arrays.fill(result, 0);
        int[] o = s.out();
        int[] in = s.in();
        int[] sz = s.size();
        for (int n = 0; n < s.n(); n++) {
            for (int p = 0; p < s.outputs(); p++) {
                for (int r = 0; r < s.taps(); r++) {
                    int z = p / o[2] / o[1] * s.stride()[0] - s.pad()[0] + r / sz[2] / sz[1] * s.dilation()[0];
                    int v = p / o[2] % o[1] * s.stride()[1] - s.pad()[1] + r / sz[2] % sz[1] * s.dilation()[1];
                    int u = p % o[2] * s.stride()[2] - s.pad()[2] + r % sz[2] * s.dilation()[2];
                    if (z < 0 || z >= in[0] || v < 0 || v >= in[1] || u < 0 || u >= in[2]) {
                        continue;
                    }
                    int pixel = ((n * in[0] + z) * in[1] + v) * in[2] + u;
                    for (int k = 0; k < s.k(); k++) {
                        for (int c = 0; c < s.cg(); c++) {
                            int xi = pixel * s.c() + k / s.kg() * s.cg() + c;
                            int wi = (k * s.taps() + r) * s.cg() + c;
                            int yi = (n * s.outputs() + p) * s.k() + k;
                            double product = switch (pass) {
                                case FORWARD -> x[xi] * w[wi];
                                case INPUT_GRADIENT -> y[yi] * w[wi];
                                case FILTER_GRADIENT -> x[xi] * y[yi];
                            };
                            int to = switch (pass) {
                                case FORWARD -> yi;
                                case INPUT_GRADIENT -> xi;
                                case FILTER_GRADIENT -> wi;
                            };
                            result[to] += absolute ? Math.abs(product) : product;
                        }
                    }
                }
            }
        }
    }
}
