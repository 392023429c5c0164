package dev.ijen.contract;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.UnaryFn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A seeded random loop nest as a plan of one launch: loads with any strides, all instructions and types, stores and folds.
/// Inputs and outputs are externals.
public final class RandomRegion {
    private static final DType[] STORED = DType.values();
    private static final Region.Fold[] FOLDS = Region.Fold.values();
    private static final DType[] COMPUTE = {DType.F32, DType.F64, DType.I32, DType.I64};
    private static final UnaryFn[] REAL = {
        UnaryFn.NEG, UnaryFn.ABS, UnaryFn.TANH, UnaryFn.SIN, UnaryFn.COS, UnaryFn.SIGMOID, UnaryFn.ERF, UnaryFn.ATAN,
        UnaryFn.RELU
    };
    private static final UnaryFn[] WHOLE = {UnaryFn.NEG, UnaryFn.ABS, UnaryFn.SIGN, UnaryFn.RELU, UnaryFn.NOT};
    private static final BinaryFn[] BOTH = {BinaryFn.ADD, BinaryFn.SUB, BinaryFn.MUL, BinaryFn.MAX, BinaryFn.MIN};
    private static final BinaryFn[] BITS = {BinaryFn.AND, BinaryFn.OR, BinaryFn.XOR, BinaryFn.DIV, BinaryFn.MOD,
        BinaryFn.SHL, BinaryFn.SHR};
    private static final BinaryFn[] COMPARE = {BinaryFn.EQ, BinaryFn.NE, BinaryFn.LT, BinaryFn.LE, BinaryFn.GT,
        BinaryFn.GE};

    private final Random random;
    private final int[] space;
    private final List<Instr> body = new ArrayList<>();
    private final List<Region.Store> stores = new ArrayList<>();
    private final List<Plan.External> externals = new ArrayList<>();
    private final List<Plan.Ref> in = new ArrayList<>();
    private final List<Plan.Ref> out = new ArrayList<>();
    /// Whether jumps may be made of a value: loads and what is exact from them.
    private final List<Boolean> exact = new ArrayList<>();

    private RandomRegion(long seed) {
        random = new Random(seed);
        space = new int[1 + random.nextInt(4)];
        for (int i = 0; i < space.length; i++) {
            space[i] = space.length == 1 ? 1 + random.nextInt(3000) : 2 + random.nextInt(space.length == 2 ? 70 : 9);
        }
    }

    /// The plan of a seed.
    public static Plan plan(long seed) {
        var r = new RandomRegion(seed);
        for (int i = 0; i < 1 + r.random.nextInt(4); i++) {
            r.load();
        }
        if (r.random.nextInt(4) == 0) {
            r.random();
        }
        for (int i = 0; i < 2 + r.random.nextInt(10); i++) {
            r.compute();
        }
        for (int i = 0; i < 1 + r.random.nextInt(3); i++) {
            r.store();
        }
        var region = new Region(r.space, List.copyOf(r.body), List.copyOf(r.stores));
        var launch = new Plan.Launch(new Kernel.Loop(region), List.copyOf(r.in), List.copyOf(r.out),
                new Plan.Origin("region", "seed " + seed));
        return new Plan(0, List.copyOf(r.externals), List.of(launch), List.copyOf(r.out));
    }

    private int add(Instr i, boolean isExact) {
        body.add(i);
        exact.add(isExact);
        return body.size() - 1;
    }

    private Plan.Ref external(DType type, int count, boolean written) {
        externals.add(new Plan.External(written ? Plan.Role.CELL : Plan.Role.ARGUMENT, "memory " + externals.size(),
                type, count, written));
        return new Plan.Ref(externals.size(), 0, type, count);
    }

    /// Strides over a dense array whose axes are some of the space's in any order; some run backward or in steps of two.
    private int[] strides(int[] offsetAndCount, boolean all) {
        var stride = new int[space.length];
        int n = 1;
        int offset = 0;
        int last = 0;
        var left = new ArrayList<Integer>();
        for (int i = 0; i < space.length; i++) {
            if (all || random.nextInt(4) > 0) {
                left.add(random.nextInt(3) == 0 ? random.nextInt(left.size() + 1) : left.size(), i);
            }
        }
        for (int k = left.size() - 1; k >= 0; k--) {
            int a = left.get(k);
            int step = random.nextInt(6) == 0 ? 2 : 1;
            int reach = (space[a] - 1) * step;
            if (random.nextInt(6) == 0) {
                offset += reach * n;
                stride[a] = -step * n;
            } else {
                stride[a] = step * n;
            }
            last += reach * n;
            n *= reach + 1;
        }
        int extra = random.nextInt(3);
        offsetAndCount[0] = offset + extra;
        offsetAndCount[1] = last + 1 + extra;
        return stride;
    }

    private void load() {
        var at = new int[2];
        var stride = strides(at, false);
        var type = pick(STORED);
        in.add(external(type, at[1], false));
        add(new Instr.Load(in.size() - 1, type, stride, at[0]), true);
    }

    private void random() {
        in.add(external(DType.I64, 2, false));
        var at = new int[2];
        var stride = strides(at, true);
        add(new Instr.Random(in.size() - 1, random.nextInt(), stride, at[0]), true);
    }

    private int any() {
        return random.nextInt(body.size());
    }

    /// A value converted to a type; whole numbers from real ones only where every engine gets the same.
    private int as(DType type, int v) {
        var from = body.get(v).type();
        if (from == type) {
            return v;
        }
        if (from.isFloat() && !type.isFloat() && !exact.get(v)) {
            return add(new Instr.Index(strides(new int[2], true), 0), true);
        }
        boolean keeps = exact.get(v);
        return add(new Instr.Cast(from, type, v), keeps);
    }

    private <T> T pick(T[] of) {
        return of[random.nextInt(of.length)];
    }

    private void compute() {
        int a = any();
        var type = body.get(a).type();
        switch (random.nextInt(9)) {
            case 0 -> add(new Instr.Imm(type, random.nextInt(-4, 5) * 0.5, random.nextInt(-4, 5)), true);
            case 1 -> {
                var at = new int[2];
                var stride = strides(at, random.nextBoolean());
                add(new Instr.Index(stride, at[0]), true);
            }
            case 2, 3 -> {
                var f = type.isFloat() ? pick(REAL) : pick(WHOLE);
                boolean keeps = f == UnaryFn.NEG || f == UnaryFn.ABS || f == UnaryFn.RELU;
                add(new Instr.Unary(f, type, a), !type.isFloat() || (keeps && exact.get(a)));
            }
            case 4, 5 -> {
                int b = as(type, any());
                var f = type.isFloat() || random.nextBoolean() ? pick(BOTH) : pick(BITS);
                int v = add(new Instr.Binary(f, type, a, b), exact.get(a) && exact.get(b));
                if (f == BinaryFn.MUL && type.isFloat()) {
                    // products of products must stay moderate
                    add(new Instr.Unary(UnaryFn.TANH, type, v), false);
                }
            }
            case 6 -> {
                int b = as(type, any());
                if (exact.get(a) && exact.get(b)) {
                    add(new Instr.Binary(pick(COMPARE), type, a, b), true);
                }
            }
            case 7 -> {
                int c = as(DType.I32, any());
                int b = as(type, any());
                add(new Instr.Select(type, c, a, b), exact.get(a) && exact.get(b));
            }
            default -> {
                // through a storage type
                var to = pick(STORED);
                if (!type.isFloat() || to.isFloat() || exact.get(a)) {
                    add(new Instr.Cast(type, to, a), exact.get(a));
                }
            }
        }
    }

    private void store() {
        var stored = pick(STORED);
        boolean folds = random.nextInt(2) == 0;
        var fold = folds ? pick(FOLDS) : null;
        if (fold == Region.Fold.SUM) {
            stored = pick(COMPUTE);
        }
        int a = random.nextInt(3) == 0 ? any() : body.size() - 1;
        var from = body.get(a).type();
        if (from.isFloat() && !stored.isFloat() && !exact.get(a)) {
            stored = fold == Region.Fold.SUM ? DType.F32 : DType.F16;
        }
        int v = from == stored.compute() ? a : as(stored.compute(), a);
        if (fold != null && stored != stored.compute()) {
            // what is folded fits the type it is stored in
            v = add(new Instr.Cast(stored.compute(), stored, v), exact.get(v));
        }
        var stride = new int[space.length];
        int n = 1;
        int folded = fold == null ? 0 : 1 + random.nextInt((1 << space.length) - 1);
        for (int i = space.length - 1; i >= 0; i--) {
            if ((folded >> i & 1) == 0) {
                stride[i] = n;
                n *= space[i];
            }
        }
        out.add(external(stored, n, true));
        stores.add(new Region.Store(v, out.size() - 1, stored, stride, 0, fold));
    }
}
