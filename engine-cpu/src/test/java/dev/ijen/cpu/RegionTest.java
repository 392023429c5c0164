package dev.ijen.cpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.UnaryFn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("restricted") // looks behind the end of arrays
class RegionTest {
    private static final byte FILLER = 0x55;
    private static final int GUARD = 128;
    private static final List<DType> COMPUTE = List.of(DType.F32, DType.F32, DType.F64, DType.I32, DType.I64);

    @Test
    void randomRegions() {
        for (int seed = 0; seed < 400; seed++) {
            check(seed, new Random(seed), 3000);
        }
    }

    @Test
    void greatRandomRegions() {
        for (int seed = 1000; seed < 1016; seed++) {
            check(seed, new Random(seed), 400_000);
        }
    }

    /// A result takes the place of an input that later instructions still read, for dense, narrow and permuted elements.
    @ParameterizedTest
    @MethodSource("dev.ijen.cpu.Targets#ways")
    void inPlace(Target code) {
        for (DType t : List.of(DType.F32, DType.F64, DType.I8, DType.BF16)) {
            for (int[] strides : new int[][] {{40, 1}, {1, 37}}) {
                var load = new Instr.Load(0, t, strides, 0);
                DType c = t.compute();
                List<Instr> body = List.of(
                        load,
                        new Instr.Load(1, t, strides, 0),
                        new Instr.Binary(BinaryFn.ADD, c, 0, 1),
                        load,
                        new Instr.Binary(BinaryFn.SUB, c, 0, 1),
                        new Instr.Binary(BinaryFn.MAX, c, 3, 1));
                var stores = List.of(
                        new Store(2, 0, t, strides, 0, null),
                        new Store(4, 1, t, strides, 0, null),
                        new Store(5, 2, t, strides, 0, null));
                var region = new Region(new int[] {37, 40}, body, stores);
                try (var arena = Arena.ofConfined(); var pool = new ThreadPool(2)) {
                    int n = 37 * 40;
                    var in = List.of(tensor(t, n, arena), tensor(t, n, arena), tensor(t, n, arena));
                    for (int i = 0; i < n; i++) {
                        in.get(0).set(i, i % 17 - 8);
                        in.get(1).set(i, i % 5 - 2);
                    }
                    var expected = NaiveRegion.run(region, in, new int[] {n, n, n});
                    CpuKernel k = RegionKernel.of(region, 2, code);
                    long scratch = arena.allocate(k.scratchBytes() + 64, 64).address();
                    k.bind(addresses(in), addresses(in), scratch, pool).run();
                    for (int o = 0; o < 3; o++) {
                        assertArrayEquals(expected[o].values(), in.get(o).toDoubleArray(), t + " output " + o);
                    }
                }
            }
        }
    }

    /// A random region gives what its definition says, and the same bits at any number of threads, interpreted and
    /// in machine code.
    private static void check(int seed, Random r, int points) {
        var g = new Draw(r, points);
        Region region = g.region();
        try (var arena = Arena.ofConfined()) {
            var in = g.inputs(arena);
            var sizes = g.sizes();
            NaiveRegion.Output[] expected = NaiveRegion.run(region, in, sizes);
            byte[][] first = null;
            var ways = Targets.ways();
            for (int way = 0; way < 2 * ways.size(); way++) {
                int threads = way % 2 == 0 ? 1 : 3;
                Target code = ways.get(way / 2);
                var out = run(region, in, g, threads, code, arena);
                for (int k = 0; first == null && k < out.size(); k++) {
                    String what = "seed " + seed + " output " + k + " of " + region;
                    compare(what, expected[k], out.get(k), sum(region, k), g.inPlace[k] < 0);
                }
                var bytes = new byte[out.size()][];
                for (int k = 0; k < bytes.length; k++) {
                    bytes[k] = bits(out.get(k));
                }
                if (first != null) {
                    for (int k = 0; k < bytes.length; k++) {
                        assertArrayEquals(first[k], bytes[k], threads + " threads, " + code + ", seed " + seed);
                    }
                }
                first = bytes;
            }
        }
    }

    private static boolean sum(Region region, int output) {
        return region.stores().stream().anyMatch(s -> s.output() == output && s.fold() == Fold.SUM);
    }

    private static void compare(
            String what, NaiveRegion.Output expected, HostTensor got, boolean sum, boolean untouched) {
        for (int i = 0; i < expected.values().length; i++) {
            double e = expected.values()[i];
            if (expected.stored()[i]) {
                double tolerance = sum ? 1e-4 * Math.max(100, Math.abs(e)) : 0;
                assertEquals(e, got.get(i), tolerance, () -> what);
            } else if (untouched) {
                assertEquals(FILLER, got.data().get(JAVA_BYTE, (long) i * got.dtype().bytes()),
                        () -> what + " wrote " + e);
            }
        }
        if (untouched) {
            byte[] after = got.data().reinterpret(got.data().byteSize() + GUARD).toArray(JAVA_BYTE);
            for (int i = after.length - GUARD; i < after.length; i++) {
                assertEquals(FILLER, after[i], () -> what + " wrote behind its end");
            }
        }
    }

    private static List<HostTensor> run(Region region, List<HostTensor> in, Draw g, int threads, Target code,
            Arena arena) {
        var out = new ArrayList<HostTensor>();
        var inputs = new ArrayList<HostTensor>();
        for (HostTensor t : in) {
            // a copy, because results may take its place
            var copy = tensor(t.dtype(), t.shape().size(), arena);
            copy.data().copyFrom(t.data());
            inputs.add(copy);
        }
        int[] sizes = g.sizes();
        for (int k = 0; k < sizes.length; k++) {
            Store s = region.stores().get(k);
            var o = g.inPlace[k] >= 0 ? inputs.get(g.inPlace[k]) : tensor(s.stored(), sizes[k], arena);
            if (g.inPlace[k] < 0) {
                o.data().reinterpret(o.data().byteSize() + GUARD).fill(FILLER);
            }
            out.add(o);
        }
        try (var pool = new ThreadPool(threads)) {
            CpuKernel kernel = RegionKernel.of(region, threads, code);
            long scratch = arena.allocate(kernel.scratchBytes() + 64, 64).address();
            try (var bound = kernel.bind(addresses(inputs), addresses(out), scratch, pool)) {
                bound.run();
            }
        }
        return out;
    }

    /// The bytes, one NaN being like another: what the processor makes of 0 / 0 has a sign, and a greatest or least lane that is NaN loses it once the
    /// JVM has compiled that.
    private static byte[] bits(HostTensor t) {
        byte[] bytes = t.data().toArray(JAVA_BYTE);
        double[] values = t.toDoubleArray();
        int size = t.dtype().bytes();
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i])) {
                Arrays.fill(bytes, i * size, (i + 1) * size, (byte) 0x7f);
            }
        }
        return bytes;
    }

    private static long[] addresses(List<HostTensor> list) {
        return list.stream().mapToLong(t -> t.data().address()).toArray();
    }

    private static HostTensor tensor(DType t, int size, Arena arena) {
        MemorySegment m = arena.allocate((long) size * t.bytes() + GUARD, 64);
        return new HostTensor(t, Shape.of(size), m.asSlice(0, (long) size * t.bytes()));
    }

    /// Draws a region.
    private static final class Draw {
        private final Random r;
        private final int[] space;
        private final List<DType> types = new ArrayList<>();
        private final List<Integer> inputSizes = new ArrayList<>();
        private final List<Instr> body = new ArrayList<>();
        private final List<Store> stores = new ArrayList<>();
        private final List<Integer> outputSizes = new ArrayList<>();
        private final int[] inPlace = new int[8];
        private final int stateInput;

        Draw(Random r, int points) {
            this.r = r;
            Arrays.fill(inPlace, -1);
            int rank = 1 + r.nextInt(4);
            space = new int[rank];
            int left = points;
            for (int k : shuffled(rank)) {
                int[] some = {1, 2, 3, 5, 7, 8, 16, 17, 33, 64, 100, 257, 1000, 2049, left};
                space[k] = Math.max(1, Math.min(some[r.nextInt(some.length)], left));
                left /= space[k];
            }
            stateInput = 0;
            types.add(DType.I64);
            inputSizes.add(2);
            for (int k = 0; k < 2 + r.nextInt(3); k++) {
                load();
            }
            for (int k = 0; k < 2 + r.nextInt(10); k++) {
                instruction();
            }
            boolean same = r.nextBoolean();
            boolean[] joined = subset();
            int count = 1 + r.nextInt(3);
            for (int k = 0; k < count; k++) {
                store(same ? joined : subset());
            }
            alias();
        }

        Region region() {
            return new Region(space, List.copyOf(body), List.copyOf(stores));
        }

        int[] sizes() {
            return outputSizes.stream().mapToInt(Integer::intValue).toArray();
        }

        List<HostTensor> inputs(Arena arena) {
            var list = new ArrayList<HostTensor>();
            for (int k = 0; k < types.size(); k++) {
                var t = tensor(types.get(k), inputSizes.get(k), arena);
                for (int i = 0; i < inputSizes.get(k); i++) {
                    t.set(i, r.nextInt(9) - 4 + (types.get(k).isFloat() ? r.nextInt(4) / 4.0 : 0));
                }
                list.add(t);
            }
            return list;
        }

        private int[] shuffled(int n) {
            var list = new ArrayList<Integer>();
            for (int i = 0; i < n; i++) {
                list.add(r.nextInt(list.size() + 1), i);
            }
            return list.stream().mapToInt(Integer::intValue).toArray();
        }

        private boolean[] subset() {
            var b = new boolean[space.length];
            int kind = r.nextInt(4);
            for (int k = 0; k < b.length; k++) {
                b[k] = kind == 0 || (kind == 1 ? k == 0 : kind == 2 ? k == b.length - 1 : r.nextBoolean());
            }
            return b;
        }

        /// Strides of a dense array over the axes in some order, some of them repeated; offset and size come after.
        private int[] view(boolean[] zero, boolean reorder, boolean flip) {
            int n = space.length;
            var v = new int[n + 2];
            int d = 1;
            int[] order = shuffled(n);
            for (int k = n - 1; k >= 0; k--) {
                int axis = reorder ? order[k] : k;
                if (zero[axis]) {
                    continue;
                }
                int by = flip && r.nextInt(4) == 0 ? 2 : 1; // every second element
                v[axis] = d * by;
                d *= space[axis] * by;
                if (flip && r.nextInt(4) == 0) {
                    v[n] += v[axis] * (space[axis] - 1);
                    v[axis] = -v[axis];
                }
            }
            v[n + 1] = d;
            return v;
        }

        private void load() {
            int n = space.length;
            var zero = new boolean[n];
            int kind = r.nextInt(4);
            for (int k = 0; k < n; k++) {
                zero[k] = kind == 1 && r.nextBoolean();
            }
            int[] v = view(zero, kind == 2, kind == 3);
            DType t = List.of(DType.values()).get(r.nextInt(9));
            types.add(t);
            inputSizes.add(v[n + 1]);
            body.add(new Instr.Load(types.size() - 1, t, Arrays.copyOf(v, n), v[n]));
        }

        private int any(DType t) {
            var fit = new ArrayList<Integer>();
            for (int i = 0; i < body.size(); i++) {
                if (body.get(i).type() == t) {
                    fit.add(i);
                }
            }
            if (fit.isEmpty()) {
                body.add(new Instr.Imm(t, 1.5, 3));
                return body.size() - 1;
            }
            return fit.get(r.nextInt(fit.size()));
        }

        private void instruction() {
            DType t = COMPUTE.get(r.nextInt(COMPUTE.size()));
            int n = space.length;
            switch (r.nextInt(9)) {
                case 0 -> body.add(new Instr.Imm(t, r.nextInt(5) - 2, r.nextInt(5) - 2));
                case 1 -> load();
                case 2 -> {
                    var f = List.of(UnaryFn.NEG, UnaryFn.ABS, UnaryFn.SIGN, UnaryFn.RELU).get(r.nextInt(4));
                    body.add(new Instr.Unary(f, t, any(t)));
                }
                case 3 -> {
                    int[] v = view(new boolean[n], r.nextBoolean(), r.nextBoolean());
                    body.add(new Instr.Index(Arrays.copyOf(v, n), v[n]));
                }
                case 4 -> {
                    int[] v = view(new boolean[n], r.nextInt(3) == 0, r.nextInt(3) == 0);
                    body.add(new Instr.Random(stateInput, r.nextInt(5), Arrays.copyOf(v, n), v[n] + r.nextInt(3)));
                }
                case 5 -> body.add(new Instr.Select(t, any(DType.I32), any(t), any(t)));
                case 6 -> {
                    DType to = List.of(DType.values()).get(r.nextInt(9));
                    body.add(new Instr.Cast(t, to, any(t)));
                }
                default -> {
                    var real = List.of(
                            BinaryFn.ADD, BinaryFn.SUB, BinaryFn.MUL, BinaryFn.MAX, BinaryFn.MIN, BinaryFn.LT,
                            BinaryFn.GE,
                            BinaryFn.EQ, BinaryFn.NE, BinaryFn.LE, BinaryFn.GT, BinaryFn.DIV);
                    var whole = List.of(
                            BinaryFn.AND, BinaryFn.OR, BinaryFn.XOR, BinaryFn.SHL, BinaryFn.SHR, BinaryFn.MOD,
                            BinaryFn.DIV,
                            BinaryFn.ADD, BinaryFn.LT);
                    var f = t.isFloat() ? real.get(r.nextInt(real.size())) : whole.get(r.nextInt(whole.size()));
                    body.add(new Instr.Binary(f, t, any(t), any(t)));
                }
            }
        }

        private void store(boolean[] joined) {
            int n = space.length;
            int value = r.nextInt(3) > 0 ? body.size() - 1 : r.nextInt(body.size());
            DType t = body.get(value).type();
            boolean fold = r.nextInt(3) > 0;
            if (!fold) {
                int[] v = view(new boolean[n], r.nextInt(3) == 0, r.nextInt(3) == 0);
                DType to = stored(t);
                stores.add(new Store(value, stores.size(), to, Arrays.copyOf(v, n), v[n], null));
                outputSizes.add(v[n + 1]);
                return;
            }
            Fold f = List.of(Fold.values()).get(r.nextInt(3));
            if (f == Fold.SUM) {
                // small whole numbers, so that the order of adding is all that may differ
                if (t.isFloat()) {
                    body.add(new Instr.Imm(t, 4, 0));
                    body.add(new Instr.Binary(BinaryFn.MIN, t, value, body.size() - 1));
                    body.add(new Instr.Imm(t, -4, 0));
                    body.add(new Instr.Binary(BinaryFn.MAX, t, body.size() - 2, body.size() - 1));
                    value = body.size() - 1;
                }
            }
            int[] v = view(joined, r.nextInt(3) == 0, r.nextInt(3) == 0);
            DType to = f == Fold.SUM ? t : stored(t);
            stores.add(new Store(value, stores.size(), to, Arrays.copyOf(v, n), v[n], f));
            outputSizes.add(v[n + 1]);
        }

        private DType stored(DType t) {
            var fit = new ArrayList<DType>();
            for (DType d : DType.values()) {
                if (d.compute() == t) {
                    fit.add(d);
                }
            }
            return fit.get(r.nextInt(fit.size()));
        }

        /// Sometimes a plain store takes the place of an input that is read at the same points.
        private void alias() {
            for (int k = 0; k < stores.size(); k++) {
                Store s = stores.get(k);
                if (s.fold() != null || r.nextBoolean()) {
                    continue;
                }
                for (Instr i : body) {
                    if (i instanceof Instr.Load l && l.stored() == s.stored() && Arrays.equals(l.stride(), s.stride())
                            && l.offset() == s.offset() && Arrays.stream(l.stride()).noneMatch(x -> x == 0)
                            && Arrays.stream(inPlace).noneMatch(x -> x == l.input())) {
                        inPlace[k] = l.input();
                        break;
                    }
                }
            }
        }
    }
}
