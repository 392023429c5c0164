package dev.ijen.graph;

import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import dev.ijen.tensor.Windowed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A convolution whose result is scaled and shifted channel by channel with numbers that are the same in every run, as by a batch norm in use:
/// the scale goes into the weights, and one shift is left.
///
/// ```
/// (conv(x, w) + b) · s + t  →  conv(x, w · s) + (b · s + t)      w [K, window…, C / groups], b, s, t [K]
/// ```
///
/// Rounding differs, as the products are other ones.
final class Folded {
    /// conv · scale + shift, each [K] or null for none.
    ///
    /// @param path which operand leads to the convolution, from the last operation on
    private record Affine(Tensor conv, Tensor scale, Tensor shift, List<Integer> path) {
        Affine then(Tensor scale, Tensor shift, int operand) {
            var longer = new ArrayList<Integer>();
            longer.add(operand);
            longer.addAll(path);
            return new Affine(conv, scale, shift, List.copyOf(longer));
        }
    }

    private final Map<Tensor, Affine> known = new IdentityHashMap<>();
    private final Map<Tensor, Integer> uses = new IdentityHashMap<>();
    private final Set<Tensor> steady;

    private Folded(Set<Tensor> steady) {
        this.steady = steady;
    }

    /// @param steady what is the same in every run
    static Program run(Program p, Set<Tensor> steady) {
        var f = new Folded(steady);
        var order = p.tensors();
        for (var t : order) {
            for (int i = 0; i < t.arity(); i++) {
                f.uses.merge(t.input(i), 1, Integer::sum);
            }
        }
        p.roots().forEach(r -> f.uses.merge(r, 2, Integer::sum));
        Map<Tensor, Affine> last = new IdentityHashMap<>();
        for (var t : order) {
            var a = f.of(t);
            if (a != null) {
                f.known.put(t, a);
                if (!a.path.isEmpty()) {
                    last.remove(f.before(t));
                    last.put(t, a);
                }
            }
        }
        last.values().removeIf(a -> a.scale == null);
        return last.isEmpty() ? p : p.rewrite((t, in) -> {
            var a = last.get(t);
            return a == null ? null : Where.of(t, () -> folded(a, in));
        });
    }

    private Affine of(Tensor t) {
        if (t.op() instanceof Windowed.Conv && steady.contains(t.input(1)) && !steady.contains(t.input(0))) {
            return new Affine(t, null, null, List.of());
        }
        var x = before(t);
        if (x == null || !(t.op() instanceof Elementwise.Binary(var f))) {
            return null;
        }
        var a = known.get(x);
        int k = a.conv.shape().dim(-1);
        boolean left = t.input(0) == x;
        var v = channels(left ? t.input(1) : t.input(0), k);
        if (v == null) {
            return null;
        }
        int at = left ? 0 : 1;
        return switch (f) {
            case ADD -> a.then(a.scale, a.shift == null ? v : a.shift.add(v), at);
            case SUB -> left ? a.then(a.scale, a.shift == null ? v.neg() : a.shift.sub(v), at) : null;
            case MUL -> a.then(a.scale == null ? v : a.scale.mul(v), a.shift == null ? null : a.shift.mul(v), at);
            case DIV -> left ? a.then(a.scale == null ? v.reciprocal() : a.scale.div(v),
                    a.shift == null ? null : a.shift.div(v), at) : null;
            case MOD, POW, ATAN2, MAX, MIN, AND, OR, XOR, SHL, SHR, EQ, NE, LT, LE, GT, GE -> null;
        };
    }

    /// The operand of `t` that comes from a convolution and is needed nowhere else; null if there is none.
    private Tensor before(Tensor t) {
        if (!(t.op() instanceof Elementwise.Binary)) {
            return null;
        }
        boolean left = known.containsKey(t.input(0)) && uses.get(t.input(0)) == 1;
        boolean right = known.containsKey(t.input(1)) && uses.get(t.input(1)) == 1;
        return left == right ? null : t.input(left ? 0 : 1);
    }

    /// [K] if `t` is that, or one number, for every element; else null.
    private Tensor channels(Tensor t, int k) {
        if (t.op() instanceof Leaf.Const c) {
            return Tensor.of(new Leaf.Const(c.type(), c.real(), c.whole(), Shape.of(k)));
        }
        if (!(t.op() instanceof Movement.Broadcast) || !steady.contains(t)) {
            return null;
        }
        var small = t.input(0);
        int n = small.shape().size();
        boolean last = n == k && small.shape().rank() > 0 && small.shape().dim(-1) == k;
        return last ? small.reshape(Shape.of(k)) : n == 1 ? small.reshape(Shape.of(1)).broadcast(Shape.of(k)) : null;
    }

    private static Tensor folded(Affine a, Tensor... in) {
        var conv = in[a.path.getFirst()];
        for (int i : a.path.subList(1, a.path.size())) {
            conv = conv.input(i);
        }
        var w = a.conv.input(1);
        var dims = new int[w.shape().rank()];
        Arrays.fill(dims, 1);
        dims[0] = w.shape().dim(0);
        var y = Tensor.of(a.conv.op(), conv.input(0), w.mul(a.scale.reshape(Shape.of(dims))));
        return a.shift == null ? y : y.add(a.shift);
    }
}
