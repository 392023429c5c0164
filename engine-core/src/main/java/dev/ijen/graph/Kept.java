package dev.ijen.graph;

import dev.ijen.tensor.Cell;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Op;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// A program without what is the same in every run until a cell is written: weights in another order, a normalisation's scale, their products.
/// Such values are computed once into cells of their own, which the program reads.
///
/// @param program what is left
/// @param values what each new cell holds; empty if there was nothing to keep
/// @param sources the cells that those values come from
public record Kept(Program program, Map<Cell, Tensor> values, List<Cell> sources) {
    /// A kept value takes memory for good, so it has at most this many times the elements it is computed from.
    private static final int MOST_TIMES = 2;

    /// Splits a program.
    ///
    /// @param hold makes the cell for a value
    public static Kept of(Program traced, Function<Tensor, Cell> hold) {
        var p = Simplify.run(traced);
        var flat = Flattened.run(p, steady(p, p.tensors()).keySet());
        p = flat.equals(p) ? p : Simplify.run(flat);
        var folded = Folded.run(p, steady(p, p.tensors()).keySet());
        p = folded.equals(p) ? p : Simplify.run(folded);
        var order = p.tensors();
        var steady = steady(p, order);
        var wanted = wanted(p, order, steady);
        if (wanted.isEmpty()) {
            return new Kept(p, Map.of(), List.of());
        }
        Map<Tensor, Tensor> reads = new IdentityHashMap<>();
        var values = new LinkedHashMap<Cell, Tensor>();
        for (var t : wanted) {
            var cell = hold.apply(t);
            values.put(cell, t);
            reads.put(t, Tensor.of(new Leaf.Read(cell)));
        }
        var sources = new ArrayList<Cell>();
        for (var t : Tensor.topological(List.copyOf(wanted))) {
            if (t.op() instanceof Leaf.Read(var cell)) {
                sources.add(cell);
            }
        }
        return new Kept(p.rewrite((t, in) -> reads.get(t)), values, List.copyOf(sources));
    }

    /// What neither arguments nor random numbers nor cells that the program writes reach, and how many given elements are in it.
    private static Map<Tensor, Long> steady(Program p, List<Tensor> order) {
        Map<Tensor, Long> given = new IdentityHashMap<>();
        for (var t : order) {
            var n = switch (t.op()) {
                case Leaf.Input i -> null;
                case Leaf.RandomBits r -> null;
                case Leaf.Read(var cell) -> p.updates().containsKey(cell) ? null : (Long) (long) t.shape().size();
                case Leaf.Literal l -> (Long) (long) t.shape().size();
                case Op op -> of(t, given);
            };
            if (n != null) {
                given.put(t, n);
            }
        }
        return given;
    }

    private static Long of(Tensor t, Map<Tensor, Long> given) {
        long n = 0;
        for (int i = 0; i < t.arity(); i++) {
            var k = given.get(t.input(i));
            if (k == null) {
                return null;
            }
            n += k;
        }
        return n;
    }

    /// The last steady values before others, without what only changes how they are looked at.
    private static Set<Tensor> wanted(Program p, List<Tensor> order, Map<Tensor, Long> given) {
        var ends = new ArrayList<Tensor>();
        for (var t : order) {
            if (!given.containsKey(t)) {
                for (int i = 0; i < t.arity(); i++) {
                    ends.add(t.input(i));
                }
            }
        }
        ends.addAll(p.roots());
        var seen = Collections.<Tensor>newSetFromMap(new IdentityHashMap<>());
        var wanted = new LinkedHashSet<Tensor>();
        while (!ends.isEmpty()) {
            var t = ends.removeLast();
            if (!given.containsKey(t) || t.arity() == 0 || !seen.add(t)) {
                continue;
            }
            long n = given.get(t);
            if (view(t) || n == 0 || t.shape().size() > MOST_TIMES * n) {
                for (int i = 0; i < t.arity(); i++) {
                    ends.add(t.input(i));
                }
            } else {
                wanted.add(t);
            }
        }
        return wanted;
    }

    private static boolean view(Tensor t) {
        return t.op() instanceof Movement.Broadcast || t.op() instanceof Movement.Reshape
                || t.op() instanceof Movement.Slice;
    }
}
