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
            inRows += same(region(random, rows, n), k) ? 1 : 0;
        }
        assertTrue(inRows > 200, inRows + " of 400");
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

    private static Region region(SplittableRandom random, int rows, int n) {
        var body = new ArrayList<Instr>();
        int inputs = 1 + random.nextInt(4);
        for (int i = 0; i < inputs; i++) {
            body.add(switch (i == 0 ? 0 : random.nextInt(KINDS)) {
                case 0 -> load(i, n, 1);
                case 1 -> load(i, 0, 1);
                case 2 -> load(i, 1, 0);
                default -> load(i, 0, 0);
            });
        }
        body.add(new Instr.Imm(T, 0.75, 0));
        for (int i = random.nextInt(7); i > 0; i--) {
            int a = random.nextInt(body.size());
            body.add(random.nextInt(3) == 0 ? new Instr.Unary(UNARY[random.nextInt(UNARY.length)], T, a)
                    : new Instr.Binary(BINARY[random.nextInt(BINARY.length)], T, a, random.nextInt(body.size())));
        }
        var stores = new ArrayList<Store>();
        for (int o = 1 + random.nextInt(3); o > 0; o--) {
            int value = random.nextInt(2) == 0 ? body.size() - 1 : random.nextInt(body.size());
            int output = stores.size();
            stores.add(switch (random.nextInt(8)) {
                case 0, 1, 2 -> store(value, output, null, n, 1);
                case 3, 4 -> store(value, output, Fold.SUM, 1, 0);
                case 5, 6 -> store(value, output, Fold.SUM, 0, 1);
                default -> store(value, output, Fold.SUM, 0, 0);
            });
        }
        return new Region(new int[] {rows, n}, body, stores);
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
                    for (int m = 0; m < memory.length; m++) {
                        for (long i = 0; i < memory[m].byteSize() / 4; i++) {
                            long at = i;
                            int output = m;
                            assertEquals(bits(first[m], i), bits(memory[m], i),
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
    private static int bits(MemorySegment m, long i) {
        return Float.floatToIntBits(m.getAtIndex(ValueLayout.JAVA_FLOAT, i));
    }

    /// Inputs, then outputs with rubbish in them and something behind them.
    private static MemorySegment[] memory(Region region, int seed, Arena arena) {
        var random = new SplittableRandom(seed);
        int inputs = inputs(region);
        var all = new MemorySegment[inputs + region.stores().size()];
        for (int m = 0; m < all.length; m++) {
            all[m] = arena.allocate(4L * region.points() + 128, 64);
            for (long i = 0; i < all[m].byteSize() / 4; i++) {
                all[m].setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
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
