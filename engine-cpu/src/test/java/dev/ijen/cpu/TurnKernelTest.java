package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Rows and columns exchanged in machine code, against their definition: every element of the result, and nothing around it.
class TurnKernelTest {
    private static final int MARK = 0x7fc01234;
    private static final int AROUND = 32;

    @Test
    void blocksOfAnySize() {
        for (var target : Targets.here()) {
            var turns = Turns.of(target);
            for (int rows = 1; rows <= 35; rows++) {
                for (int n = 1; n <= 35; n++) {
                    int row = n + 3;
                    int column = rows + 2;
                    try (var arena = Arena.ofConfined()) {
                        var x = marked(arena, rows * row);
                        var y = marked(arena, n * column);
                        var expected = y.toArray(ValueLayout.JAVA_INT);
                        for (int r = 0; r < rows; r++) {
                            for (int i = 0; i < n; i++) {
                                int bits = 1000 * r + i;
                                x.setAtIndex(ValueLayout.JAVA_INT, AROUND + r * row + i, bits);
                                expected[AROUND + i * column + r] = bits;
                            }
                        }
                        turns.run(x.address() + 4 * AROUND, 4L * row, rows, n, y.address() + 4 * AROUND, 4L * column);
                        assertArrayEquals(expected, y.toArray(ValueLayout.JAVA_INT), target + " " + rows + " " + n);
                    }
                }
            }
        }
    }

    @Test
    void permutations() {
        var random = new Random(5);
        int turned = 0;
        for (var target : Targets.here()) {
            for (int i = 0; i < 300; i++) {
                int rank = 2 + random.nextInt(3);
                int[] space = random.ints(rank, 2, i % 10 == 0 ? 70 : 20).toArray();
                int[] order = shuffled(random, rank);
                var load = new Instr.Load(0, i % 2 == 0 ? DType.F32 : DType.I32, strides(space, order),
                        random.nextInt(4));
                var region = new Region(space, List.of(load), List.of(new Store(0, 0, load.stored(),
                        strides(space, IntStream.range(0, rank).toArray()), random.nextInt(4), null)));
                var kernel = TurnKernel.of(region, target);
                // neighbours stay neighbours if the last axis does
                boolean narrow = target == Target.AVX2 && space[rank - 1] < target.lanes();
                assertEquals(order[rank - 1] != rank - 1 && !narrow, kernel != null, () -> region.toString());
                if (kernel != null) {
                    turned++;
                    check(region, kernel, load, 1 + random.nextInt(3));
                }
            }
        }
        assertEquals(!Targets.here().isEmpty(), turned > 100);
    }

    @Test
    void largeMatricesAreShared() {
        for (var target : Targets.here()) {
            int[] space = {5, 300, 257};
            var load = new Instr.Load(0, DType.F32, new int[] {300 * 257, 1, 300}, 0);
            var store = new Store(0, 0, DType.F32, new int[] {300 * 257, 257, 1}, 0, null);
            var region = new Region(space, List.of(load), List.of(store));
            var kernel = TurnKernel.of(region, target);
            assertNotNull(kernel);
            check(region, kernel, load, 3);
        }
    }

    @Test
    void longRowsAreShared() {
        for (var target : Targets.here()) {
            int[] space = {9001, 9};
            var load = new Instr.Load(0, DType.F32, new int[] {1, 9001}, 0);
            var region = new Region(space, List.of(load),
                    List.of(new Store(0, 0, DType.F32, new int[] {9, 1}, 0, null)));
            var kernel = TurnKernel.of(region, target);
            assertNotNull(kernel);
            check(region, kernel, load, 3);
        }
    }

    /// A flipped and a repeated axis around the matrices, and gaps between rows.
    @Test
    void viewsOfX() {
        for (var target : Targets.here()) {
            int[] space = {2, 3, 17, 20};
            var load = new Instr.Load(0, DType.F32, new int[] {0, -600, 1, 25}, 1300);
            var store = new Store(0, 0, DType.F32, new int[] {1020, 340, 20, 1}, 0, null);
            var region = new Region(space, List.of(load), List.of(store));
            var kernel = TurnKernel.of(region, target);
            assertNotNull(kernel);
            check(region, kernel, load, 2);
        }
    }

    @Test
    void onlyWhatItIsFor() {
        int[] space = {40, 40};
        int[] plain = {40, 1};
        int[] turned = {1, 40};
        for (var target : Targets.here()) {
            assertNotNull(TurnKernel.of(copy(space, DType.F32, turned, plain), target));
            assertNotNull(TurnKernel.of(copy(space, DType.F32, plain, turned), target));
            assertNull(TurnKernel.of(copy(space, DType.F32, turned, plain), null));
            assertNull(TurnKernel.of(copy(new int[] {0, 40, 40}, DType.F32, new int[] {1600, 1, 40},
                    new int[] {1600, 40, 1}), target));
            assertNull(TurnKernel.of(copy(space, DType.F64, turned, plain), target));
            assertNull(TurnKernel.of(copy(space, DType.F16, turned, plain), target));
            assertNull(TurnKernel.of(copy(space, DType.F32, plain, plain), target));
            assertNull(TurnKernel.of(copy(space, DType.F32, new int[] {1, 0}, plain), target));
            assertNull(TurnKernel.of(copy(space, DType.F32, new int[] {2, 80}, plain), target));
            var folded = new Store(0, 0, DType.F32, plain, 0, Region.Fold.SUM);
            var load = new Instr.Load(0, DType.F32, turned, 0);
            assertNull(TurnKernel.of(new Region(space, List.of(load), List.of(folded)), target));
        }
    }

    private static Region copy(int[] space, DType type, int[] from, int[] to) {
        return new Region(space, List.of(new Instr.Load(0, type, from, 0)),
                List.of(new Store(0, 0, type, to, 0, null)));
    }

    private static void check(Region region, CpuKernel kernel, Instr.Load load, int threads) {
        int points = region.points();
        var store = region.stores().getFirst();
        try (var arena = Arena.ofConfined(); var pool = new ThreadPool(threads)) {
            var x = marked(arena, 2 * points + load.offset());
            var y = marked(arena, points);
            for (int i = 0; i < 2 * points + load.offset(); i++) {
                x.setAtIndex(ValueLayout.JAVA_INT, AROUND + i, i);
            }
            var expected = y.toArray(ValueLayout.JAVA_INT);
            var at = new int[region.space().length];
            for (int i = 0; i < points; i++) {
                int from = load.offset();
                int to = store.offset();
                for (int k = 0; k < at.length; k++) {
                    from += at[k] * load.stride()[k];
                    to += at[k] * store.stride()[k];
                }
                expected[AROUND + to] = x.getAtIndex(ValueLayout.JAVA_INT, AROUND + from);
                for (int k = at.length - 1; k >= 0 && ++at[k] == region.space()[k]; k--) {
                    at[k] = 0;
                }
            }
            long[] in = {x.address() + 4 * AROUND};
            long[] out = {y.address() + 4 * AROUND};
            try (var bound = kernel.bind(in, out, 0, pool)) {
                bound.run();
            }
            assertArrayEquals(expected, y.toArray(ValueLayout.JAVA_INT), region::toString);
        }
    }

    private static MemorySegment marked(Arena arena, int count) {
        var m = arena.allocate(4L * (count + 2 * AROUND), 64);
        for (int i = 0; i < count + 2 * AROUND; i++) {
            m.setAtIndex(ValueLayout.JAVA_INT, i, MARK);
        }
        return m;
    }

    private static int[] shuffled(Random random, int n) {
        int[] order = IntStream.range(0, n).toArray();
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int k = order[i];
            order[i] = order[j];
            order[j] = k;
        }
        return order;
    }

    /// Steps along the axes if they lie in memory in this order, the last one side by side.
    private static int[] strides(int[] space, int[] order) {
        var strides = new int[space.length];
        int step = 1;
        for (int k = space.length - 1; k >= 0; k--) {
            strides[order[k]] = step;
            step *= space[order[k]];
        }
        return strides;
    }
}
