package dev.ijen.graph;

import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A product with rows that are flattened from another order of axes: convolutions compute channels last, and a classifier's weights expect
/// channels first. The weights, which stand from run to run, are brought into the order of the activations instead of these into theirs.
///
/// ```
/// flatten(permute(x)) · w  →  flatten(x) · permute(w)      x [N, …], w [K, M]
/// ```
final class Flattened {
    private Flattened() {}

    /// @param steady what is the same in every run
    static Program run(Program p, Set<Tensor> steady) {
        boolean[] any = new boolean[1];
        var r = p.rewrite((t, in) -> {
            if (!(t.op() instanceof Contraction.MatMul m) || !steady.contains(t.input(1))
                    || steady.contains(t.input(0)) || order(t, m) == null) {
                return null;
            }
            any[0] = true;
            return Where.of(t, () -> product(t, m, in));
        });
        return any[0] ? r : p;
    }

    private static Tensor product(Tensor t, Contraction.MatMul m, Tensor... in) {
        var p = order(t, m);
        var permuted = t.input(0).input(0).shape();
        var x = in[0].input(0).input(0);
        var w = in[1];
        int r = p.size();
        // w's axis of products, split into the axes of the permuted rows
        var split = new ArrayList<Integer>();
        var back = new ArrayList<Integer>();
        if (m.tb()) {
            split.add(w.shape().dim(0));
            back.add(0);
        }
        for (int i = 1; i < r; i++) {
            split.add(permuted.dim(i));
            back.add(p.indexOf(i) - (m.tb() ? 0 : 1));
        }
        if (!m.tb()) {
            split.add(w.shape().dim(1));
            back.add(r - 1);
        }
        var dims = split.stream().mapToInt(i -> i).toArray();
        var moved = Tensor.of(new Movement.Permute(List.copyOf(back)), w.reshape(Shape.of(dims))).reshape(w.shape());
        return Tensor.of(m, x.reshape(in[0].shape()), moved);
    }

    /// The order of the axes before the rows were flattened; null if this is something else.
    private static List<Integer> order(Tensor t, Contraction.MatMul m) {
        var rows = t.input(0);
        return !m.ta() && rows.shape().rank() == 2 && t.input(1).shape().rank() == 2
                && rows.op() instanceof Movement.Reshape && rows.input(0).op() instanceof Movement.Permute(var p)
                && p.size() > 2 && p.getFirst() == 0 && rows.input(0).shape().dim(0) == rows.shape().dim(0) ? p : null;
    }
}
