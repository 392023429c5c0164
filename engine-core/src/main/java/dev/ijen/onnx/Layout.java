package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;

/// Moves that several operators need.
final class Layout {
    private Layout() {}

    /// Axes before `axis` in one, the others in one.
    static Tensor matrix(Tensor x, int axis) {
        return x.reshape(product(x.shape(), 0, axis), product(x.shape(), axis, x.shape().rank()));
    }

    static int product(Shape s, int from, int to) {
        int n = 1;
        for (int i = from; i < to; i++) {
            n *= s.dim(i);
        }
        return n;
    }

    /// Elements named by indices known now, along an axis.
    static Tensor take(Tensor x, int axis, int[] index) {
        boolean same = index.length == x.shape().dim(axis);
        for (int i = 0; same && i < index.length; i++) {
            same = index[i] == i;
        }
        return same ? x : x.take(axis, Tensor.of(HostTensor.of(index, index.length)));
    }

    /// Numbers along one axis of a rank, extents 1 elsewhere.
    static Tensor along(DType type, double[] values, int axis, int rank) {
        var d = new int[rank];
        Arrays.fill(d, 1);
        d[axis] = values.length;
        return Tensor.of(HostTensor.of(type, values, d));
    }

    /// A vector over channels, for adding to x [N, C, ..].
    static Tensor perChannel(Tensor v, Tensor x) {
        return alongAxis(v, 1, x.shape().rank());
    }

    /// A vector along one axis of a rank.
    static Tensor alongAxis(Tensor v, int axis, int rank) {
        var d = new int[Math.max(rank, 1)];
        Arrays.fill(d, 1);
        d[axis] = v.shape().size();
        return v.reshape(d);
    }

    /// Axis `from` moved to place `to`.
    static Tensor move(Tensor x, int from, int to) {
        var order = new java.util.ArrayList<Integer>();
        for (int i = 0; i < x.shape().rank(); i++) {
            if (i != from) {
                order.add(i);
            }
        }
        order.add(to, from);
        return x.permute(order.stream().mapToInt(i -> i).toArray());
    }

    /// Indices below 0 count from the end.
    static Tensor wrapIndex(Tensor index, int extent) {
        var i = index.cast(index.dtype() == DType.I64 ? DType.I64 : DType.I32);
        return i.lt(0).where(i.add(extent), i).cast(DType.I32);
    }
}
