package dev.ijen.graph;

import dev.ijen.tensor.Attention;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Finds inputs of attention that need no copy, because they are parts of every token of a larger tensor: q, k and v as slices of one projection.
final class Parts {
    /// `rows` runs of elements of `base`, each `row` long, the first at `offset`, `stride` from one to the next.
    record Part(Tensor base, int offset, int stride, int rows, int row) {
        /// Elements from the first to the last.
        int count() {
            return rows == 0 ? 0 : (rows - 1) * stride + row;
        }
    }

    private Parts() {}

    /// The parts among a program's tensors. Only what attention alone reads, and only as q, k or v, is one.
    static Map<Tensor, Part> of(List<Tensor> order, Map<Tensor, Integer> uses) {
        var read = new IdentityHashMap<Tensor, Integer>();
        for (var t : order) {
            if (t.op() instanceof Attention) {
                for (int i = 0; i < 3; i++) {
                    read.merge(t.input(i), 1, Integer::sum);
                }
            }
        }
        var parts = new IdentityHashMap<Tensor, Part>();
        read.forEach((x, n) -> {
            var part = n.equals(uses.get(x)) ? part(x, uses) : null;
            if (part != null) {
                parts.put(x, part);
            }
        });
        return parts;
    }

    /// The part that x [N, T, H, D] is, or null.
    private static Part part(Tensor x, Map<Tensor, Integer> uses) {
        var cut = x;
        while (cut.op() instanceof Movement.Reshape) {
            cut = cut.input(0);
        }
        if (!(cut.op() instanceof Movement.Slice s) || s.step().stream().anyMatch(i -> i != 1)) {
            return null;
        }
        var base = cut.input(0);
        var whole = base.shape();
        int rows = x.shape().dim(0) * x.shape().dim(1);
        int axis = 0;
        int before = 1;
        while (axis < whole.rank() && whole.dim(axis) == cut.shape().dim(axis)) {
            before *= whole.dim(axis++);
        }
        for (int i = axis + 1; i < whole.rank(); i++) {
            if (whole.dim(i) != cut.shape().dim(i)) {
                return null;
            }
        }
        if (before != rows || axis == whole.rank() || !kept(base, uses)) {
            return null;
        }
        int inner = 1;
        for (int i = axis + 1; i < whole.rank(); i++) {
            inner *= whole.dim(i);
        }
        return new Part(base, s.start().get(axis) * inner, whole.dim(axis) * inner, rows,
                cut.shape().dim(axis) * inner);
    }

    /// True for what has memory anyway. To give it to something else could cost more than the copy it spares.
    private static boolean kept(Tensor base, Map<Tensor, Integer> uses) {
        var t = base;
        boolean shared = uses.get(t) > 1;
        while (t.op() instanceof Movement.Reshape) {
            t = t.input(0);
            shared |= uses.get(t) > 1;
        }
        return switch (t.op()) {
            case Movement.Broadcast m -> false;
            case Movement.Permute m -> false;
            case Movement.Slice m -> false;
            default -> Fuse.leaf(t) || shared || Fuse.hasKernel(t);
        };
    }
}
