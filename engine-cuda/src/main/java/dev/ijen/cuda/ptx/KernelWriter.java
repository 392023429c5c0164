package dev.ijen.cuda.ptx;

import dev.ijen.cuda.ptx.Asm.Kind;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/// Prints one kernel: a loop for each thread over points, stores at each of them, and folds whose results the threads of a block
/// combine after the loop. Where neighbours are accessed at once there are two loops, of which the second is for
/// addresses that are not aligned.
final class KernelWriter {
    private final Asm asm = new Asm();
    private final Functions functions;
    private final Region region;
    private final List<Store> plain = new ArrayList<>();
    private final List<Store> folds = new ArrayList<>();
    private final Layout layout;
    private final BitSet live;
    private final Map<Argument, String> addresses = new LinkedHashMap<>();
    private final Map<Integer, String> inputs = new HashMap<>();
    private final IntFunction<Argument> output;
    private final List<Team.Part> parts = new ArrayList<>();

    /// Where a thread is.
    private String result;
    private String valid;
    private String first;
    private String end;
    private String step;
    /// Regions that share the kernel, and the points of the one a block works on; null if there is one.
    private Ranges ranges;
    private String count;

    /// @param stores of the region, those of this kernel
    /// @param input what an input of the region is
    /// @param output what an output is; for folds of a layout with splits, where their parts go
    KernelWriter(Functions functions, Region region, List<Store> stores, Layout layout, IntFunction<Argument> input,
            IntFunction<Argument> output) {
        this.functions = functions;
        this.region = region;
        this.layout = layout;
        this.output = output;
        live = live(region, stores);
        for (int i = live.nextSetBit(0); i >= 0; i = live.nextSetBit(i + 1)) {
            switch (region.body().get(i)) {
                case Instr.Load l -> inputs.put(l.input(), address(input.apply(l.input())));
                case Instr.Random r -> inputs.put(r.state(), address(input.apply(r.state())));
                case Instr.Imm x -> {}
                case Instr.Index x -> {}
                case Instr.Unary x -> {}
                case Instr.Binary x -> {}
                case Instr.Select x -> {}
                case Instr.Cast x -> {}
            }
        }
        for (var s : stores) {
            address(output.apply(s.output()));
            (s.fold() == null ? plain : folds).add(s);
        }
    }

    /// Instructions that stores need.
    static BitSet live(Region region, List<Store> stores) {
        var live = new BitSet();
        for (var s : stores) {
            live.set(s.value());
        }
        for (int i = region.body().size() - 1; i >= 0; i--) {
            if (!live.get(i)) {
                continue;
            }
            switch (region.body().get(i)) {
                case Instr.Load x -> {}
                case Instr.Random x -> {}
                case Instr.Imm x -> {}
                case Instr.Index x -> {}
                case Instr.Unary u -> live.set(u.a());
                case Instr.Binary b -> {
                    live.set(b.a());
                    live.set(b.b());
                }
                case Instr.Select s -> {
                    live.set(s.c());
                    live.set(s.a());
                    live.set(s.b());
                }
                case Instr.Cast c -> live.set(c.a());
            }
        }
        return live;
    }

    private String address(Argument a) {
        return addresses.computeIfAbsent(a, x -> asm.fresh(Kind.B64));
    }

    /// What the parameters point to.
    List<Argument> arguments() {
        return List.copyOf(addresses.keySet());
    }

    /// Takes the addresses from parameters that begin with `from`.
    private void parameters(String name, int from) {
        int n = from;
        for (String register : addresses.values()) {
            String generic = asm.b64("ld.param.u64", "[" + Asm.parameter(name, n++) + "]");
            asm.op("cvta.to.global.u64", register, generic);
        }
    }

    /// The kernel of several regions that are equal but for the length of their only axis.
    String write(String name, Ranges all) {
        ranges = all;
        return write(name);
    }

    String write(String name) {
        String thread = asm.b32("mov.u32", "%tid.x");
        String block = asm.b32("mov.u32", "%ctaid.x");
        int regions = 1;
        if (ranges != null) {
            regions = ranges.points().length;
            find(name, thread, block);
        } else {
            parameters(name, 0);
            place(thread, block);
        }
        var team = new Team(asm, layout, name, thread);
        for (var s : folds) {
            parts.add(team.part(s));
        }
        var misaligned = misaligned();
        if (misaligned == null) {
            loop(layout.lanes(), false);
        } else {
            String slow = asm.label();
            String done = asm.label();
            asm.jumpIf(misaligned, slow);
            loop(layout.lanes(), true);
            asm.jump(done);
            asm.place(slow);
            // lanes decide the order of sums, which must not depend on addresses
            loop(layout.pointwise() ? 1 : layout.lanes(), false);
            asm.place(done);
        }
        if (!folds.isEmpty()) {
            finish(team);
        }
        return asm.entry(name, regions * addresses.size(), Layout.THREADS, team.sharedBytes());
    }

    /// Finds the region of this block in the table, which is a tree of comparisons.
    private void find(String name, String thread, String block) {
        first = asm.fresh(Kind.B32);
        step = asm.fresh(Kind.B32);
        count = asm.fresh(Kind.B32);
        String found = asm.label();
        find(name, thread, block, 0, ranges.points().length, found);
        asm.place(found);
    }

    private void find(String name, String thread, String block, int from, int to, String found) {
        if (to - from > 1) {
            int middle = (from + to) / 2;
            String below = asm.label();
            asm.jumpIf(asm.pred("setp.lt.s32", block, Integer.toString(ranges.firstBlock()[middle])), below);
            find(name, thread, block, middle, to, found);
            asm.place(below);
            find(name, thread, block, from, middle, found);
            return;
        }
        parameters(name, from * addresses.size());
        String own = asm.b32("sub.s32", block, Integer.toString(ranges.firstBlock()[from]));
        asm.op("mad.lo.s32", first, own, Integer.toString(Layout.THREADS), thread);
        asm.op("mov.b32", step, Integer.toString(ranges.blocks(from) * Layout.THREADS));
        asm.op("mov.b32", count, Integer.toString(ranges.points()[from]));
        asm.jump(found);
    }

    /// First step and stride of the loop; with folds, its end and the thread's result too.
    private void place(String thread, String block) {
        if (layout.pointwise()) {
            String threads = Integer.toString(Layout.THREADS);
            first = asm.b32("mad.lo.s32", block, threads, thread);
            step = asm.b32("mul.lo.s32", asm.b32("mov.u32", "%nctaid.x"), threads);
            return;
        }
        String x = asm.b32("and.b32", thread, Integer.toString(layout.x() - 1));
        String y = asm.b32("shr.u32", thread, Integer.toString(Integer.numberOfTrailingZeros(layout.x())));
        boolean across = layout.across();
        String own = asm.b32("mad.lo.s32", block, Integer.toString(across ? layout.x() : layout.y()), across ? x : y);
        valid = asm.pred("setp.lt.s32", own, Integer.toString(layout.results(region.space())));
        // threads without a result come along for the barriers
        result = asm.b32("selp.b32", own, "0", valid);
        first = across ? y : x;
        step = Integer.toString(layout.team());
        int steps = layout.steps(region.space());
        String limit = Integer.toString(steps);
        if (layout.splits() > 1) {
            String from = asm.b32("mul.lo.s32", asm.b32("mov.u32", "%ctaid.y"), Integer.toString(layout.chunk()));
            first = asm.b32("add.s32", from, first);
            limit = asm.b32("min.s32", asm.b32("add.s32", from, Integer.toString(layout.chunk())), limit);
        }
        end = asm.b32("selp.b32", limit, "0", valid);
    }

    /// A predicate that is true if addresses do not allow vector accesses; null if there are none.
    private String misaligned() {
        var byMask = new LinkedHashMap<Integer, String>();
        for (int i = live.nextSetBit(0); i >= 0; i = live.nextSetBit(i + 1)) {
            if (region.body().get(i) instanceof Instr.Load l) {
                align(byMask, Access.of(l), inputs.get(l.input()));
            }
        }
        for (var s : plain) {
            align(byMask, Access.of(s), address(output.apply(s.output())));
        }
        String bits = null;
        for (var e : byMask.entrySet()) {
            String b = asm.b64("and.b64", e.getValue(), Integer.toString(e.getKey() - 1));
            bits = bits == null ? b : asm.b64("or.b64", bits, b);
        }
        if (bits == null) {
            return null;
        }
        String wrong = asm.pred("setp.ne.s64", bits, "0");
        if (ranges == null) {
            return wrong;
        }
        String rest = asm.b32("and.b32", count, Integer.toString(layout.lanes() - 1));
        return asm.pred("or.pred", wrong, asm.pred("setp.ne.s32", rest, "0"));
    }

    private void align(Map<Integer, String> byMask, Access a, String address) {
        if (a.vector(layout.lanes())) {
            byMask.merge(a.alignment(layout.lanes()), address, (x, y) -> x.equals(y) ? x : asm.b64("or.b64", x, y));
        }
    }

    private void loop(int lanes, boolean vector) {
        var space = region.space();
        var body = new Body(asm, functions, region, live, inputs, lanes, vector);
        int kept = 0;
        for (int a : layout.kept()) {
            kept |= 1 << a;
        }
        String limit = layout.pointwise() ? limit(lanes) : end;
        String again = asm.label();
        String done = asm.label();
        // a thread without work reads nothing: what it would read may be where another one writes its result in place
        asm.jumpIf(asm.pred("setp.ge.s32", first, limit), done);
        body.before(new Walk(asm, space, layout.kept(), lanes, result), kept);
        for (var s : plain) {
            body.prepare(address(output.apply(s.output())), Access.of(s));
        }
        String i = asm.b32("mov.b32", first);
        asm.place(again);
        asm.jumpIf(asm.pred("setp.ge.s32", i, limit), done);
        body.inside(new Walk(asm, space, layout.looped(), lanes, i));
        for (var s : plain) {
            body.store(address(output.apply(s.output())), Access.of(s), s.value());
        }
        for (var p : parts) {
            var values = new String[lanes];
            for (int j = 0; j < lanes; j++) {
                values[j] = body.value(p.store().value(), j);
            }
            p.add(values);
        }
        asm.op("add.s32", i, i, step);
        asm.jump(again);
        asm.place(done);
    }

    private String limit(int lanes) {
        return ranges == null ? Integer.toString(region.points() / lanes) : Walk.divide(asm, count, lanes);
    }

    /// Combines and stores what was folded.
    private void finish(Team team) {
        team.combine(parts);
        String stop = asm.label();
        asm.jumpUnless(asm.pred("and.pred", valid, team.leader()), stop);
        var walk = new Walk(asm, region.space(), layout.kept(), layout.lanes(), result);
        for (var p : parts) {
            var s = p.store();
            String base = address(output.apply(s.output()));
            if (layout.splits() > 1) {
                storePart(base, p);
            } else {
                Body.store(asm, Access.of(s), Body.plus(asm, base, walk.index(s.stride()), s.stored()), p.values(),
                        false);
            }
        }
        asm.place(stop);
    }

    /// Parts lie dense: [splits, results].
    private void storePart(String base, Team.Part p) {
        DType type = p.store().stored().compute();
        int lanes = p.values().length;
        String row = asm.b32("mov.u32", "%ctaid.y");
        String at = asm.b32("mad.lo.s32", row, Integer.toString(layout.results(region.space())), result);
        String to = asm.b64("mad.wide.s32", at, Integer.toString(lanes * type.bytes()), base);
        for (int j = 0; j < lanes; j++) {
            Memory.store(asm, type, to, (long) j * type.bytes(), p.values()[j]);
        }
    }
}
