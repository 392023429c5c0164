package dev.ijen.tensor;

/// Operations that pick, place and order elements. Indices are whole numbers; an index outside its range is an error of the run.
public sealed interface IndexOps permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    private static Tensor index(String what, Tensor i) {
        if (!i.dtype().isInt()) {
            throw ShapeException.dtype(what, i.dtype(), "an index of whole numbers", "cast it to I32");
        }
        return i.cast(DType.I32);
    }

    /// Slices named by `index` along an axis: x [a.., n, b..], index [i..] → [a.., i.., b..].
    default Tensor take(int axis, Tensor index) {
        var x = self();
        int a = x.shape().axis(axis);
        if (a != 0) {
            // the axis to the front, its replacement back to where it was
            int r = x.shape().rank();
            int k = index.shape().rank();
            var order = new int[r];
            order[0] = a;
            for (int i = 1; i < r; i++) {
                order[i] = i <= a ? i - 1 : i;
            }
            var y = x.permute(order).take(0, index);
            var back = new int[r - 1 + k];
            for (int i = 0; i < back.length; i++) {
                back[i] = i < a ? k + i : i < a + k ? i - a : i;
            }
            return y.permute(back);
        }
        int n = x.shape().dim(0);
        int d = n == 0 ? 0 : x.shape().size() / n;
        var rows = index("take", index).reshape(index.shape().size());
        var y = Tensor.of(new Indexing.Gather(), x.reshape(n, d), rows);
        var to = new int[index.shape().rank() + x.shape().rank() - 1];
        System.arraycopy(index.shape().dims(), 0, to, 0, index.shape().rank());
        System.arraycopy(x.shape().dims(), 1, to, index.shape().rank(), x.shape().rank() - 1);
        return y.reshape(Shape.of(to));
    }

    /// One element for each of `index`, which has this tensor's rank: y[i..] = x[i.. with axis replaced by index[i..]].
    default Tensor gather(int axis, Tensor index) {
        var flat = self().reshape(self().shape().size(), 1);
        var where = flatIndex("gather", axis, index, self().shape());
        return Tensor.of(new Indexing.Gather(), flat, where).reshape(index.shape());
    }

    /// This tensor with `source` added at the places [#gather] would read with the same index; repeated places add up.
    default Tensor scatterAdd(int axis, Tensor index, Tensor source) {
        var where = flatIndex("scatterAdd", axis, index, self().shape());
        var s = source.cast(self().dtype()).broadcast(index.shape()).reshape(index.shape().size(), 1);
        var sum = Tensor.of(new Indexing.ScatterAdd(self().shape().size()), s, where);
        return self().add(sum.reshape(self().shape()));
    }

    /// This tensor with `source` put at the places [#gather] would read with the same index; of repeated places the last stays.
    default Tensor scatter(int axis, Tensor index, Tensor source) {
        int size = self().shape().size();
        var where = flatIndex("scatter", axis, index, self().shape());
        var s = source.cast(self().dtype()).broadcast(index.shape()).reshape(index.shape().size(), 1);
        var placed = Tensor.of(new Indexing.ScatterSet(size), s, where);
        var hit = Tensor.of(new Indexing.ScatterSet(size), Tensor.full(DType.BOOL, 1, s.shape()), where);
        return hit.reshape(self().shape()).where(placed.reshape(self().shape()), self());
    }

    private static Tensor flatIndex(String what, int axis, Tensor index, Shape x) {
        var s = index.shape();
        int a = x.axis(axis);
        boolean fits = s.rank() == x.rank();
        for (int i = 0; fits && i < s.rank(); i++) {
            fits = i == a || s.dim(i) <= x.dim(i);
        }
        if (!fits) {
            throw new ShapeException(
                    what, "x" + x + ", index" + s + ", axis " + a,
                    "an index of equal rank, no longer than x but along the axis", "reshape the index");
        }
        var strides = x.strides();
        var along = index(what, index);
        var inside = along.ge(0).and(along.lt(x.dim(a)));
        var flat = along.mul(strides[a]);
        for (int i = 0; i < s.rank(); i++) {
            if (i != a && s.dim(i) != 1) {
                flat = flat.add(Tensor.iota(i, s).mul(strides[i]));
            }
        }
        // an index outside of its axis must not name an element of the next row
        return inside.where(flat, -1).reshape(s.size());
    }

    /// 1 at the index, 0 elsewhere, along a new last axis of extent `classes`.
    default Tensor oneHot(int classes, DType dtype) {
        var i = index("oneHot", self()).insertAxis(self().shape().rank());
        return Tensor.iota(-1, self().shape().insert(self().shape().rank(), classes)).eq(i).cast(dtype);
    }

    /// Stable sorting permutation (I32) along an axis; NaN counts as the greatest.
    default Tensor argsort(int axis, boolean descending) {
        return Tensor.of(new Reduction.ArgSort(descending), self().swapAxes(axis, -1)).swapAxes(axis, -1);
    }

    /// Sorted along an axis; stable; NaN counts as the greatest.
    default Tensor sort(int axis, boolean descending) {
        return gather(axis, argsort(axis, descending));
    }

    /// The `k` greatest along an axis, in falling order.
    ///
    /// @return values, and their indices (I32)
    default Tensor[] topK(int axis, int k) {
        if (k < 0 || k > self().shape().dim(axis)) {
            throw new ShapeException("topK", self() + ", k " + k, "k from 0 to the extent of the axis", "check k");
        }
        var i = argsort(axis, true).slice(axis, 0, k);
        return new Tensor[] {gather(axis, i), i};
    }
}
