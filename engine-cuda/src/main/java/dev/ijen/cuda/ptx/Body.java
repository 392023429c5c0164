package dev.ijen.cuda.ptx;

import dev.ijen.cuda.ptx.Asm.Kind;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.DType;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// The values of a loop body, first those that do not change in the loop, then the others. Values that differ along the last
/// axis are computed for all lanes.
final class Body {
    private final Asm asm;
    private final Functions functions;
    private final Region region;
    private final BitSet live;
    private final Map<Integer, String> inputs;
    private final int lanes;
    private final boolean vector;
    private final int[] mask;
    private final String[][] value;
    private final Map<Integer, PhiloxCode> philox = new HashMap<>();
    private final Map<String, String> outerAddresses = new HashMap<>();
    private Walk outer;
    private Walk inner;
    private Map<String, String> innerAddresses = new HashMap<>();
    private BitSet early = new BitSet();

    /// @param live instructions that are needed
    /// @param inputs registers with the addresses of the launch's inputs
    /// @param vector false if neighbours must be accessed one by one
    Body(Asm asm, Functions functions, Region region, BitSet live, Map<Integer, String> inputs, int lanes,
            boolean vector) {
        this.asm = asm;
        this.functions = functions;
        this.region = region;
        this.live = live;
        this.inputs = inputs;
        this.lanes = lanes;
        this.vector = vector;
        value = new String[region.body().size()][];
        mask = masks(region);
    }

    /// Axes along which each value changes.
    private static int[] masks(Region region) {
        var m = new int[region.body().size()];
        for (int i = 0; i < m.length; i++) {
            m[i] = switch (region.body().get(i)) {
                case Instr.Load l -> Access.mask(l.stride());
                case Instr.Index x -> Access.mask(x.stride());
                case Instr.Random r -> Access.mask(r.stride());
                case Instr.Imm x -> 0;
                case Instr.Unary u -> m[u.a()];
                case Instr.Binary b -> m[b.a()] | m[b.b()];
                case Instr.Select s -> m[s.c()] | m[s.a()] | m[s.b()];
                case Instr.Cast c -> m[c.a()];
            };
        }
        return m;
    }

    /// Before the loop: values that change along kept axes only.
    void before(Walk walk, int kept) {
        outer = walk;
        inner = null;
        for (int i = 0; i < value.length; i++) {
            if (!live.get(i)) {
                continue;
            }
            if ((mask[i] & ~kept) == 0) {
                early.set(i);
                value[i] = emit(region.body().get(i));
            } else {
                prepare(region.body().get(i));
            }
        }
    }

    /// What of an access inside the loop is known before it.
    private void prepare(Instr i) {
        switch (i) {
            case Instr.Load l -> base(inputs.get(l.input()), l.stored(), l.stride());
            case Instr.Random r -> {
                philox.computeIfAbsent(r.state(), s -> new PhiloxCode(asm, inputs.get(s)));
                outer.index(r.stride());
            }
            case Instr.Index x -> outer.index(x.stride());
            case Instr.Imm x -> {}
            case Instr.Unary x -> {}
            case Instr.Binary x -> {}
            case Instr.Select x -> {}
            case Instr.Cast x -> {}
        }
    }

    /// What of a store inside the loop is known before it.
    void prepare(String output, Access a) {
        base(output, a.stored(), a.stride());
    }

    /// In the loop: all other values.
    void inside(Walk walk) {
        inner = walk;
        innerAddresses = new HashMap<>();
        for (int i = 0; i < value.length; i++) {
            if (live.get(i) && !early.get(i)) {
                value[i] = emit(region.body().get(i));
            }
        }
    }

    /// A value at a lane.
    String value(int v, int lane) {
        return value[v].length == 1 ? value[v][0] : value[v][lane];
    }

    /// Stores a value at the point.
    void store(String output, Access a, int v) {
        String to = address(output, a.stored(), a.stride());
        var all = new String[lanes];
        for (int j = 0; j < lanes; j++) {
            all[j] = value(v, j);
        }
        store(asm, a, to, all, vector);
    }

    static void store(Asm asm, Access a, String to, String[] values, boolean vector) {
        int lanes = values.length;
        long bytes = a.stored().bytes();
        if (vector && a.vector(lanes)) {
            Memory.storeVector(asm, a.stored(), to, a.offset() * bytes, values);
            return;
        }
        for (int j = 0; j < lanes; j++) {
            Memory.store(asm, a.stored(), to, (a.offset() + (long) j * a.inner()) * bytes, values[j]);
        }
    }

    private String base(String address, DType stored, int[] stride) {
        return outerAddresses.computeIfAbsent(
                address + Arrays.toString(stride) + stored.bytes(),
                k -> plus(asm, address, outer.index(stride), stored));
    }

    /// The address without the offset and the lane.
    private String address(String base, DType stored, int[] stride) {
        String b = base(base, stored, stride);
        if (inner == null) {
            return b;
        }
        return innerAddresses.computeIfAbsent(b + Arrays.toString(stride),
                k -> plus(asm, b, inner.index(stride), stored));
    }

    static String plus(Asm asm, String address, String index, DType stored) {
        return index == null
                ? address
                : asm.b64("mad.wide.s32", index, Integer.toString(stored.bytes()), address);
    }

    /// Σ stride · point + offset of lane 0.
    private String index(int[] stride, int offset) {
        String o = outer.index(stride);
        String i = inner == null ? null : inner.index(stride);
        String sum = o == null ? i : i == null ? o : asm.b32("add.s32", o, i);
        if (sum == null) {
            return asm.b32("mov.b32", Integer.toString(offset));
        }
        return offset == 0 ? sum : asm.b32("add.s32", sum, Integer.toString(offset));
    }

    private String[] indices(int[] stride, int offset) {
        int step = stride[stride.length - 1];
        String first = index(stride, offset);
        var r = new String[step == 0 ? 1 : lanes];
        r[0] = first;
        for (int j = 1; j < r.length; j++) {
            r[j] = asm.b32("add.s32", first, Integer.toString(j * step));
        }
        return r;
    }

    private String[] emit(Instr i) {
        return switch (i) {
            case Instr.Load l -> load(l);
            case Instr.Imm m ->
                    new String[] {Scalars.constant(asm, m.type(), Scalars.number(m.type(), m.real(), m.whole()))};
            case Instr.Index x -> indices(x.stride(), x.offset());
            case Instr.Random r -> random(r);
            case Instr.Unary u -> map(j -> UnaryCode.emit(asm, functions, u.f(), u.type(), value(u.a(), j)), u.a());
            case Instr.Binary b ->
                    map(j -> BinaryCode.emit(asm, functions, b.f(), b.of(), value(b.a(), j), value(b.b(), j)), b.a(),
                            b.b());
            case Instr.Select s -> map(j -> select(s, j), s.c(), s.a(), s.b());
            case Instr.Cast c -> map(j -> CastCode.emit(asm, c.from(), c.to(), value(c.a(), j)), c.a());
        };
    }

    private String select(Instr.Select s, int lane) {
        String p = asm.pred("setp.ne.s32", value(s.c(), lane), "0");
        String type = "selp." + Scalars.bits(s.type());
        return asm.make(Kind.of(s.type()), type, value(s.a(), lane), value(s.b(), lane), p);
    }

    private interface Lane {
        String at(int lane);
    }

    private String[] map(Lane f, int... operands) {
        int n = 1;
        for (int v : operands) {
            n = Math.max(n, value[v].length);
        }
        var r = new String[n];
        for (int j = 0; j < n; j++) {
            r[j] = f.at(j);
        }
        return r;
    }

    private String[] load(Instr.Load l) {
        var a = Access.of(l);
        String from = address(inputs.get(l.input()), l.stored(), l.stride());
        long bytes = l.stored().bytes();
        if (vector && a.vector(lanes)) {
            return Memory.loadVector(asm, l.stored(), from, l.offset() * bytes, lanes);
        }
        var r = new String[a.inner() == 0 ? 1 : lanes];
        for (int j = 0; j < r.length; j++) {
            r[j] = Memory.load(asm, l.stored(), from, (l.offset() + (long) j * a.inner()) * bytes);
        }
        return r;
    }

    private String[] random(Instr.Random r) {
        var code = philox.computeIfAbsent(r.state(), s -> new PhiloxCode(asm, inputs.get(s)));
        var a = new Access(DType.I32, r.stride(), r.offset());
        if (lanes > 1 && a.vector(Math.min(lanes, 4))) {
            return code.row(r.stream(), index(r.stride(), r.offset()), lanes);
        }
        var e = indices(r.stride(), r.offset());
        for (int j = 0; j < e.length; j++) {
            e[j] = code.bits(r.stream(), e[j]);
        }
        return e;
    }
}
