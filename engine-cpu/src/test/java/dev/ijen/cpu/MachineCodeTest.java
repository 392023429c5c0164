package dev.ijen.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ijen.cpu.x86.Loop;
import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.UnaryFn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What machine code computes is what the Vector API computes, bit by bit; what both compute is tested against other references
/// in `F32MathTest`, `RegionTest` and the backend's contract.
class MachineCodeTest {
    private static final float[] SPECIAL = {
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, 88.7f, 88.9f, -103.9f,
        -104.1f,
        -87.4f, 0.624f, 0.626f, 0.92f, 0.93f, 4f, -4.1f, 0x1p23f, -0x1p23f, 0x1p31f, 1e-20f, -18.1f};

    @BeforeEach
    void machine() {
        assumeTrue(MachineCode.reason().isEmpty(), MachineCode.reason());
    }

    @Test
    void functionsOfOneNumber() {
        for (UnaryFn f : UnaryFn.values()) {
            for (DType t : List.of(DType.F32, DType.I32)) {
                var i = new Instr.Unary(f, t, 0);
                if (Loop.takes(i)) {
                    same(List.of(load(0, t), i), 1, 20_011);
                }
            }
        }
    }

    @Test
    void functionsOfTwoNumbers() {
        for (BinaryFn f : BinaryFn.values()) {
            for (DType t : List.of(DType.F32, DType.I32)) {
                var i = new Instr.Binary(f, t, 0, 1);
                if (Loop.takes(i)) {
                    same(List.of(load(0, t), load(1, t), i), 2, 4_099);
                    // with a constant on either side, and a number that is the same for all points
                    var k = new Instr.Imm(t, -0.75, 3);
                    same(List.of(load(0, t), k, i), 1, 515);
                    same(List.of(k, load(0, t), i), 1, 515);
                    same(List.of(new Instr.Load(0, t, new int[] {0}, 0), load(1, t), i), 2, 515);
                    same(List.of(load(0, t), new Instr.Load(1, t, new int[] {0}, 3), i), 2, 515);
                }
            }
        }
    }

    @Test
    void selectionAndConversion() {
        for (DType t : List.of(DType.F32, DType.I32)) {
            same(List.of(load(0, t), load(1, t), load(2, DType.I32), new Instr.Select(t, 2, 0, 1)), 3, 777);
        }
        same(List.of(load(0, DType.I32), new Instr.Cast(DType.I32, DType.F32, 0)), 1, 777);
        same(List.of(load(0, DType.I32), new Instr.Cast(DType.I32, DType.BOOL, 0)), 1, 777);
        same(List.of(load(0, DType.F32), new Instr.Cast(DType.F32, DType.BOOL, 0)), 1, 777);
        same(List.of(load(0, DType.F32), new Instr.Cast(DType.F32, DType.BF16, 0)), 1, 20_011);
    }

    @Test
    void everyLength() {
        for (int n = 1; n <= 70; n++) {
            same(List.of(load(0, DType.F32), new Instr.Unary(UnaryFn.TANH, DType.F32, 0)), 1, n);
        }
    }

    /// More values at once than registers, and more addresses: the loop is cut.
    @Test
    void moreThanTheRegistersHold() {
        var body = new ArrayList<Instr>();
        int inputs = 40;
        for (int k = 0; k < inputs; k++) {
            body.add(load(k, DType.F32));
        }
        for (int k = 0; k < inputs; k++) {
            body.add(new Instr.Unary(UnaryFn.SIGMOID, DType.F32, k));
        }
        int sum = inputs;
        for (int k = 1; k < inputs; k++) {
            body.add(new Instr.Binary(BinaryFn.ADD, DType.F32, sum, inputs + k));
            sum = body.size() - 1;
        }
        same(body, inputs, 3_001);
    }

    /// Equal code is kept once.
    @Test
    void equalLoopsShareTheirCode() {
        var body = List.<Instr>of(load(0, DType.F32), new Instr.Unary(UnaryFn.NEG, DType.F32, 0));
        for (Target t : Target.values()) {
            var a = loop(body).compile(t);
            assertNotNull(a);
            assertSame(a, loop(body).compile(t));
        }
    }

    /// Tiles of products, whole strips and parts of them: the bits of sums in the order of p, one fused multiply-add each, and nothing outside is
    /// touched.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.ijen.cpu.Targets#here")
    void tiles(Target target) {
        Micro code = Micro32Code.of(target);
        assertNotNull(code);
        int strip = code.strip();
        int width = 2 * strip;
        var random = new SplittableRandom(5);
        try (var arena = Arena.ofConfined()) {
            int size = 8 * 160;
            long[] at = new long[5];
            for (int i = 0; i < at.length; i++) {
                var m = arena.allocate(4L * 40 * 160, 64);
                for (int j = 0; j < 40 * 160; j++) {
                    m.setAtIndex(JAVA_FLOAT, j, i < 3 ? (float) random.nextDouble(-1, 1) : 7f);
                }
                at[i] = m.address();
            }
            for (int k : new int[] {1, 2, 7, 40}) {
                for (int rows = 1; rows <= code.rows(); rows++) {
                    for (int n : new int[] {1, strip / 2 - 1, strip / 2, strip / 2 + 1, strip - 1, strip}) {
                        if (n == strip) {
                            code.full(rows, at[0], 160, 4, at[1], 640, k, at[2], 640, at[3], 640);
                        } else {
                            code.part(rows, n, at[0], 160, 4, at[1], 640, k, at[2], 640, at[3], 640);
                        }
                        for (int r = 0; r < rows; r++) {
                            row(at[0] + r * 160L, at[1], at[2] + r * 640L, at[4] + r * 640L, n, k);
                        }
                        equal(at[3], at[4], size);
                    }
                }
                for (int n = 1; n <= 3; n++) {
                    // rows 16 numbers apart, from and to where rows of 40 numbers are
                    code.groups(n, at[0], 64, 4, at[1], 640, k, at[2], 160, at[3], 160);
                    for (int r = 0; r < n * code.rows(); r++) {
                        row(at[0] + r * 64L, at[1], at[2] + r * 160L, at[4] + r * 160L, strip, k);
                    }
                    equal(at[3], at[4], size);
                }
                code.four(at[0], 4, at[1], 2L * width, 640, k, at[2], 2L * width, at[3], 640);
                for (int s = 0; s < 4; s++) {
                    row(at[0], at[1] + 2L * s * width, at[2] + 2L * s * width, at[4] + s * 640L, strip, k);
                }
                equal(at[3], at[4], size);
            }
        }
    }

    /// Rows become columns, and what is left over of a vector as well.
    @Test
    void packing() {
        Micro code = Micro32Code.of(true);
        assumeTrue(code instanceof Micro32Code, "the JVM's vectors are none for which there are tiles");
        int strip = code.strip();
        int k = 3 * strip + 5;
        try (var arena = Arena.ofConfined()) {
            var from = arena.allocate(4L * strip * k, 64);
            for (int i = 0; i < strip * k; i++) {
                from.setAtIndex(JAVA_FLOAT, i, i);
            }
            var to = arena.allocate(4L * strip * k, 64);
            code.pack(from.address(), 4, 4L * k, k, strip, to.address());
            for (int p = 0; p < k; p++) {
                for (int j = 0; j < strip; j++) {
                    assertEquals(j * k + p, to.getAtIndex(JAVA_FLOAT, (long) p * strip + j));
                }
            }
        }
    }

    /// What attention does with scores: hidden ones, queries that have seen nothing, rows that are no whole vectors.
    @Test
    void scores() {
        Columns code = Columns32Code.of(true);
        assumeTrue(code instanceof Columns32Code, "the JVM's vectors are none for which there are tiles");
        int strip = Micro32Code.of(true).strip();
        long row = 4L * strip;
        var random = new SplittableRandom(3);
        try (var arena = Arena.ofConfined()) {
            for (int rows : new int[] {1, 2, 7, 48, 128}) {
                int size = (2 * rows + 6) * strip;
                var at = new long[2];
                for (int i = 0; i < size; i++) {
                    // the first two columns see nothing in the first rows, or at all
                    boolean hidden = i % strip == 0 || i % strip == 1 && i < rows * strip / 2;
                    float x = hidden ? Float.NEGATIVE_INFINITY : (float) random.nextDouble(-20, 20);
                    for (int way = 0; way < 2; way++) {
                        at[way] = i == 0 ? arena.allocate(4L * size + 256, 64).address() : at[way];
                        Mem.f32(at[way] + 4L * i, x);
                    }
                }
                for (int way = 0; way < 2; way++) {
                    Columns c = way == 0 ? Columns32.INSTANCE : code;
                    long s = at[way];
                    long max = s + 2L * rows * row;
                    c.start(max, max + row);
                    c.softmax(s, (rows + 1) / 2, max, max + row, max + 2 * row);
                    c.softmax(s + (rows + 1) / 2 * row, rows - (rows + 1) / 2 + 1, max, max + row, max + 2 * row);
                    c.finish(max, max + row, max + 3 * row);
                    c.scale(s, 0.7, strip * rows);
                    c.logs(max, strip - 1, max + 3 * row);
                    c.dot(s, s + rows * row, rows, max + 4 * row);
                    c.gradient(s, s + rows * row, rows, max + 3 * row, max + 4 * row, 0.3);
                    c.scaleRows(s, row, max + 4 * row, Math.min(rows, strip), strip);
                    c.scaleRows(s, row, max + 4 * row, Math.min(rows, strip), strip - 3);
                }
                for (long i = 0; i < size - strip; i++) {
                    assertEquals(Mem.i32(at[0] + 4 * i), Mem.i32(at[1] + 4 * i), rows + " rows, element " + i);
                }
            }
        }
    }

    /// Softmax of rows, and what its logarithm and cross-entropy are made of: every length around whole vectors, also in place.
    @Test
    void softRows() {
        var random = new SplittableRandom(9);
        try (var arena = Arena.ofConfined()) {
            var x = arena.allocate(4L * 4096, 64);
            var terms = arena.allocate(4L * 4096, 64).address();
            var a = arena.allocate(4L * 4096, 64);
            for (int n = 1; n <= 300; n += n < 100 ? 1 : 33) {
                var code = SoftCode.of(Target.best(), n);
                assertEquals(n >= Step.LANES && Step.LANES == Target.best().lanes(), code != null);
                int rows = 4;
                for (int i = 0; i < rows * n && code != null; i++) {
                    // the third row is what lies beyond float's exponentials, the last has nothing to be added
                    float v = (float) random.nextDouble(-20, 20) * (i / n == 2 ? 10 : 1);
                    x.setAtIndex(JAVA_FLOAT, i, i / n == 3 && i % n != 5 ? Float.NEGATIVE_INFINITY : v);
                    a.setAtIndex(JAVA_FLOAT, i, x.getAtIndex(JAVA_FLOAT, i));
                }
                for (int r = 0; r < rows && code != null; r++) {
                    long row = x.address() + 4L * n * r;
                    float max = F32Rows.max(row, n);
                    float sum = F32Rows.sumExp(row, max, terms, n);
                    code.exponentials(row, terms + 8192, terms + 8192 + 4L * n);
                    equal(terms, terms + 8192, n);
                    assertEquals(max, Mem.f32(terms + 8192 + 4L * n));
                    assertEquals(Float.floatToRawIntBits(sum), Mem.i32(terms + 8192 + 4L * n + 4), "row of " + n);
                    F32Rows.scale(terms, 1 / sum, terms, n);
                    Mem.copy(terms, row, 4L * n);
                }
                if (code != null) {
                    a.setAtIndex(JAVA_FLOAT, (long) rows * n, 7f);
                    code.softmax(a.address(), a.address(), rows);
                    equal(x.address(), a.address(), rows * n);
                    assertEquals(7f, a.getAtIndex(JAVA_FLOAT, (long) rows * n), "nothing beyond is written");
                }
            }
        }
    }

    /// One row of n columns: c = from + a · b.
    private static void row(long a, long b, long from, long c, int n, int k) {
        for (int j = 0; j < 4 * n; j += 4) {
            float sum = Mem.f32(from + j);
            for (int p = 0; p < k; p++) {
                sum = Math.fma(Mem.f32(a + 4L * p), Mem.f32(b + 640L * p + j), sum);
            }
            Mem.f32(c + j, sum);
        }
    }

    private static void equal(long a, long b, int n) {
        for (int i = 0; i < n; i++) {
            assertEquals(Mem.i32(a + 4L * i), Mem.i32(b + 4L * i), "element " + i);
        }
    }

    private static Loop loop(List<Instr> body) {
        return new Loop(body, List.of(1), new int[] {0, 1}, new boolean[2], new boolean[] {false, true});
    }

    private static Instr.Load load(int input, DType t) {
        return new Instr.Load(input, t, new int[] {1}, 0);
    }

    /// Runs the last instruction's value both ways, on special and random numbers.
    private static void same(List<Instr> body, int inputs, int n) {
        Targets.here().forEach(t -> same(t, body, inputs, n));
    }

    private static void same(Target target, List<Instr> body, int inputs, int n) {
        Instr last = body.getLast();
        DType t = last.type();
        var stores = List.of(new Store(body.size() - 1, 0, t, new int[] {1}, 0, null));
        var region = new Region(new int[] {n}, body, stores);
        try (var arena = Arena.ofConfined(); var pool = new ThreadPool(1)) {
            var in = new long[inputs];
            var random = new SplittableRandom(n);
            for (int k = 0; k < inputs; k++) {
                var m = arena.allocate(4L * Math.max(n, SPECIAL.length) + 128, 64);
                for (int i = 0; i < n; i++) {
                    int special = k == 1 ? i / SPECIAL.length : i;
                    boolean first = i < SPECIAL.length * SPECIAL.length;
                    float x = first
                            ? SPECIAL[special % SPECIAL.length]
                            : i % 3 == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) random.nextDouble(-20, 20);
                    if (type(body, k) == DType.F32) {
                        m.setAtIndex(JAVA_FLOAT, i, x);
                    } else {
                        m.setAtIndex(JAVA_INT, i, first ? (int) x % 40 : random.nextInt());
                    }
                }
                in[k] = m.address();
            }
            MemorySegment a = run(region, in, null, n, arena, pool);
            MemorySegment b = run(region, in, target, n, arena, pool);
            for (int i = 0; i < n + 16; i++) {
                int x = a.getAtIndex(JAVA_INT, i);
                int y = b.getAtIndex(JAVA_INT, i);
                boolean nan = t == DType.F32 && Float.isNaN(Float.intBitsToFloat(x))
                        && Float.isNaN(Float.intBitsToFloat(y));
                int at = i;
                if (!nan) {
                    assertEquals(x, y,
                            () -> target + ": " + last + " at " + at + ": " + Float.intBitsToFloat(x) + " and "
                                    + Float.intBitsToFloat(y));
                }
            }
        }
    }

    private static DType type(List<Instr> body, int input) {
        for (Instr i : body) {
            if (i instanceof Instr.Load l && l.input() == input) {
                return l.stored();
            }
        }
        throw new AssertionError("no load of input " + input);
    }

    private static MemorySegment run(Region region, long[] in, Target code, int n, Arena arena, Pool pool) {
        CpuKernel k = RegionKernel.of(region, 1, code);
        MemorySegment out = arena.allocate(4L * n + 128, 64);
        long scratch = arena.allocate(k.scratchBytes() + 64, 64).address();
        try (var bound = k.bind(in, new long[] {out.address()}, scratch, pool)) {
            bound.run();
        }
        return out;
    }
}
