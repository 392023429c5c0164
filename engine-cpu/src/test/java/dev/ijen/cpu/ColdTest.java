package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Loops have the same bits by vectors, one by one, and with a part of each.
class ColdTest {
    private static final int[] SIZES = {1, 3, 7, 8, 9, 10, 15, 16, 17, 31, 33, 64, 100, 129, 257};
    private static final int BYTES = 1 << 16;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment in = arena.allocate(BYTES, 64);
    private final MemorySegment out = arena.allocate(BYTES, 64);
    private final Random random = new Random(1);

    @AfterEach
    void close() {
        arena.close();
    }

    /// Ten calls: all one by one but one, which has a part by vectors; then one by vectors alone.
    ///
    /// @param compared bytes of the result
    private void same(Cold cold, int compared, LongConsumer loop) {
        var results = new ArrayList<byte[]>();
        cold.set(false);
        for (int i = 0; i < 11; i++) {
            if (i == 10) {
                cold.set(true);
            }
            out.fill((byte) 0x55);
            loop.accept(out.address());
            results.add(out.asSlice(0, compared).toArray(ValueLayout.JAVA_BYTE));
        }
        for (var r : results) {
            assertArrayEquals(results.getLast(), r);
        }
    }

    private void floats(float... special) {
        for (int i = 0; i < BYTES / 4; i++) {
            float v = (float) random.nextGaussian() * 20;
            in.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextInt(9) < special.length ? special[random
                    .nextInt(special.length)] : v);
        }
    }

    @Test
    void rows() {
        floats();
        for (int n : SIZES) {
            for (int k = 0; k < 20; k++) {
                long x = in.address() + 64L * k;
                same(F32Rows.MAX, 4, o -> Mem.f32(o, F32Rows.max(x, n)));
                same(F32Rows.EXP, 4 * n, o -> F32Rows.sumExp(x, 3f, o, n));
                same(F32Rows.EXP, 4, o -> Mem.f32(o, F32Rows.sumExp(x, -60f, o + 64, n)));
            }
        }
    }

    @Test
    void exponentialsAtTheEdges() {
        floats(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 88.7f, 88.9f, -103.9f, -104.1f, -87.5f, 0f, -0f);
        same(F32Rows.EXP, 4 * 200, o -> F32Rows.sumExp(in.address(), 0f, o, 200));
    }

    @Test
    void folds() {
        floats();
        var sum = new F32Fold.Sum();
        for (int n : SIZES) {
            same(F32Fold.Sum.PAIR, 4 * n, o -> sum.pair(in.address(), in.address() + 4L * n, o, n));
            same(F32Fold.Sum.INTO, 4 * n, o -> {
                Mem.copy(in.address() + 8192, o, 4L * n);
                sum.into(in.address(), o, 4, n);
            });
            same(F32Fold.Sum.REDUCE, 4, o -> {
                Mem.f32(o, -3f);
                sum.reduce(in.address() + 4L * n, n, o);
            });
        }
    }

    @Test
    void moves() {
        floats();
        for (int n : SIZES) {
            same(Moves.BLOCKS, 4 * n, o -> Moves.gather(4, in.address() + 4, 4, o, n));
            same(Moves.BLOCKS, BYTES, o -> Moves.copy(in.address() + 3, o + 1, n));
            same(Moves.REPEAT, BYTES, o -> Moves.repeat(0x0102030405060708L, o + 2, n));
            same(Stored.COLD_U8, 4 * n, o -> Stored.widen(dev.ijen.tensor.DType.U8).run(in.address() + 1, 0, 0, o, n));
        }
    }

    @Test
    void randomWords() {
        for (int n : SIZES) {
            for (int first : new int[] {0, 1, 4, 1001}) {
                same(Counts.COLD, 4 * n, o -> Counts.random(7, 1L << 33, 5, first, 1, o, n));
            }
        }
    }

    @Test
    void pooling() {
        for (int channels : List.of(16, 19, 32)) {
            floats(Float.NaN, 1f, 1f, 1f, -0f, 0f);
            long taps = arena.allocate(64, 64).address();
            for (int t = 0; t < 4; t++) {
                Mem.i64(taps + Taps.STEP * t, (t / 2 * 10L + t % 2) * channels * 4);
            }
            long x = in.address();
            int row = 4 * channels;
            same(PoolingLines.COLD, 5 * row, o -> PoolingLines.max(taps, 4, x, 2L * row, o, 5, channels));
            same(Pooling32.ONCE, 20 * row, o -> Pooling32.maxGradientOnce(taps, 4, x, x + 30_000, o, channels));
            // what no window has stays as it was
            same(Pooling32.ONCE, 20 * row,
                    o -> PoolingGradient.line(taps, 4, x, 3L * row, x + 30_000, o, 3, channels));
        }
    }

    @Test
    void poolingFewChannels() {
        assumeTrue(Micro32.MASKED, "the processor has no masked loads");
        for (int channels : List.of(2, 10, 15)) {
            floats(Float.NaN, 1f, 1f, 1f, -0f, 0f);
            long taps = arena.allocate(Taps.STEP * 9, 64).address();
            for (int t = 0; t < 9; t++) {
                Mem.i64(taps + Taps.STEP * t, (t / 3 * 12L + t % 3) * channels * 4);
            }
            long x = in.address();
            int row = 4 * channels;
            for (int count : new int[] {4, 6, 9}) {
                same(PoolingLines.FEW, 5 * row, o -> PoolingLines.maxFew(taps, count, x, 2L * row, o, 5, channels));
            }
        }
    }

    /// In a first run and after it.
    @Test
    void fewNumbers() {
        floats(Float.NEGATIVE_INFINITY, 88.7f, 88.9f, -103.9f, -104.1f, 0f, -0f);
        var exp = F32Math.of(dev.ijen.tensor.UnaryFn.EXP);
        for (int n : SIZES) {
            List<LongConsumer> loops = List.of(
                    o -> exp.run(in.address(), 0, 0, o, n),
                    o -> Sums.add(in.address(), 4L * n + 12, 5, n, o));
            for (var loop : loops) {
                var results = new ArrayList<byte[]>();
                for (boolean begun : new boolean[] {false, true}) {
                    Cold.begun = begun;
                    out.fill((byte) 0x55);
                    loop.accept(out.address());
                    results.add(out.asSlice(0, 4L * n).toArray(ValueLayout.JAVA_BYTE));
                }
                assertArrayEquals(results.getFirst(), results.getLast());
            }
        }
        Cold.begun = false;
        assertFalse(Cold.few(1L << 40));
        while (Cold.few(1000)) {
            // until they are many
        }
        assertFalse(Cold.few(1));
        Cold.ran();
    }

    @Test
    void aFirstRunHasNoPartsUnlessItIsLong() {
        Cold.begun = false;
        var cold = new Cold(1);
        int calls = 1;
        for (; !cold.part(); calls++) {
            assertTrue(calls < 10_000);
        }
        assertEquals(4008, calls);
        Cold.ran();
        var second = new Cold(1);
        for (int i = 1; i < 8; i++) {
            assertFalse(second.part());
        }
        assertTrue(second.part());
    }

    @Test
    void endsWhenPartsAreQuickOrMany() {
        Cold.ran();
        var slow = new Cold(-1_000_000_000);
        int calls = 0;
        for (; !slow.over(); calls++) {
            if (slow.part()) {
                slow.end(System.nanoTime(), 1);
            }
        }
        assertEquals(160_000, calls);
        var quick = new Cold(1_000_000_000);
        for (int i = 0; i < 8; i++) {
            assertFalse(quick.over());
            quick.end(System.nanoTime(), 1);
        }
        assertTrue(quick.over());
    }
}
