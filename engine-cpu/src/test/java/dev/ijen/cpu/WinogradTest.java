package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Window;
import dev.ijen.tensor.DType;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Winograd's algorithm against the definition of a convolution, computed in F64.
class WinogradTest {
    private static final int[] ONE = {1, 1};
    /// What the norm of the error may be of the result's. Direct sums have about 4e-7.
    private static final double NORM = 2e-6;

    private final Native nat = Native.load(true);

    /// @param low padding before the first element of each axis
    /// @param high padding after the last
    record Geometry(int n, int c, int k, int[] in, int[] low, int[] high) {
        Geometry(int n, int c, int k, int h, int w, int pad) {
            this(n, c, k, new int[] {h, w}, new int[] {pad, pad}, new int[] {pad, pad});
        }

        Kernel.Conv conv(ConvPass pass) {
            return new Kernel.Conv(
                    DType.F32, pass, ConvKernelTest.window(in, new int[] {3, 3}, ONE, low, high, ONE), n, c, k, 1);
        }
    }

    static Stream<Geometry> geometries() {
        return Stream.of(
                new Geometry(1, 16, 16, 8, 8, 1),
                new Geometry(2, 32, 16, 7, 9, 1),
                new Geometry(3, 16, 48, 5, 6, 0),
                new Geometry(1, 48, 32, 13, 3, 1),
                new Geometry(2, 16, 32, 3, 3, 0),
                new Geometry(5, 16, 16, 1, 1, 1),
                new Geometry(2, 16, 16, 4, 10, 2),
                new Geometry(1, 144, 160, 6, 11, 1),
                new Geometry(9, 32, 64, 12, 10, 1),
                new Geometry(2, 32, 32, new int[] {9, 6}, new int[] {0, 2}, new int[] {1, 0}),
                new Geometry(2, 32, 16, new int[] {6, 7}, new int[] {2, 1}, new int[] {2, 0}));
    }

    @BeforeEach
    void library() {
        assumeTrue(nat.present(), nat::reason);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void chunksOfTiles(Geometry g) {
        for (var pass : ConvPass.values()) {
            check(g, pass, 7, WinogradShape.POINTS);
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void allTilesAStepAtATime(Geometry g) {
        for (var pass : ConvPass.values()) {
            check(g, pass, Integer.MAX_VALUE, 3);
        }
    }

    /// Filters that stay as they are: a convolution that takes all tiles a step at a time otherwise makes only a part of the filter's points at a time.
    @ParameterizedTest
    @MethodSource("geometries")
    void filtersThatAreKept(Geometry g) {
        for (var pass : List.of(ConvPass.FORWARD, ConvPass.INPUT_GRADIENT)) {
            var conv = g.conv(pass);
            var s = WinogradShape.of(conv);
            check(conv, p -> new Kept((Weighted) WinogradConv.of(conv, s, new WinogradCut(s.tiles(), 3), p, nat)));
        }
    }

    /// What a binding with memory of its own for the filter does.
    private record Kept(Weighted kernel) implements Weighted {
        @Override
        public long weightBytes() {
            return kernel.weightBytes();
        }

        @Override
        public long scratchBytes() {
            return kernel.scratchBytes();
        }

        @Override
        public Weighted.Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
            return kernel.keep(in, out, scratch, weights, pool);
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void partsOfFilters(Geometry g) {
        for (var target : Targets.here()) {
            var micro = Micro32Code.of(target);
            for (var pass : ConvPass.values()) {
                var conv = g.conv(pass);
                var s = WinogradShape.of(conv);
                check(conv, p -> pass == ConvPass.FILTER_GRADIENT
                        ? WinogradFilterBlocks.of(s, p.threads(), micro)
                        : new Parts(
                                WinogradBlocks.of(s, pass == ConvPass.FORWARD, p.threads(), micro, Turns.of(target))));
            }
        }
    }

    private record Parts(WinogradBlocks blocks) implements CpuKernel {
        @Override
        public long scratchBytes() {
            return blocks.scratchBytes();
        }

        @Override
        public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
            return blocks.bind(in[0], in[1], out[0], scratch, pool);
        }
    }

    /// Only where there are enough tasks for some threads.
    @Test
    void partsOfLargeFilters() {
        assumeTrue(nat.target() != null && Micro32Code.here() != null, "no machine code");
        var large = new Geometry(8, 256, 256, 8, 8, 1);
        var small = new Geometry(4, 128, 128, 8, 8, 1);
        for (var pass : List.of(ConvPass.FORWARD, ConvPass.INPUT_GRADIENT)) {
            boolean forward = pass == ConvPass.FORWARD;
            assertNotNull(WinogradBlocks.of(WinogradShape.of(large.conv(pass)), forward, 2, nat));
            assertNull(WinogradBlocks.of(WinogradShape.of(small.conv(pass)), forward, 2, nat));
        }
        var gradient = ConvPass.FILTER_GRADIENT;
        assertNotNull(WinogradFilterBlocks.of(WinogradShape.of(large.conv(gradient)), 2, nat));
        assertNull(WinogradFilterBlocks.of(WinogradShape.of(small.conv(gradient)), 2, nat));
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void filterGradientsInRounds(Geometry g) {
        check(g, ConvPass.FILTER_GRADIENT, 5, 6);
    }

    @Test
    void asItIsChosen() {
        for (var g : List.of(
                new Geometry(6, 32, 32, 28, 28, 1), new Geometry(2, 128, 96, 14, 14, 1),
                new Geometry(4, 144, 256, 7, 7, 1), new Geometry(1, 32, 128, 32, 32, 1),
                new Geometry(4, 272, 320, 8, 7, 1))) {
            for (var pass : ConvPass.values()) {
                var conv = g.conv(pass);
                try (var pool = new ThreadPool(1)) {
                    var kernel = ConvKernel.of(conv, pool, nat);
                    boolean winograd = kernel instanceof WinogradConvFilter || kernel instanceof WinogradFilterBlocks
                            || kernel instanceof WinogradConv;
                    assertTrue(winograd, g + " " + pass);
                }
                check(conv, p -> ConvKernel.of(conv, p, nat));
            }
        }
    }

    @Test
    void onlyWhatItIsFor() {
        int[] three = {3, 3};
        int[] none = {0, 0};
        int[] in = {32, 32};
        var pass = ConvPass.FORWARD;
        var plain = ConvKernelTest.window(in, three, ONE, ONE, ONE, ONE);
        try (var pool = new ThreadPool(1)) {
            assertNotNull(Winograd.of(conv(pass, plain), pool, nat));
            for (var other : List.of(
                    new Kernel.Conv(DType.F64, pass, plain, 8, 64, 64, 1),
                    new Kernel.Conv(DType.BF16, pass, plain, 8, 64, 64, 1),
                    new Kernel.Conv(DType.F32, pass, plain, 8, 64, 64, 2),
                    new Kernel.Conv(DType.F32, pass, plain, 8, 63, 64, 1),
                    new Kernel.Conv(DType.F32, pass, plain, 8, 3, 64, 1),
                    conv(pass, ConvKernelTest.window(in, three, new int[] {2, 2}, ONE, ONE, ONE)),
                    conv(pass, ConvKernelTest.window(in, three, ONE, ONE, ONE, new int[] {2, 2})),
                    conv(pass, ConvKernelTest.window(in, new int[] {5, 5}, ONE, ONE, ONE, ONE)),
                    conv(pass, ConvKernelTest.window(in, three, ONE, three, none, ONE)),
                    conv(pass, ConvKernelTest.window(new int[] {512}, new int[] {3}, new int[] {1}, new int[] {1},
                            new int[] {1}, new int[] {1})))) {
                assertNull(Winograd.of(other, pool, nat), other::toString);
            }
        }
    }

    private static Kernel.Conv conv(ConvPass pass, Window w) {
        return new Kernel.Conv(DType.F32, pass, w, 8, 64, 64, 1);
    }

    private void check(Geometry g, ConvPass pass, int chunk, int points) {
        var conv = g.conv(pass);
        var s = WinogradShape.of(conv);
        int tiles = Math.min(chunk, s.tiles());
        if (pass == ConvPass.FILTER_GRADIENT && points == WinogradShape.POINTS && s.tiles() < 2 * tiles) {
            return; // a share is two chunks at least
        }
        var cut = new WinogradCut(tiles, points);
        check(conv, p -> pass == ConvPass.FILTER_GRADIENT
                ? WinogradConvFilter.of(s, cut, p)
                : WinogradConv.of(conv, s, cut, p, nat));
    }

    private static void check(Kernel.Conv conv, Function<Pool, CpuKernel> of) {
        var s = ConvShape.of(conv);
        double[] x = KernelBench.random(1, DType.F32, (int) s.xCount());
        double[] w = KernelBench.random(2, DType.F32, (int) s.wCount());
        double[] y = KernelBench.random(3, DType.F32, (int) s.yCount());
        double[] expected = switch (conv.pass()) {
            case FORWARD -> y.clone();
            case INPUT_GRADIENT -> x.clone();
            case FILTER_GRADIENT -> w.clone();
        };
        ConvKernelTest.naive(s, conv.pass(), x, w, y, expected, false);
        double[] first = conv.pass() == ConvPass.INPUT_GRADIENT ? y : x;
        double[] second = conv.pass() == ConvPass.FILTER_GRADIENT ? y : w;
        long[] one = KernelBench.run(DType.F32, 1, of, expected.length, first, second);
        long[] two = KernelBench.run(DType.F32, 2, of, expected.length, first, second);
        assertArrayEquals(one, two, () -> conv + ": bits depend on the number of threads");
        double[] got = KernelBench.values(DType.F32, one);
        assertEquals(0, KernelBench.error(got, expected), NORM, conv::toString);
    }
}
