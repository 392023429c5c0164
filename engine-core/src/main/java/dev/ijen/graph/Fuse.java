package dev.ijen.graph;

import dev.ijen.tensor.Attention;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.Control;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Op;
import dev.ijen.tensor.Recurrence;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Rowwise;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import dev.ijen.tensor.Windowed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decides which tensors get memory ("real"), and groups those that share an iteration space into loops. Everything else is
/// computed inside the loops that need it, and views become index arithmetic.
final class Fuse {
    /// The longest chain of operations in one loop body.
    private static final int MAX_DEPTH = 40;
    private static final int MAX_OUTPUTS = 24;
    private static final int MAX_LOADS = 48;
    /// The most operations in one loop body: beyond, intermediates of a block no longer fit into the nearest cache.
    private static final int MAX_BODY = 96;

    final List<Group> groups = new ArrayList<>();
    final Set<Tensor> real = Collections.newSetFromMap(new IdentityHashMap<>());
    /// Inputs of calls that are read where they lie in a larger tensor.
    final Map<Tensor, Parts.Part> parts = new IdentityHashMap<>();
    private final Map<Tensor, Group> maker = new IdentityHashMap<>();
    private final Map<Tensor, Integer> uses = new IdentityHashMap<>();
    private final Map<Tensor, Integer> depth = new IdentityHashMap<>();
    private final Map<Tensor, List<Group>> readers = new IdentityHashMap<>();
    private final Map<Simplify.Key, Group> calls = new HashMap<>();
    private final Derived derived;
    private final Set<Tensor> compared = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Tensor> stored = Collections.newSetFromMap(new IdentityHashMap<>());

    private Fuse(Program p) {
        derived = new Derived(real, p.updates().keySet(), compared);
    }

    static Fuse run(Program p) {
        var f = new Fuse(p);
        var order = p.tensors();
        for (var t : order) {
            for (int i = 0; i < t.arity(); i++) {
                f.uses.merge(t.input(i), 1, Integer::sum);
                if (!Derived.arithmetic(t.op())) {
                    f.compared.add(t.input(i));
                }
            }
        }
        for (var r : p.roots()) {
            f.uses.merge(r, 1, Integer::sum);
            f.real.add(r);
        }
        f.parts.putAll(Parts.of(order, f.uses));
        f.parts.values().forEach(part -> f.real.add(part.base()));
        for (var t : order) {
            if (!f.parts.containsKey(t)) {
                f.choose(t);
            }
        }
        for (var t : order) {
            if (f.real.contains(t) && !leaf(t) && !f.aliased(t)) {
                f.place(t);
            }
        }
        for (var r : p.roots()) {
            f.stored.add(f.root(r));
        }
        return f;
    }

    /// True for tensors whose memory is given: arguments, cells, literals.
    static boolean leaf(Tensor t) {
        return t.op() instanceof Leaf.Input || t.op() instanceof Leaf.Read || t.op() instanceof Leaf.Literal;
    }

    private static Group.Kind kind(Op op) {
        return switch (op) {
            case Elementwise e -> Group.Kind.LOOP;
            case Leaf l -> Group.Kind.LOOP;
            case Reduction.Reduce r -> Group.Kind.LOOP;
            case Movement.Broadcast m -> Group.Kind.LOOP;
            case Movement.Reshape m -> Group.Kind.LOOP;
            case Movement.Permute m -> Group.Kind.LOOP;
            case Movement.Slice m -> Group.Kind.LOOP;
            case Control c -> Group.Kind.LOOP;
            case Movement.Place m -> Group.Kind.PLACE;
            case Movement.Concat m -> Group.Kind.PLACE;
            case Reduction.CumSum r -> Group.Kind.CALL;
            case Reduction.ArgReduce r -> Group.Kind.CALL;
            case Reduction.ArgSort r -> Group.Kind.CALL;
            case Contraction c -> Group.Kind.CALL;
            case Windowed w -> Group.Kind.CALL;
            case Rowwise r -> Group.Kind.CALL;
            case Attention a -> Group.Kind.CALL;
            case Indexing i -> Group.Kind.CALL;
            case Recurrence r -> Group.Kind.CALL;
        };
    }

    /// True for what a kernel of its own computes.
    static boolean hasKernel(Tensor t) {
        return kind(t.op()) == Group.Kind.CALL;
    }

    private static boolean view(Op op) {
        return op instanceof Movement.Broadcast
                || op instanceof Movement.Permute
                || op instanceof Movement.Slice
                || op instanceof Movement.Reshape
                || op instanceof Control;
    }

    /// The same bytes under another shape.
    private boolean aliased(Tensor t) {
        return (t.op() instanceof Movement.Reshape || t.op() instanceof Control) && real.contains(t.input(0));
    }

    /// The tensor whose bytes these are.
    Tensor root(Tensor t) {
        var r = t;
        while (aliased(r)) {
            r = r.input(0);
        }
        return r;
    }

    /// The tensor that a call reads for an input.
    private Tensor operand(Tensor in) {
        var part = parts.get(in);
        return part == null ? in : part.base();
    }

    /// True if the tensor is needed outside its group.
    boolean stored(Tensor t) {
        return stored.contains(t);
    }

    /// The group that computes a tensor, or null.
    Group maker(Tensor t) {
        return maker.get(t);
    }

    /// Recomputing it costs an index or nothing.
    private static boolean cheap(Tensor t) {
        var x = t;
        while (view(x.op()) && !(x.op() instanceof Control) || Derived.conversion(x)) {
            x = x.input(0);
        }
        return x.op() instanceof Leaf && !(x.op() instanceof Leaf.RandomBits);
    }

    /// A reshape that only adds or drops extents of 1 is index arithmetic; any other needs dense memory.
    static boolean ones(Shape a, Shape b) {
        return Arrays.equals(
                Arrays.stream(a.dims()).filter(x -> x != 1).toArray(),
                Arrays.stream(b.dims()).filter(x -> x != 1).toArray());
    }

    private void choose(Tensor t) {
        if (leaf(t)) {
            real.add(t);
            return;
        }
        int d = 0;
        for (int i = 0; i < t.arity(); i++) {
            d = Math.max(d, real.contains(t.input(i)) ? 0 : depth.getOrDefault(t.input(i), 0));
        }
        depth.put(t, d + 1);
        var kind = kind(t.op());
        if (kind == Group.Kind.CALL) {
            real.add(t);
            for (int i = 0; i < t.arity(); i++) {
                real.add(operand(t.input(i)));
            }
            return;
        }
        switch (t.op()) {
            case Elementwise e when derived.take(t) && uses.getOrDefault(t, 0) > 1 -> real.add(derived.source(t));
            case Movement.Broadcast b when !cheap(t.input(0)) -> real.add(t.input(0));
            case Movement.Reshape r when !ones(t.shape(), t.input(0).shape()) || leaf(t.input(0)) -> {
                demandInputs(t);
                real.add(t);
            }
            case Control c -> {
                demandInputs(t);
                real.add(t);
            }
            case Leaf.RandomBits r -> demandInputs(t);
            case Reduction.Reduce r -> real.add(t);
            case Movement.Place p -> real.add(t);
            case Movement.Concat c -> real.add(t);
            default -> {} // decided by the number of uses below
        }
        boolean trivial = derived.has(t) || (t.op() instanceof Leaf && !(t.op() instanceof Leaf.RandomBits))
                || view(t.op());
        if (!trivial && (uses.getOrDefault(t, 0) > 1 || d + 1 >= MAX_DEPTH)) {
            real.add(t);
        }
    }

    private void demandInputs(Tensor t) {
        for (int i = 0; i < t.arity(); i++) {
            real.add(t.input(i));
        }
    }

    /// What a tensor's expression reads, down to real tensors: true where every path keeps the point, false where a view or
    /// reduction lies between.
    private void operands(Tensor t, boolean pointwise, boolean top, Map<Tensor, Boolean> out, Set<Tensor> viewed,
            Set<Tensor> seen) {
        if (!top && real.contains(t)) {
            out.merge(t, pointwise, Boolean::logicalAnd);
            return;
        }
        if (!(pointwise ? seen : viewed).add(t)) {
            return;
        }
        boolean keeps = pointwise && !view(t.op()) && !(t.op() instanceof Leaf.RandomBits);
        for (int i = 0; i < t.arity(); i++) {
            operands(t.input(i), keeps, false, out, viewed, seen);
        }
    }

    private static Set<Tensor> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private void place(Tensor t) {
        var kind = kind(t.op());
        var space = t.op() instanceof Reduction.Reduce ? t.input(0).shape() : t.shape();
        // in the order in which they are found, so that compiling twice gives the same plan
        Map<Tensor, Boolean> reads = new LinkedHashMap<>();
        int size = 1;
        if (kind == Group.Kind.CALL) {
            for (int i = 0; i < t.arity(); i++) {
                reads.put(operand(t.input(i)), false);
            }
        } else {
            var seen = identitySet();
            operands(t, kind == Group.Kind.LOOP, true, reads, identitySet(), seen);
            size = seen.size();
        }
        Group home = switch (kind) {
            case LOOP -> join(space, reads, size);
            case CALL -> t.op().results().size() == 1 ? null : calls.get(call(t));
            case PLACE -> null;
        };
        boolean fresh = home == null;
        if (fresh) {
            home = new Group(groups.size(), kind, space);
            groups.add(home);
        }
        var more = new BitSet();
        for (var g : sources(reads.keySet())) {
            if (g != home) {
                more.set(g.id);
                more.or(g.before);
            }
        }
        for (var l : reads.keySet()) {
            if (maker.get(root(l)) == home) {
                continue;
            }
            stored.add(root(l));
            if (home.loads.add(l)) {
                readers.computeIfAbsent(l, x -> new ArrayList<>()).add(home);
            }
        }
        if (kind == Group.Kind.CALL) {
            result(home, t);
        } else {
            home.out.add(t);
        }
        home.operations += size;
        maker.put(t, home);
        int known = home.before.cardinality();
        home.before.or(more);
        if (!fresh && home.before.cardinality() != known) {
            for (var g : groups) {
                if (g.before.get(home.id)) {
                    g.before.or(home.before);
                }
            }
        }
    }

    /// Puts a result of a call among the call's others. Those no tensor has claimed so far stand in as tensors that nobody reads, so that
    /// the planner gives them memory during the launch.
    private void result(Group call, Tensor t) {
        var all = t.op().results();
        if (all.size() == 1) {
            call.out.add(t);
            return;
        }
        if (call.out.isEmpty()) {
            calls.put(call(t), call);
            var in = new Tensor[t.arity()];
            Arrays.setAll(in, t::input);
            Where.of(t, () -> {
                all.forEach(op -> call.out.add(Tensor.of(op, in)));
                return call;
            });
        }
        call.out.set(all.indexOf(t.op()), t);
    }

    private static Simplify.Key call(Tensor t) {
        return Simplify.Key.of(t.op().results().getFirst(), t);
    }

    private Group join(Shape space, Map<Tensor, Boolean> reads, int size) {
        var tried = new LinkedHashSet<Group>();
        for (var l : reads.keySet()) {
            var g = maker.get(root(l));
            if (g != null) {
                tried.add(g);
            }
        }
        for (var l : reads.keySet()) {
            tried.addAll(readers.getOrDefault(l, List.of()));
        }
        for (var g : tried) {
            boolean room = g.out.size() < MAX_OUTPUTS
                    && g.loads.size() + reads.size() < MAX_LOADS
                    && g.operations + size <= MAX_BODY;
            if (g.kind == Group.Kind.LOOP && g.space.equals(space) && room && joins(g, reads)) {
                return g;
            }
        }
        return null;
    }

    private boolean joins(Group g, Map<Tensor, Boolean> reads) {
        for (var e : reads.entrySet()) {
            var l = e.getKey();
            boolean inside = maker.get(root(l)) == g;
            if (inside && (!e.getValue() || l.op() instanceof Reduction.Reduce || aliased(l))) {
                return false; // it is not at the same point of the same loop
            }
        }
        for (var m : sources(reads.keySet())) {
            if (m != g && m.before.get(g.id)) {
                return false; // would close a cycle
            }
        }
        return true;
    }

    /// The groups that must have run before these tensors can be read.
    Set<Group> sources(Iterable<Tensor> loads) {
        var s = new LinkedHashSet<Group>();
        for (var l : loads) {
            var x = l;
            while (true) {
                if (x.op() instanceof Control.Barrier) {
                    addMaker(x.input(1), s);
                }
                if (!aliased(x)) {
                    break;
                }
                x = x.input(0);
            }
            addMaker(x, s);
        }
        return s;
    }

    private void addMaker(Tensor t, Set<Group> to) {
        var g = maker.get(root(t));
        if (g != null) {
            to.add(g);
        }
    }
}
