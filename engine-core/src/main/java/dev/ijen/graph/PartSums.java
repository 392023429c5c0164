package dev.ijen.graph;

import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The sum of two neighbouring parts of a tensor that is 0 elsewhere is both of them in one. So the gradient of a tensor that was cut into parts is
/// their gradients one after the other, without zeros being written and added.
final class PartSums {
    private PartSums() {}

    /// a + b, or null if they are not neighbours.
    static Tensor join(Simplify s, Tensor a, Tensor b) {
        if (!(a.op() instanceof Movement.Place p && b.op() instanceof Movement.Place q && plain(a, p) && plain(b, q))) {
            return null;
        }
        int axis = -1;
        for (int i = 0; i < a.shape().rank(); i++) {
            int n = a.input(0).shape().dim(i);
            if (p.start().get(i).equals(q.start().get(i)) && n == b.input(0).shape().dim(i)) {
                continue;
            }
            if (axis >= 0) {
                return null;
            }
            axis = i;
        }
        if (axis < 0) {
            return null;
        }
        int pEnd = p.start().get(axis) + a.input(0).shape().dim(axis);
        int qEnd = q.start().get(axis) + b.input(0).shape().dim(axis);
        return pEnd == q.start().get(axis) ? both(s, p, axis, a.input(0), b.input(0))
                : qEnd == p.start().get(axis) ? both(s, q, axis, b.input(0), a.input(0)) : null;
    }

    private static boolean plain(Tensor t, Movement.Place p) {
        return p.fill() == 0 && t.input(0).shape().size() > 0 && p.step().stream().allMatch(i -> i == 1);
    }

    private static Tensor both(Simplify s, Movement.Place first, int axis, Tensor a, Tensor b) {
        var parts = new ArrayList<Tensor>();
        for (var x : List.of(a, b)) {
            if (x.op() instanceof Movement.Concat(int along) && along == axis) {
                for (int i = 0; i < x.arity(); i++) {
                    parts.add(x.input(i));
                }
            } else {
                parts.add(x);
            }
        }
        var whole = s.make(new Movement.Concat(axis), parts.toArray(Tensor[]::new));
        var steps = Collections.nCopies(first.start().size(), 1);
        return s.make(new Movement.Place(first.to(), first.start(), steps, 0), whole);
    }
}
