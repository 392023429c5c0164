package dev.ijen.graph;

import dev.ijen.graph.Compiled.Binding;
import dev.ijen.graph.Offsets.Block;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Order, in-place updates, lifetimes, offsets: the program becomes a plan.
final class PlanMemory {
    private final Program program;
    private final Fuse fuse;
    private final Map<Group, List<Lower.Loop>> loops = new HashMap<>();
    private final Map<Tensor, Block> block = new IdentityHashMap<>();
    private final Map<Tensor, Integer> lastUse = new IdentityHashMap<>();
    private final Map<Binding, Integer> externals = new HashMap<>();
    private final List<Binding> bindings = new ArrayList<>();
    private final List<Launch> launches = new ArrayList<>();
    private final Schedule schedule;
    private long naive;

    private PlanMemory(Program program, Fuse fuse) {
        this.program = program;
        this.fuse = fuse;
        for (var g : fuse.groups) {
            if (g.kind != Group.Kind.CALL) {
                loops.put(g, Lower.run(fuse, g));
            }
        }
        this.schedule = new Schedule(program, fuse, loops);
    }

    static Compiled run(Program program, Fuse fuse) {
        return new PlanMemory(program, fuse).plan();
    }

    private Compiled plan() {
        var order = schedule.order();
        int end = order.size();
        for (int i = 0; i < end; i++) {
            for (var l : schedule.loads(order.get(i))) {
                lastUse.put(fuse.root(l), i);
            }
        }
        for (var r : program.roots()) {
            lastUse.put(fuse.root(r), end);
        }
        var blocks = new ArrayList<Block>();
        for (int i = 0; i < end; i++) {
            blocksOf(order.get(i), i, blocks);
        }
        // a result that is a cell's old value would be lost when the cell is updated: it is kept aside
        Map<Tensor, Block> kept = new IdentityHashMap<>();
        for (var r : program.results()) {
            var root = fuse.root(r);
            if (root.op() instanceof Leaf.Read(var c) && program.updates().containsKey(c) && !kept.containsKey(root)) {
                var b = new Block(Schedule.bytes(root), 0);
                b.to = end;
                blocks.add(b);
                kept.put(root, b);
            }
        }
        long top = Offsets.place(blocks);
        kept.forEach((t, b) -> launches.add(copy(ref(t), new Ref(0, b.offset, t.dtype(), t.shape().size()), "keep")));
        for (var g : order) {
            launch(g);
        }
        top = updates(top);
        var results = new ArrayList<Ref>();
        for (var r : program.results()) {
            var b = kept.get(fuse.root(r));
            results.add(b == null ? ref(r) : new Ref(0, b.offset, r.dtype(), r.shape().size()));
        }
        var plan = new Plan(top, externals(), List.copyOf(launches), List.copyOf(results));
        return new Compiled(program, plan, List.copyOf(bindings), naive);
    }

    private void blocksOf(Group g, int i, List<Block> blocks) {
        for (var l : schedule.loads(g)) {
            var b = block.get(fuse.root(l));
            if (b != null) {
                b.to = Math.max(b.to, i);
            }
        }
        for (var t : schedule.outs(g)) {
            if (schedule.direct.containsKey(t)) {
                continue;
            }
            long bytes = Schedule.bytes(t);
            naive += Offsets.align(bytes);
            var b = g.kind == Group.Kind.LOOP ? reuse(g, t, i) : null;
            if (b == null) {
                b = new Block(bytes, i);
                blocks.add(b);
            }
            b.to = Math.max(b.to, lastUse.getOrDefault(t, i));
            block.put(t, b);
        }
    }

    /// The memory of an input that dies here and is read only at the point where `t` is written.
    private Block reuse(Group g, Tensor t, int i) {
        if (t.op() instanceof Reduction.Reduce) {
            return null;
        }
        var l = loops.get(g).getFirst();
        for (var x : l.in()) {
            var root = fuse.root(x);
            var b = block.get(root);
            boolean dies = b != null && b.to == i && lastUse.getOrDefault(root, -1) == i;
            if (dies
                    && Schedule.bytes(root) == Schedule.bytes(t)
                    && root.dtype().bytes() == t.dtype().bytes()
                    && schedule.outs(g).stream().noneMatch(o -> block.get(o) == b)
                    && Schedule.samePoint(l, t, y -> block.get(fuse.root(y)) == b)) {
                return b;
            }
        }
        return null;
    }

    private void launch(Group g) {
        var origin = origin(g);
        if (g.kind == Group.Kind.CALL) {
            var t = g.out.getFirst();
            if (g.out.stream().allMatch(o -> o.shape().size() == 0)) {
                return;
            }
            var in = new ArrayList<Ref>();
            for (int i = 0; i < t.arity(); i++) {
                in.add(operand(t.input(i)));
            }
            launches.add(new Launch(Calls.of(t, fuse.parts), List.copyOf(in), g.out.stream().map(this::ref).toList(),
                    origin));
            return;
        }
        var t = g.out.getFirst();
        if (t.op() instanceof Movement.Place p && t.shape().size() > 0) {
            launches.add(fill(t, p.fill(), origin));
        }
        for (var l : loops.get(g)) {
            if (l.out().isEmpty()) {
                continue;
            }
            if (g.kind == Group.Kind.LOOP && g.space.size() == 0) {
                for (var o : l.out()) {
                    if (o.shape().size() > 0) {
                        launches.add(fill(o, 0, origin)); // an empty sum
                    }
                }
                continue;
            }
            launches.add(new Launch(
                    new Kernel.Loop(l.region()),
                    l.in().stream().map(this::ref).toList(),
                    l.out().stream().map(this::ref).toList(),
                    origin));
        }
    }

    private Launch fill(Tensor t, double v, Plan.Origin origin) {
        boolean real = t.dtype().isFloat();
        var k = new Kernel.Fill(t.dtype(), real ? v : 0, real ? 0 : (long) v);
        return new Launch(k, List.of(), List.of(ref(t)), origin);
    }

    private static Launch copy(Ref from, Ref to, String why) {
        return new Launch(new Kernel.Copy(), List.of(from), List.of(to), new Plan.Origin(why, ""));
    }

    /// Copies new values that could not be computed in place. Values that are themselves cells or arguments go by way of the
    /// workspace, so that cells can exchange values.
    private long updates(long workspace) {
        long top = workspace;
        var late = new ArrayList<Launch>();
        for (var e : program.updates().entrySet()) {
            var cell = e.getKey();
            var value = e.getValue();
            boolean same = value.op() instanceof Leaf.Read(var c) && c.equals(cell);
            if (cell.equals(schedule.direct.get(value)) || same || value.shape().size() == 0) {
                continue;
            }
            var from = ref(value);
            if (Fuse.leaf(fuse.root(value))) {
                var aside = new Ref(0, top, value.dtype(), value.shape().size());
                top += Offsets.align(aside.bytes());
                launches.add(copy(from, aside, "update " + cell.name()));
                from = aside;
            }
            late.add(copy(from, new Ref(external(new Binding.Held(cell)), 0, cell.dtype(), cell.shape().size()),
                    "update " + cell.name()));
        }
        launches.addAll(late);
        return top;
    }

    private Plan.Origin origin(Group g) {
        Set<String> names = new LinkedHashSet<>();
        for (var t : g.out) {
            names.add(t.op().label());
        }
        var where = g.out.stream().filter(t -> t.where().contains("layer ")).findFirst().orElse(g.out.getLast());
        return new Plan.Origin(names.stream().limit(4).collect(Collectors.joining("+")), where.where());
    }

    private Ref operand(Tensor in) {
        var part = fuse.parts.get(in);
        if (part == null) {
            return ref(in);
        }
        var base = ref(part.base());
        return new Ref(base.memory(), base.offset() + (long) part.offset() * base.dtype().bytes(), base.dtype(),
                part.count());
    }

    private Ref ref(Tensor tensor) {
        int n = tensor.shape().size();
        var t = fuse.root(tensor);
        var cell = schedule.direct.get(t);
        if (cell != null) {
            return new Ref(external(new Binding.Held(cell)), 0, t.dtype(), n);
        }
        return switch (t.op()) {
            case Leaf.Input(int slot, var type, var s) ->
                    new Ref(external(new Binding.Argument(slot, type, s)), 0, type, n);
            case Leaf.Read(var c) -> new Ref(external(new Binding.Held(c)), 0, t.dtype(), n);
            case Leaf.Literal l -> new Ref(external(new Binding.Fixed(l)), 0, t.dtype(), n);
            default -> new Ref(0, block.get(t).offset, t.dtype(), n);
        };
    }

    private int external(Binding b) {
        return externals.computeIfAbsent(b, x -> {
            bindings.add(x);
            return bindings.size();
        });
    }

    private List<Plan.External> externals() {
        Set<Cell> written = program.updates().keySet();
        var l = new ArrayList<Plan.External>();
        for (var b : bindings) {
            l.add(
                    switch (b) {
                        case Binding.Argument(int slot, DType type, var s) ->
                                new Plan.External(Plan.Role.ARGUMENT, "argument " + slot, type, s.size(), false);
                        case Binding.Held(var c) ->
                                new Plan.External(Plan.Role.CELL, c.name(), c.dtype(), c.shape().size(),
                                        written.contains(c));
                        case Binding.Fixed(var lit) ->
                                new Plan.External(
                                        Plan.Role.CONSTANT, "constant", lit.data().dtype(), lit.data().shape().size(),
                                        false);
                    });
        }
        return List.copyOf(l);
    }
}
