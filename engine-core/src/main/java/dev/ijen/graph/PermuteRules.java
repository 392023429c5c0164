package dev.ijen.graph;

import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Moves permutations from the inputs of elementwise operations, reductions, broadcasts and concatenations to their results.
/// Convolution and pooling compute channels last and stand between permutations; moved outward, those of neighbouring layers meet
/// and cancel, so that a whole network stays in one layout without any notion of layouts in backends.
final class PermuteRules {
    private final Simplify s;

    PermuteRules(Simplify s) {
        this.s = s;
    }

    Tensor outward(Tensor t) {
        return switch (t.op()) {
            case Elementwise e -> elementwise(t);
            case Reduction.Reduce r when order(t.input(0)) != null -> reduce(t, r, order(t.input(0)));
            case Movement.Broadcast b when order(t.input(0)) != null
                    && t.shape().rank() == t.input(0).shape().rank() -> {
                var p = order(t.input(0));
                var to = Shape.of(before(p, t.shape().dims()));
                yield s.make(new Movement.Permute(p), s.make(new Movement.Broadcast(to), t.input(0).input(0)));
            }
            case Movement.Concat c -> concat(t, c);
            default -> t; // every other operation cares where its axes are
        };
    }

    private Tensor elementwise(Tensor t) {
        List<Integer> p = null;
        for (int i = 0; i < t.arity(); i++) {
            var o = order(t.input(i));
            if (o != null) {
                if (p != null && !p.equals(o)) {
                    return t;
                }
                p = o;
            } else if (!movable(t.input(i))) {
                return t;
            }
        }
        if (p == null) {
            return t;
        }
        var in = new Tensor[t.arity()];
        for (int i = 0; i < in.length; i++) {
            in[i] = unpermuted(t.input(i), p);
        }
        return s.make(new Movement.Permute(p), s.make(t.op(), in));
    }

    /// Constants, index ramps and broadcasts of something smaller cost nothing, or little, to permute.
    private static boolean movable(Tensor t) {
        return t.op() instanceof Leaf.Const
                || t.op() instanceof Leaf.Iota
                || (t.op() instanceof Movement.Broadcast
                        && t.input(0).shape().size() * 8L <= t.shape().size());
    }

    private Tensor unpermuted(Tensor t, List<Integer> p) {
        if (order(t) != null) {
            return t.input(0);
        }
        var shape = Shape.of(before(p, t.shape().dims()));
        if (t.op() instanceof Leaf.Const c) {
            return s.make(new Leaf.Const(c.type(), c.real(), c.whole(), shape));
        }
        if (t.op() instanceof Leaf.Iota i) {
            return s.make(new Leaf.Iota(p.get(i.axis()), shape));
        }
        var small = t.input(0);
        int lead = t.shape().rank() - small.shape().rank();
        var dims = new int[t.shape().rank()];
        Arrays.fill(dims, 1);
        System.arraycopy(small.shape().dims(), 0, dims, lead, small.shape().rank());
        var full = s.make(new Movement.Reshape(Shape.of(dims)), small);
        return s.make(new Movement.Broadcast(shape), s.make(new Movement.Permute(inverse(p)), full));
    }

    private Tensor reduce(Tensor t, Reduction.Reduce r, List<Integer> p) {
        int axes = 0;
        for (int i = 0; i < p.size(); i++) {
            if ((r.axes() >> i & 1) == 1) {
                axes |= 1 << p.get(i);
            }
        }
        var folded = s.make(new Reduction.Reduce(r.fold(), axes), t.input(0).input(0));
        return s.make(new Movement.Permute(p), folded);
    }

    private Tensor concat(Tensor t, Movement.Concat c) {
        var p = order(t.input(0));
        if (p == null) {
            return t;
        }
        var in = new Tensor[t.arity()];
        for (int i = 0; i < in.length; i++) {
            if (!p.equals(order(t.input(i)))) {
                return t;
            }
            in[i] = t.input(i).input(0);
        }
        return s.make(new Movement.Permute(p), s.make(new Movement.Concat(p.get(c.axis())), in));
    }

    private static List<Integer> order(Tensor t) {
        return t.op() instanceof Movement.Permute(var p) ? p : null;
    }

    /// Extents before a permutation, from those after it.
    private static int[] before(List<Integer> p, int[] after) {
        var d = new int[after.length];
        for (int i = 0; i < d.length; i++) {
            d[p.get(i)] = after[i];
        }
        return d;
    }

    private static List<Integer> inverse(List<Integer> p) {
        var q = new ArrayList<Integer>();
        for (int i = 0; i < p.size(); i++) {
            q.add(p.indexOf(i));
        }
        return List.copyOf(q);
    }
}
