package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Origin;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Loops over the same rows, run together, leave in memory what they leave there one after the other, bit by bit: also where they overwrite
/// each other's inputs, and then some are not run together.
class RowsTest {
    private static final DType T = DType.F32;
    private static final Origin ORIGIN = new Origin("test", "");
    private static final int[] EACH = {1, 0}; // strides of a number a row
    private static final int[] COLUMN = {0, 1};

    /// x [rows, n] → y, Σ over a row: a loop with a result of its own. `other` is a number a row.
    private static Launch rows(int rows, int n, Ref x, Ref other, Ref y, Ref sum) {
        var body = List.<Instr>of(load(0, n, 1), load(1, EACH), new Instr.Binary(BinaryFn.SUB, T, 0, 1),
                new Instr.Binary(BinaryFn.MUL, T, 2, 0));
        var stores = List.of(store(2, 0, new int[] {n, 1}, null), store(3, 1, EACH, Fold.SUM));
        return launch(new Region(new int[] {rows, n}, body, stores), List.of(x, other), List.of(y, sum));
    }

    /// x [rows, n] → Σ over a row and Σ over a column.
    private static Launch sums(int rows, int n, Ref x, Ref each, Ref column) {
        var body = List.<Instr>of(load(0, n, 1), new Instr.Binary(BinaryFn.MUL, T, 0, 0));
        var stores = List.of(store(1, 0, EACH, Fold.SUM), store(0, 1, COLUMN, Fold.SUM));
        return launch(new Region(new int[] {rows, n}, body, stores), List.of(x), List.of(each, column));
    }

    /// A number a row.
    private static Launch each(int rows, Ref x, Ref y) {
        var body = List.<Instr>of(load(0, new int[] {1}), new Instr.Imm(T, 0.125, 0),
                new Instr.Binary(BinaryFn.MUL, T, 0, 1));
        var stores = List.of(store(2, 0, new int[] {1}, null));
        return launch(new Region(new int[] {rows}, body, stores), List.of(x), List.of(y));
    }

    private static Instr load(int input, int... stride) {
        return new Instr.Load(input, T, stride, 0);
    }

    private static Store store(int value, int output, int[] stride, Fold fold) {
        return new Store(value, output, T, stride, 0, fold);
    }

    private static Launch launch(Region region, List<Ref> in, List<Ref> out) {
        return new Launch(new Kernel.Loop(region), in, out, ORIGIN);
    }

    private static Ref ref(long at, long count) {
        return new Ref(0, 64 * at, T, count);
    }

    /// What a layer norm's gradient is made of; an update of something else stands between.
    @Test
    void loopsOfALayerNorm() {
        int rows = 2048;
        int n = 128;
        Ref x = ref(0, (long) rows * n);
        Ref y = ref(16_384, (long) rows * n);
        Ref a = ref(33_000, rows);
        Ref b = ref(33_200, rows);
        var plan = plan(
                sums(rows, n, x, a, ref(33_400, n)), each(rows, a, b), each(40, ref(33_410, 40), ref(33_420, 40)),
                rows(rows, n, x, b, y, a), sums(rows, n, y, b, ref(33_430, n)));
        assertEquals(List.of(0, 1, 3, 4), found(plan).launches());
        compare(plan, 34_000);
    }

    /// A loop that needs the sums of columns, or overwrites what another row still reads, has to wait.
    @Test
    void whatDependsOnOtherRows() {
        int rows = 64;
        int n = 32;
        Ref x = ref(0, (long) rows * n);
        Ref y = ref(200, (long) rows * n);
        Ref a = ref(400, rows);
        var columns = plan(sums(rows, n, x, a, ref(500, rows)), rows(rows, n, x, ref(500, rows), y, ref(600, rows)));
        assertNull(found(columns));
        compare(columns, 700);
        var over = plan(sums(rows, n, x, a, ref(500, n)), each(rows, a, ref(0, rows)));
        assertNull(found(over));
        compare(over, 700);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 96, 2048, 5000})
    void randomLoopsInLittleMemory(int n) {
        var random = new SplittableRandom(n);
        int together = 0;
        for (int k = 0; k < 40; k++) {
            int rows = 32 * (1 + random.nextInt(n > 1000 ? 2 : 12));
            long whole = (long) rows * n / 16 + 1;
            var launches = new ArrayList<Launch>();
            while (launches.size() < 6) {
                // wide arrays at a few places, and numbers a row anywhere, also in wide arrays
                Ref x = ref(whole * random.nextInt(3), (long) rows * n);
                Ref y = ref(whole * random.nextInt(3), (long) rows * n);
                Ref a = ref(random.nextLong(4 * whole), rows);
                Ref b = ref(random.nextInt(2) == 0 ? a.offset() / 64 : random.nextLong(4 * whole), rows);
                Ref c = ref(3 * whole + random.nextLong(whole), n);
                Launch l = switch (random.nextInt(3)) {
                    case 0 -> rows(rows, n, x, a, y, b);
                    case 1 -> sums(rows, n, x, b, c);
                    default -> each(rows, a, b);
                };
                if (allowed(l)) {
                    launches.add(l);
                }
            }
            var plan = plan(launches.toArray(Launch[]::new));
            together += found(plan) != null ? 1 : 0;
            compare(plan, 5 * whole + n);
        }
        assertTrue(together > 4, together + " of 40");
    }

    /// Outputs lie apart from each other and from inputs, or exactly where an input is that is read at the same point.
    private static boolean allowed(Launch l) {
        for (int o = 0; o < l.out().size(); o++) {
            Ref out = l.out().get(o);
            for (Ref in : l.in()) {
                boolean stored = ((Kernel.Loop) l.kernel()).region().stores().get(o).fold() == null;
                boolean same = stored && in.equals(out) && in.equals(l.in().getFirst());
                if (!same && Steady.overlap(in, out)) {
                    return false;
                }
            }
            for (int p = 0; p < o; p++) {
                if (Steady.overlap(l.out().get(p), out)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Plan plan(Launch... launches) {
        return new Plan(1 << 26, List.of(), List.of(launches), List.of());
    }

    private static CpuKernel[] kernels(Plan plan) {
        return plan.launches().stream()
                .map(l -> RegionKernel.of(((Kernel.Loop) l.kernel()).region(), 2, code()))
                .toArray(CpuKernel[]::new);
    }

    private static Target code() {
        return Targets.here().isEmpty() ? null : Targets.here().getFirst();
    }

    private static Rows.Found found(Plan plan) {
        return new Rows(plan.launches(), kernels(plan), 2, code()).from(0);
    }

    /// Runs the plan's loops one by one, and together where they go together, and compares all memory.
    private static void compare(Plan plan, long lines) {
        try (var arena = Arena.ofConfined(); var pool = new ThreadPool(2)) {
            long bytes = 64 * lines + 256;
            var a = arena.allocate(bytes, 64);
            var b = arena.allocate(bytes, 64);
            var random = new SplittableRandom(5);
            for (long i = 0; i < bytes / 4; i++) {
                a.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
            }
            b.copyFrom(a);
            var one = kernels(plan);
            for (int i = 0; i < one.length; i++) {
                run(one[i], plan.launches().get(i), a.address(), arena, pool);
            }
            var all = kernels(plan);
            for (int i = 0; i < all.length; i++) {
                var found = new Rows(plan.launches(), all, 2, code()).from(i);
                if (found != null) {
                    run(found.kernel(), found.launch(), b.address(), arena, pool);
                    found.launches().forEach(j -> all[j] = new Nothing(0));
                } else {
                    run(all[i], plan.launches().get(i), b.address(), arena, pool);
                }
            }
            for (long i = 0; i < bytes / 4; i++) {
                float x = a.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                float y = b.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                // one NaN is as good as another
                assertEquals(Float.floatToIntBits(x), Float.floatToIntBits(y), () -> describe(plan));
            }
        }
    }

    private static String describe(Plan plan) {
        var s = new StringBuilder();
        for (Launch l : plan.launches()) {
            var r = ((Kernel.Loop) l.kernel()).region();
            s.append('\n').append(Arrays.toString(r.space())).append(r.body().size()).append(" in ");
            l.in().forEach(i -> s.append(' ').append(i.offset() / 64).append('x').append(i.count()));
            s.append(" out ");
            l.out().forEach(i -> s.append(' ').append(i.offset() / 64).append('x').append(i.count()));
        }
        return s.append('\n').append(found(plan)).toString();
    }

    private static void run(CpuKernel kernel, Launch l, long memory, Arena arena, Pool pool) {
        var scratch = arena.allocate(Math.max(64, kernel.scratchBytes()), 64);
        try (var bound = kernel.bind(at(l.in(), memory), at(l.out(), memory), scratch.address(), pool)) {
            assertNotNull(bound);
            bound.run();
        }
    }

    private static long[] at(List<Ref> refs, long memory) {
        return refs.stream().mapToLong(r -> memory + r.offset()).toArray();
    }
}
