package dev.ijen.graph;

import dev.ijen.spi.Region;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Which cells are updated in place, and the order in which groups run: data flow first, then whatever lets memory go soonest.
final class Schedule {
    /// How many ready groups are weighed against each other; bounds the work for very wide graphs.
    private static final int WINDOW = 64;

    private final Program program;
    private final Fuse fuse;
    private final Map<Group, List<Lower.Loop>> loops;
    private final Set<Tensor> roots = new HashSet<>();
    /// New values computed straight into a cell's memory.
    final Map<Tensor, Cell> direct = new IdentityHashMap<>();

    Schedule(Program program, Fuse fuse, Map<Group, List<Lower.Loop>> loops) {
        this.program = program;
        this.fuse = fuse;
        this.loops = loops;
        for (var r : program.roots()) {
            roots.add(fuse.root(r));
        }
        assignInPlace();
    }

    List<Tensor> loads(Group g) {
        return switch (g.kind) {
            case LOOP, PLACE -> {
                var all = new LinkedHashSet<Tensor>();
                loops.get(g).forEach(l -> all.addAll(l.in()));
                yield List.copyOf(all);
            }
            case CALL -> List.copyOf(g.loads);
        };
    }

    List<Tensor> outs(Group g) {
        return g.kind == Group.Kind.LOOP ? loops.get(g).getFirst().out() : g.out;
    }

    /// A cell's new value may be written over the old one if all other readers come first, and the group that computes it reads the
    /// cell point by point, if at all.
    private void assignInPlace() {
        var readers = new HashMap<Cell, Set<Group>>();
        for (var g : fuse.groups) {
            for (var l : loads(g)) {
                if (fuse.root(l).op() instanceof Leaf.Read(var c)) {
                    readers.computeIfAbsent(c, x -> new LinkedHashSet<>()).add(g);
                }
            }
        }
        var exposed = new HashSet<Cell>();
        for (var r : program.roots()) {
            if (fuse.root(r).op() instanceof Leaf.Read(var c)) {
                exposed.add(c);
            }
        }
        for (var e : program.updates().entrySet()) {
            var cell = e.getKey();
            var value = e.getValue();
            var g = fuse.maker(value);
            if (g == null || exposed.contains(cell) || direct.containsKey(value) || program.results().contains(value)) {
                continue;
            }
            var rs = readers.getOrDefault(cell, Set.of());
            boolean ok = true;
            for (var r : rs) {
                ok &= r == g ? g.kind == Group.Kind.LOOP && samePoint(g, value, cell) : !r.before.get(g.id);
            }
            if (!ok) {
                continue;
            }
            direct.put(value, cell);
            for (var r : rs) {
                if (r != g) {
                    g.before.set(r.id);
                    g.before.or(r.before);
                }
            }
            for (var h : fuse.groups) {
                if (h.before.get(g.id)) {
                    h.before.or(g.before);
                }
            }
        }
    }

    private boolean samePoint(Group g, Tensor value, Cell cell) {
        var l = loops.get(g).getFirst();
        if (value.op() instanceof Reduction.Reduce) {
            return false;
        }
        return samePoint(l, value, t -> fuse.root(t).op() instanceof Leaf.Read(var c) && c.equals(cell));
    }

    /// True if every load of a tensor `of` selects is at the very element where `value` is stored.
    static boolean samePoint(Lower.Loop l, Tensor value, Predicate<Tensor> of) {
        var store = l.region().stores().get(l.out().indexOf(value));
        for (var i : l.region().body()) {
            switch (i) {
                case Region.Instr.Load ld -> {
                    boolean moved = ld.offset() != store.offset() || !Arrays.equals(ld.stride(), store.stride());
                    if (moved && of.test(l.in().get(ld.input()))) {
                        return false;
                    }
                }
                case Region.Instr.Random r -> {
                    if (of.test(l.in().get(r.state()))) {
                        return false;
                    }
                }
                case Region.Instr.Imm x -> {}
                case Region.Instr.Index x -> {}
                case Region.Instr.Unary x -> {}
                case Region.Instr.Binary x -> {}
                case Region.Instr.Select x -> {}
                case Region.Instr.Cast x -> {}
            }
        }
        return true;
    }

    /// All groups in the order in which they run.
    List<Group> order() {
        int n = fuse.groups.size();
        var preds = new ArrayList<BitSet>();
        var readersOf = new HashMap<Cell, BitSet>();
        for (var g : fuse.groups) {
            var b = new BitSet();
            for (var s : fuse.sources(loads(g))) {
                if (s != g) {
                    b.set(s.id);
                }
            }
            preds.add(b);
            for (var l : loads(g)) {
                if (fuse.root(l).op() instanceof Leaf.Read(var c)) {
                    readersOf.computeIfAbsent(c, x -> new BitSet()).set(g.id);
                }
            }
        }
        for (var e : direct.entrySet()) { // whoever reads the old value comes before it is overwritten
            var g = fuse.maker(e.getKey());
            var rs = readersOf.get(e.getValue());
            if (rs != null) {
                preds.get(g.id).or(rs);
                preds.get(g.id).clear(g.id);
            }
        }
        var need = new int[n];
        var next = new ArrayList<List<Integer>>();
        for (int i = 0; i < n; i++) {
            next.add(new ArrayList<>());
        }
        for (int i = 0; i < n; i++) {
            need[i] = preds.get(i).cardinality();
            int me = i;
            preds.get(i).stream().forEach(s -> next.get(s).add(me));
        }
        var left = new IdentityHashMap<Tensor, Integer>();
        for (var g : fuse.groups) {
            for (var l : distinctRoots(g)) {
                left.merge(l, 1, Integer::sum);
            }
        }
        var ready = new TreeSet<Integer>();
        for (int i = 0; i < n; i++) {
            if (need[i] == 0) {
                ready.add(i);
            }
        }
        var order = new ArrayList<Group>();
        while (!ready.isEmpty()) {
            int pick = best(ready, left);
            ready.remove(pick);
            var g = fuse.groups.get(pick);
            order.add(g);
            for (var l : distinctRoots(g)) {
                left.merge(l, -1, Integer::sum);
            }
            for (int s : next.get(pick)) {
                if (--need[s] == 0) {
                    ready.add(s);
                }
            }
        }
        if (order.size() != n) {
            throw new IllegalStateException("cycle among groups: " + order.size() + " of " + n + " ordered");
        }
        return order;
    }

    private int best(TreeSet<Integer> ready, Map<Tensor, Integer> left) {
        int pick = ready.first();
        long least = Long.MAX_VALUE;
        int seen = 0;
        for (int r : ready) {
            long growth = growth(fuse.groups.get(r), left);
            if (growth < least) {
                least = growth;
                pick = r;
            }
            if (++seen == WINDOW) {
                break;
            }
        }
        return pick;
    }

    private Set<Tensor> distinctRoots(Group g) {
        var s = new LinkedHashSet<Tensor>();
        for (var l : loads(g)) {
            s.add(fuse.root(l));
        }
        return s;
    }

    /// Bytes a group adds to what is live, less those it lets go.
    private long growth(Group g, Map<Tensor, Integer> left) {
        long bytes = 0;
        for (var t : outs(g)) {
            bytes += direct.containsKey(t) ? 0 : bytes(t);
        }
        for (var l : distinctRoots(g)) {
            if (!Fuse.leaf(l) && left.get(l) == 1 && !roots.contains(l)) {
                bytes -= bytes(l);
            }
        }
        return bytes;
    }

    static long bytes(Tensor t) {
        return (long) t.shape().size() * t.dtype().bytes();
    }
}
