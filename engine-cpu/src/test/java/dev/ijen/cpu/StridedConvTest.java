package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Convolutions in steps of more than 1 and their gradients, against the definition in F64.
class StridedConvTest {
    private final Native nat = Native.load(true);

    @BeforeEach
    void machineCode() {
        assumeTrue(!Targets.here().isEmpty(), "no machine code");
    }

    /// @param low padding before the first element of each axis
    private record Geometry(
            int n, int c, int k, int[] in, int[] size, int[] stride, int[] low, int[] high, int[] dilation) {
        static Geometry square(int n, int c, int k, int in, int size, int stride, int pad) {
            return new Geometry(n, c, k, two(in), two(size), two(stride), two(pad), two(pad), two(1));
        }

        private static int[] two(int v) {
            return new int[] {v, v};
        }

        Kernel.Conv conv(DType type, ConvPass pass) {
            return new Kernel.Conv(
                    type, pass, ConvKernelTest.window(in, size, stride, low, high, dilation), n, c,
                    k, 1);
        }
    }

    @Test
    void products() {
        for (var g : List.of(
                Geometry.square(3, 32, 32, 9, 3, 2, 1), Geometry.square(2, 48, 200, 8, 3, 2, 1),
                Geometry.square(2, 33, 37, 12, 3, 2, 0), Geometry.square(5, 32, 64, 16, 1, 2, 0),
                Geometry.square(1, 40, 32, 32, 5, 3, 2), Geometry.square(2, 3, 5, 7, 4, 3, 3),
                Geometry.square(3, 300, 34, 8, 3, 2, 1), Geometry.square(2, 7, 40, 6, 2, 3, 4),
                Geometry.square(40, 20, 24, 3, 3, 2, 1), Geometry.square(9, 20, 130, 17, 1, 2, 0),
                Geometry.square(9, 33, 34, 31, 3, 2, 1), Geometry.square(1, 35, 33, 11, 1, 3, 2),
                new Geometry(2, 36, 32, new int[] {11, 20}, new int[] {3, 5}, new int[] {1, 2}, new int[] {0, 4},
                        new int[] {2, 1}, new int[] {1, 1}),
                new Geometry(1, 32, 40, new int[] {15, 13}, new int[] {3, 2}, new int[] {2, 3}, new int[] {2, 0},
                        new int[] {1, 1}, new int[] {2, 3}),
                new Geometry(2, 20, 36, new int[] {12, 9}, new int[] {3, 3}, new int[] {2, 1}, new int[] {2, 2},
                        new int[] {2, 2}, new int[] {2, 2}),
                new Geometry(2, 32, 32, new int[] {61}, new int[] {7}, new int[] {4}, new int[] {3}, new int[] {2},
                        new int[] {1}),
                new Geometry(1, 32, 32, new int[] {5, 6, 7}, new int[] {3, 3, 3}, new int[] {2, 1, 2},
                        new int[] {1, 1, 0}, new int[] {1, 1, 1}, new int[] {1, 1, 1}))) {
            for (var target : Targets.here()) {
                for (var pass : ConvPass.values()) {
                    check(g, pass, Micro32Code.of(target));
                }
            }
        }
    }

    private static void check(Geometry g, ConvPass pass, Micro32Code micro) {
        var s = ConvShape.of(g.conv(DType.F32, pass));
        double[] x = KernelBench.random(1, DType.F32, (int) s.xCount());
        double[] w = KernelBench.random(2, DType.F32, (int) s.wCount());
        double[] y = KernelBench.random(3, DType.F32, (int) s.yCount());
        double[] expected = switch (pass) {
            case FORWARD -> new double[y.length];
            case INPUT_GRADIENT -> new double[x.length];
            case FILTER_GRADIENT -> new double[w.length];
        };
        ConvKernelTest.naive(s, pass, x, w, y, expected, false);
        double[] first = pass == ConvPass.INPUT_GRADIENT ? y : x;
        double[] second = pass == ConvPass.FILTER_GRADIENT ? y : w;
        Function<Pool, CpuKernel> of = pool -> pass == ConvPass.FILTER_GRADIENT
                ? StridedConvFilter.of(s, micro, pool)
                : StridedConv.of(s, pass == ConvPass.FORWARD, micro);
        long[] one = KernelBench.run(DType.F32, 1, of, expected.length, first, second);
        long[] three = KernelBench.run(DType.F32, 3, of, expected.length, first, second);
        assertArrayEquals(one, three, () -> g + ": bits depend on the number of threads");
        double[] got = KernelBench.values(DType.F32, one);
        assertEquals(0, KernelBench.error(got, expected), 1e-6, () -> pass + " of " + g);
    }

    @Test
    void whereItPays() {
        assumeTrue(nat.target() != null, "no machine code");
        var large = Geometry.square(32, 64, 128, 32, 3, 2, 1);
        try (var pool = new ThreadPool(1)) {
            var pointwise = Geometry.square(32, 64, 128, 32, 1, 2, 0);
            for (var pass : ConvPass.values()) {
                var kind = pass == ConvPass.FILTER_GRADIENT ? StridedConvFilter.class : StridedConv.class;
                assertInstanceOf(kind, ConvKernel.of(large.conv(DType.F32, pass), pool, nat));
                assertInstanceOf(kind, ConvKernel.of(pointwise.conv(DType.F32, pass), pool, nat));
                for (var g : List.of(
                        Geometry.square(1, 32, 32, 8, 3, 2, 1), Geometry.square(32, 64, 128, 32, 3, 1, 1),
                        Geometry.square(32, 3, 128, 32, 3, 2, 1))) {
                    assertNull(of(g.conv(DType.F32, pass), pool), () -> pass + " of " + g);
                }
                assertNull(of(large.conv(DType.F64, pass), pool));
                assertNull(of(large.conv(DType.BF16, pass), pool));
            }
        }
    }

    private CpuKernel of(Kernel.Conv conv, Pool pool) {
        return conv.pass() == ConvPass.FILTER_GRADIENT
                ? StridedConvFilter.of(conv, pool, nat)
                : StridedConv.of(conv, nat);
    }
}
