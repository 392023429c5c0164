package dev.ijen.tensor;

import java.util.Arrays;

/// Row-major extents, possibly none (a scalar). Equal by content. At most [#MAX_RANK] axes, each at least 0, together at
/// most 2³¹ − 1 elements.
public final class Shape {
    /// The most axes a tensor may have.
    public static final int MAX_RANK = 12;

    private static final Shape SCALAR = new Shape(new int[0]);
    private final int[] dims;
    private final int size;

    private Shape(int[] dims) {
        this.dims = dims;
        long n = 1;
        boolean empty = false;
        for (int d : dims) {
            if (d < 0) {
                throw new ShapeException("shape", Arrays.toString(dims), "extents of at least 0",
                        "check the computed size");
            }
            empty |= d == 0;
            n = n > Integer.MAX_VALUE || empty ? n : n * d;
        }
        if (dims.length > MAX_RANK || (!empty && n > Integer.MAX_VALUE)) {
            throw new ShapeException(
                    "shape",
                    Arrays.toString(dims),
                    "at most " + MAX_RANK + " axes and " + Integer.MAX_VALUE + " elements",
                    "split the tensor");
        }
        this.size = empty ? 0 : (int) n;
    }

    /// The shape with these extents.
    public static Shape of(int... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    /// No axes, one element.
    public static Shape scalar() {
        return SCALAR;
    }

    /// Number of axes.
    public int rank() {
        return dims.length;
    }

    /// Extent of an axis; negative counts from the last.
    public int dim(int axis) {
        return dims[axis(axis)];
    }

    /// A non-negative axis for one that may count from the last.
    public int axis(int axis) {
        int a = axis < 0 ? axis + dims.length : axis;
        if (a < 0 || a >= dims.length) {
            throw new ShapeException(
                    "axis", axis + " of " + this, "an axis from " + -dims.length + " to " + (dims.length - 1),
                    "check the rank");
        }
        return a;
    }

    /// A copy of the extents.
    public int[] dims() {
        return dims.clone();
    }

    /// Number of elements.
    public int size() {
        return size;
    }

    /// Row-major strides in elements.
    public int[] strides() {
        var s = new int[dims.length];
        int n = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            s[i] = n;
            n *= Math.max(dims[i], 1);
        }
        return s;
    }

    /// This shape with one extent replaced.
    public Shape with(int axis, int extent) {
        var c = dims.clone();
        c[axis(axis)] = extent;
        return new Shape(c);
    }

    /// This shape with an axis removed.
    public Shape without(int axis) {
        int a = axis(axis);
        var c = new int[dims.length - 1];
        System.arraycopy(dims, 0, c, 0, a);
        System.arraycopy(dims, a + 1, c, a, c.length - a);
        return Shape.of(c);
    }

    /// This shape with an axis of the given extent put in before `axis` (from 0 to rank).
    public Shape insert(int axis, int extent) {
        var c = new int[dims.length + 1];
        int a = axis < 0 ? axis + c.length : axis;
        if (a < 0 || a >= c.length) {
            throw new ShapeException(
                    "axis", axis + " for a new axis of " + this, "an axis from " + -c.length + " to " + dims.length,
                    "check the rank");
        }
        System.arraycopy(dims, 0, c, 0, a);
        c[a] = extent;
        System.arraycopy(dims, a, c, a + 1, dims.length - a);
        return Shape.of(c);
    }

    /// The common shape of two under NumPy's broadcasting rule: extents, aligned at the right, are equal or 1.
    ///
    /// @throws ShapeException naming `operation` and both shapes
    public static Shape broadcast(String operation, Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int r = Math.max(a.rank(), b.rank());
        var o = new int[r];
        for (int i = 0; i < r; i++) {
            int x = i < r - a.rank() ? 1 : a.dims[i - r + a.rank()];
            int y = i < r - b.rank() ? 1 : b.dims[i - r + b.rank()];
            if (x != y && x != 1 && y != 1) {
                throw new ShapeException(
                        operation,
                        a + " and " + b,
                        "extents equal or 1, counted from the right; axis " + (i - r) + " has " + x + " and " + y,
                        "reshape or broadcast one side");
            }
            o[i] = x == 1 ? y : x;
        }
        return new Shape(o);
    }

    @Override
    public boolean equals(Object o) {
        return this == o || (o instanceof Shape s && Arrays.equals(dims, s.dims));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
