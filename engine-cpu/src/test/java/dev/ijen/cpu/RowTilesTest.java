package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.UnaryFn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tiles of rows as one function leave in memory what the interpreter leaves there, bit by bit, at any number of threads.
class RowTilesTest {
    private static final DType T = DType.F32;
    private static final BinaryFn[] BINARY = {BinaryFn.ADD, BinaryFn.SUB, BinaryFn.MUL, BinaryFn.MAX, BinaryFn.DIV};
    private static final UnaryFn[] UNARY = {UnaryFn.NEG, UnaryFn.ABS, UnaryFn.SQRT, UnaryFn.EXP, UnaryFn.RELU};
    private static final int[] WIDTHS = {16, 32, 48, 64, 80, 128, 176, 512, 1024, 2048, 3072, 100};
    private static final int[] ROWS = {1, 2, 7, 16, 33, 64, 250};
    /// How a view of rows lies: dense, the same row again and again, one number for a row, one for all.
    private static final int KINDS = 4;

    /// Rows of many widths with views of all kinds, results and sums over rows, columns and everything.
    @Test
    void randomRows() {
        assumeFalse(Targets.here().isEmpty(), "no machine code here");
        var random = new SplittableRandom(1);
        int inRows = 0;
        for (int k = 0; k < 400; k++) {
            int rows = ROWS[random.nextInt(ROWS.length)];
            int n = WIDTHS[random.nextInt(WIDTHS.length)];
            inRows += same(region(random, rows, n, false), k) ? 1 : 0;
        }
        assertTrue(inRows > 200, inRows + " of 400");
    }

    /// The same with bfloat16 among what is read and written, and rounding to it between.
    @Test
    void randomRowsOfHalves() {
        assumeFalse(Targets.here().isEmpty(), "no machine code here");
        var random = new SplittableRandom(2);
        int inRows = 0;
        for (int k = 0; k < 400; k++) {
            int rows = ROWS[random.nextInt(ROWS.length)];
            int n = WIDTHS[random.nextInt(WIDTHS.length)];
            inRows += same(region(random, rows, n, true), k) ? 1 : 0;
        }
        assertTrue(inRows > 200, inRows + " of 400");
    }

    /// Rounding to bfloat16, by a cast and by a store alone: what is halfway, what becomes infinite, NaN, numbers below the smallest normal one.
    @Test
    void rounding() {
        assumeFalse(Targets.here().isEmpty(), "no machine code here");
        int[] hard = {
            0, 1, 0x7fff, 0x8000, 0x8001, 0x17fff, 0x18000, 0x18001, 0x007fffff, 0x00800000, 0x3f808000, 0x3f818000,
            0x3f80ffff, 0x7f7f7fff, 0x7f7f8000, 0x7f7fffff, 0x7f800000, 0x7f800001, 0x7f80ffff, 0x7fc00000, 0x7fffffff};
        int n = 64;
        var region = new Region(
                new int[] {n},
                List.of(load(0, 1), new Instr.Cast(T, DType.BF16, 0)),
                List.of(
                        store(1, 0, null, 1), new Store(1, 1, DType.BF16, new int[] {1}, 0, null),
                        new Store(0, 2, DType.BF16, new int[] {1}, 0, null)));
        for (var target : Targets.here()) {
            try (var arena = Arena.ofConfined(); var pool = new ThreadPool(1)) {
                var memory = memory(region, 7, arena);
                for (int i = 0; i < n; i++) {
                    int bits = hard[i % hard.length] | (i / hard.length % 2 == 0 ? 0 : Integer.MIN_VALUE);
                    memory[0].setAtIndex(ValueLayout.JAVA_INT, i, bits);
                }
                var run = bind(RegionKernel.of(region, 1, target), region, memory, arena, pool);
                assertTrue(run.inRows());
                run.run();
                for (int i = 0; i < n; i++) {
                    float x = memory[0].getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    int expected = nearest(x);
                    assertEquals(expected << 16, memory[1].getAtIndex(ValueLayout.JAVA_INT, i), "cast of " + x);
                    for (int m : new int[] {2, 3}) {
                        short got = memory[m].getAtIndex(ValueLayout.JAVA_SHORT, i);
                        assertEquals(expected, got & 0xffff, "store of " + x);
                    }
                }
            }
        }
    }

    /// The bits of the nearest number of bfloat16, of two equally near ones the even one, by exact arithmetic in doubles.
    private static int nearest(float x) {
        int bits = Float.floatToRawIntBits(x);
        int down = bits >>> 16;
        if (Float.isNaN(x)) {
            return down | 0x40;
        }
        if (Float.isInfinite(x)) {
            return down;
        }
        double low = Float.intBitsToFloat(down << 16);
        // above the largest number lies what would be the next one
        double high = (down & 0x7fff) == 0x7f7f ? Math.copySign(0x1p128, low) : Float.intBitsToFloat(down + 1 << 16);
        double toLow = Math.abs(x - low);
        double toHigh = Math.abs(high - x);
        boolean up = toHigh < toLow || toHigh == toLow && (down & 1) == 1;
        return up ? down + 1 : down;
    }

    /// A number of bfloat16 that is read once more after another one is written in its place is left to the interpreter.
    @Test
    void halvesInPlace() {
        assumeFalse(Targets.here().isEmpty(), "no machine code here");
        int n = 64;
        var half = new Instr.Load(0, DType.BF16, new int[] {1}, 0);
        List<Instr> body = List.of(
                new Instr.Load(1, DType.BF16, new int[] {1}, 0), half, new Instr.Unary(UnaryFn.NEG, T, 0),
                new Instr.Binary(BinaryFn.ADD, T, 1, 2));
        var region = new Region(
                new int[] {n}, body,
                List.of(new Store(2, 0, DType.BF16, new int[] {1}, 0, null), store(3, 1, null, 1)));
        for (var target : Targets.ways()) {
            try (var arena = Arena.ofConfined(); var pool = new ThreadPool(1)) {
                var a = arena.allocate(2L * n + 128, 64);
                var b = arena.allocate(2L * n + 128, 64);
                var c = arena.allocate(4L * n + 128, 64);
                for (int i = 0; i < n; i++) {
                    a.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(i) >> 16));
                    b.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(2 * i) >> 16));
                }
                var k = RegionKernel.of(region, 1, target);
                long scratch = arena.allocate(k.scratchBytes() + 64, 64).address();
                k.bind(new long[] {a.address(), b.address()}, new long[] {a.address(), c.address()}, scratch, pool)
                        .run();
                for (int i = 0; i < n; i++) {
                    assertEquals(-i, c.getAtIndex(ValueLayout.JAVA_FLOAT, i), target + " at " + i);
                    short written = a.getAtIndex(ValueLayout.JAVA_SHORT, i);
                    assertEquals(-2f * i, Float.intBitsToFloat(written << 16), target + " at " + i);
                }
            }
        }
    }

    /// A last tile that is shorter, and one number for all that many tiles are added to.
    @Test
    void oneAxis() {
        assumeFalse(Targets.here().isEmpty(), "no machine code here");
        for (int n : new int[] {16, 1024, 4096, 10_000, 100_000, 262_144}) {
            List<Instr> body = List.of(load(0, 1), load(1, 1), new Instr.Binary(BinaryFn.SUB, T, 0, 1));
            assertTrue(same(new Region(new int[] {n}, body, List.of(store(2, 0, null, 1))), n));
            assertTrue(same(new Region(new int[] {n}, body, List.of(store(2, 0, Fold.SUM, 0))), n) || n == 10_000);
        }
    }

    /// What has to be written when all else is read, runs across memory, is of another type, or folded otherwise, is left to the interpreter.
    @Test
    void notRows() {
        var target = Targets.here().isEmpty() ? null : Targets.here().getFirst();
        int[] space = {64, 64};
        List<Instr> copy = List.of(load(0, 64, 1));
        assertFalse(inRows(new Region(space, List.of(load(0, 1, 64)), List.of(store(0, 0, null, 64, 1))), target));
        assertFalse(inRows(new Region(space, copy, List.of(store(0, 0, Fold.MAX, 1, 0))), target));
        assertFalse(inRows(new Region(new int[] {64, 50}, copy, List.of(store(0, 0, Fold.SUM, 1, 0))), target));
        var halves = List.<Instr>of(new Instr.Load(0, DType.F16, new int[] {64, 1}, 0));
        assertFalse(inRows(new Region(space, halves, List.of(store(0, 0, null, 64, 1))), target));
        // columns of few numbers are folded in pairs of rows
        var few = List.<Instr>of(load(0, 16, 1));
        assertFalse(inRows(new Region(new int[] {64, 16}, few, List.of(store(0, 0, Fold.SUM, 0, 1))), target));
    }

    /// What is only copied is written after what is read there: y over x, whose negative goes elsewhere.
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void copiesInPlace(DType type) {
        int n = 64;
        int[] dense = {1};
        List<Instr> body = List.of(
                new Instr.Load(0, T, dense, 0), new Instr.Unary(UnaryFn.NEG, T, 0), new Instr.Load(1, type, dense, 0),
                new Instr.Binary(BinaryFn.ADD, T, 1, 2));
        var region = new Region(new int[] {n}, body, List.of(store(1, 0, null, 1), store(3, 1, null, 1),
                store(2, 2, null, 1)));
        for (var target : Targets.ways()) {
            try (var arena = Arena.ofConfined(); var pool = new ThreadPool(1)) {
                var x = arena.allocate(4L * n + 128, 64);
                var y = arena.allocate(4L * n + 128, 64);
                var negative = arena.allocate(4L * n + 128, 64);
                var sum = arena.allocate(4L * n + 128, 64);
                for (int i = 0; i < n; i++) {
                    x.setAtIndex(ValueLayout.JAVA_FLOAT, i, i + 1);
                    if (type == T) {
                        y.setAtIndex(ValueLayout.JAVA_FLOAT, i, 2 * i);
                    } else {
                        y.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(2 * i) >> 16));
                    }
                }
                var k = RegionKernel.of(region, 1, target);
                long scratch = arena.allocate(k.scratchBytes() + 64, 64).address();
                k.bind(new long[] {x.address(), y.address()},
                        new long[] {negative.address(), sum.address(), x.address()}, scratch, pool).run();
                for (int i = 0; i < n; i++) {
                    assertEquals(-i - 1, negative.getAtIndex(ValueLayout.JAVA_FLOAT, i), target + " at " + i);
                    assertEquals(i - 1, sum.getAtIndex(ValueLayout.JAVA_FLOAT, i), target + " at " + i);
                    assertEquals(2 * i, x.getAtIndex(ValueLayout.JAVA_FLOAT, i), target + " at " + i);
                }
            }
        }
    }

    private static Region region(SplittableRandom random, int rows, int n, boolean halves) {
        var body = new ArrayList<Instr>();
        int inputs = 1 + random.nextInt(4);
        for (int i = 0; i < inputs; i++) {
            int[] stride = switch (i == 0 ? 0 : random.nextInt(KINDS)) {
                case 0 -> new int[] {n, 1};
                case 1 -> new int[] {0, 1};
                case 2 -> new int[] {1, 0};
                default -> new int[] {0, 0};
            };
            body.add(new Instr.Load(i, type(random, halves), stride, 0));
        }
        body.add(new Instr.Imm(T, 0.75, 0));
        for (int i = random.nextInt(7); i > 0; i--) {
            int a = random.nextInt(body.size());
            body.add(halves && random.nextInt(3) == 0 ? new Instr.Cast(T, DType.BF16, a)
                    : random.nextInt(3) == 0 ? new Instr.Unary(UNARY[random.nextInt(UNARY.length)], T, a)
                    : new Instr.Binary(BINARY[random.nextInt(BINARY.length)], T, a, random.nextInt(body.size())));
        }
        var stores = new ArrayList<Store>();
        for (int o = 1 + random.nextInt(3); o > 0; o--) {
            int value = random.nextInt(2) == 0 ? body.size() - 1 : random.nextInt(body.size());
            int output = stores.size();
            int kind = random.nextInt(8);
            int[] stride = switch (kind) {
                case 0, 1, 2 -> new int[] {n, 1};
                case 3, 4 -> new int[] {1, 0};
                case 5, 6 -> new int[] {0, 1};
                default -> new int[] {0, 0};
            };
            stores.add(new Store(value, output, type(random, halves), stride, 0, kind < 3 ? null : Fold.SUM));
        }
        return new Region(new int[] {rows, n}, body, stores);
    }

    private static DType type(SplittableRandom random, boolean halves) {
        return halves && random.nextInt(3) > 0 ? DType.BF16 : T;
    }

    private static Instr load(int input, int... stride) {
        return new Instr.Load(input, T, stride, 0);
    }

    private static Store store(int value, int output, Fold fold, int... stride) {
        return new Store(value, output, T, stride, 0, fold);
    }

    private static boolean inRows(Region region, Target target) {
        try (var arena = Arena.ofConfined(); var pool = new ThreadPool(1)) {
            return bind(RegionKernel.of(region, 1, target), region, memory(region, 7, arena), arena, pool).inRows();
        }
    }

    /// True if a target did it in rows.
    private static boolean same(Region region, int seed) {
        boolean inRows = false;
        try (var arena = Arena.ofConfined()) {
            MemorySegment[] first = null;
            for (var target : Targets.ways()) {
                for (int threads : new int[] {1, 3}) {
                    var memory = memory(region, seed, arena);
                    try (var pool = new ThreadPool(threads)) {
                        var run = bind(RegionKernel.of(region, threads, target), region, memory, arena, pool);
                        run.run();
                        run.run();
                        inRows |= run.inRows();
                    }
                    first = first == null ? memory : first;
                    var types = types(region);
                    for (int m = 0; m < memory.length; m++) {
                        var type = types.get(m);
                        for (long i = 0; i < memory[m].byteSize() / type.bytes(); i++) {
                            long at = i;
                            int output = m;
                            assertEquals(bits(first[m], type, i), bits(memory[m], type, i),
                                    () -> target + " " + threads + " threads, memory " + output + " at " + at + " of "
                                            + region.space()[0] + " rows: " + region);
                        }
                    }
                }
            }
        }
        return inRows;
    }

    /// One NaN is as good as another.
    private static int bits(MemorySegment m, DType type, long i) {
        return Float.floatToIntBits(
                type == T ? m.getAtIndex(ValueLayout.JAVA_FLOAT, i)
                        : Float.intBitsToFloat(m.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16));
    }

    /// Of the inputs, then of the outputs.
    private static List<DType> types(Region region) {
        var all = new ArrayList<DType>();
        region.body().forEach(i -> {
            if (i instanceof Instr.Load l) {
                all.add(l.stored());
            }
        });
        region.stores().forEach(s -> all.add(s.stored()));
        return all;
    }

    /// Inputs, then outputs with rubbish in them and something behind them.
    private static MemorySegment[] memory(Region region, int seed, Arena arena) {
        var random = new SplittableRandom(seed);
        int inputs = inputs(region);
        var all = new MemorySegment[inputs + region.stores().size()];
        for (int m = 0; m < all.length; m++) {
            all[m] = arena.allocate(4L * region.points() + 128, 64);
            boolean floats = types(region).get(m) == T;
            for (long i = 0; i < all[m].byteSize() / (floats ? 4 : 2); i++) {
                float x = (float) random.nextDouble(-1, 1);
                if (floats) {
                    all[m].setAtIndex(ValueLayout.JAVA_FLOAT, i, x);
                } else {
                    all[m].setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(x) >> 16));
                }
            }
        }
        return all;
    }

    private static int inputs(Region region) {
        return (int) region.body().stream().filter(i -> i instanceof Instr.Load).count();
    }

    private static RegionRun bind(RegionKernel k, Region region, MemorySegment[] memory, Arena arena, Pool pool) {
        int inputs = inputs(region);
        var in = new long[inputs];
        var out = new long[memory.length - inputs];
        for (int m = 0; m < memory.length; m++) {
            (m < inputs ? in : out)[m < inputs ? m : m - inputs] = memory[m].address();
        }
        return k.bind(in, out, arena.allocate(k.scratchBytes() + 64, 64).address(), pool);
    }
}
