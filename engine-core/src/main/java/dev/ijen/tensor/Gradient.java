package dev.ijen.tensor;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Reverse-mode differentiation as a transform of the graph. What it returns is ordinary graph, so it can be differentiated
/// again.
public final class Gradient {
    private Gradient() {}

    /// The gradients of a scalar with respect to tensors (zeros where it does not depend on one).
    ///
    /// @throws ShapeException if `loss` has more than one element or is not real
    public static List<Tensor> of(Tensor loss, List<Tensor> wrt) {
        if (loss.shape().size() != 1 || !loss.dtype().isFloat()) {
            throw new ShapeException("gradient", loss.toString(), "a real scalar",
                    "reduce the loss with mean() or sum()");
        }
        return of(loss, loss.onesLike(), wrt);
    }

    /// The gradient of a scalar with respect to one tensor.
    public static Tensor of(Tensor loss, Tensor wrt) {
        return of(loss, List.of(wrt)).getFirst();
    }

    /// Σ seed · y differentiated with respect to tensors: the vector-Jacobian product.
    public static List<Tensor> of(Tensor y, Tensor seed, List<Tensor> wrt) {
        if (!seed.shape().equals(y.shape()) || seed.dtype() != y.dtype()) {
            throw new ShapeException("gradient", "seed " + seed, "a seed like " + y, "broadcast or cast the seed");
        }
        var order = Tensor.topological(List.of(y));
        Set<Tensor> needed = Collections.newSetFromMap(new IdentityHashMap<>());
        needed.addAll(wrt);
        for (var t : order) {
            for (int i = 0; i < t.arity() && !needed.contains(t); i++) {
                if (needed.contains(t.input(i))) {
                    needed.add(t);
                }
            }
        }
        var adjoint = new IdentityHashMap<Tensor, Tensor>();
        var again = new IdentityHashMap<Tensor, Tensor>();
        adjoint.put(y, seed);
        for (int k = order.size() - 1; k >= 0; k--) {
            var t = order.get(k);
            var dy = adjoint.get(t);
            if (dy == null || t.arity() == 0 || !needed.contains(t)) {
                continue;
            }
            var d = Where.gradient(t, () -> {
                if (t.op() instanceof Control.Checkpoint) {
                    recompute(t, dy, again);
                }
                return t.op().vjp(again.getOrDefault(t, t), dy);
            });
            for (int i = 0; i < d.length; i++) {
                if (d[i] != null && needed.contains(t.input(i))) {
                    var di = d[i];
                    adjoint.merge(t.input(i), di, (a, b) -> Where.gradient(t, () -> a.add(b)));
                }
            }
        }
        return wrt.stream()
                // under a mixed policy gradients may arrive wider than what they are of
                .map(w -> adjoint.containsKey(w) ? adjoint.get(w).cast(w.dtype()) : w.zerosLike())
                .toList();
    }

    /// `f(x)`, whose intermediates the gradient computes again instead of keeping them (Chen et al., arXiv:1604.06174).
    public static Tensor checkpoint(UnaryOperator<Tensor> f, Tensor x) {
        return Tensor.of(new Control.Checkpoint(), f.apply(x), x);
    }

    /// A second copy of the segment, behind a barrier that waits for the gradient to arrive.
    private static void recompute(Tensor c, Tensor dy, Map<Tensor, Tensor> again) {
        var x = c.input(1);
        again.put(x, Tensor.of(new Control.Barrier(Trace.token()), x, dy));
        for (var t : Tensor.topological(List.of(c.input(0)))) {
            var in = new Tensor[t.arity()];
            boolean inside = false;
            for (int i = 0; i < in.length; i++) {
                in[i] = again.getOrDefault(t.input(i), t.input(i));
                inside |= in[i] != t.input(i);
            }
            if (inside && t != x) {
                again.put(t, t.on(in));
            }
        }
        again.remove(x); // x's own gradient belongs to the segment before
    }
}
