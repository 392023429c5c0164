package dev.ijen.tensor;

import static dev.ijen.tensor.Movement.list;

import java.util.Arrays;

/// Operations that move elements without computing.
public sealed interface ShapeOps permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /// Repeated along axes of extent 1 and new leading axes.
    default Tensor broadcast(Shape to) {
        return to.equals(self().shape()) ? self() : Tensor.of(new Movement.Broadcast(to), self());
    }

    /// Repeated along axes of extent 1 and new leading axes.
    default Tensor broadcast(int... to) {
        return broadcast(Shape.of(to));
    }

    /// Another shape of as many elements.
    default Tensor reshape(Shape to) {
        return to.equals(self().shape()) ? self() : Tensor.of(new Movement.Reshape(to), self());
    }

    /// Another shape of as many elements; one extent may be −1 and follows from the others.
    default Tensor reshape(int... to) {
        int free = -1;
        long known = 1;
        for (int i = 0; i < to.length; i++) {
            if (to[i] != -1) {
                known *= to[i];
            } else if (free < 0) {
                free = i;
            } else {
                throw new ShapeException("reshape", Arrays.toString(to), "at most one extent of -1", "give the others");
            }
        }
        if (free < 0) {
            return reshape(Shape.of(to));
        }
        int size = self().shape().size();
        if (known == 0 || size % known != 0) {
            throw new ShapeException(
                    "reshape",
                    self().shape() + " to " + Arrays.toString(to),
                    "known extents that divide " + size,
                    "check the target");
        }
        var d = to.clone();
        d[free] = (int) (size / known);
        return reshape(Shape.of(d));
    }

    /// Axes from `from` on in one.
    default Tensor flatten(int from) {
        var s = self().shape();
        int a = s.axis(from);
        var d = Arrays.copyOf(s.dims(), a + 1);
        for (int i = a + 1; i < s.rank(); i++) {
            d[a] *= s.dim(i);
        }
        return reshape(Shape.of(d));
    }

    /// A new axis of extent 1 before `axis`.
    default Tensor insertAxis(int axis) {
        return reshape(self().shape().insert(axis, 1));
    }

    /// Without an axis of extent 1.
    default Tensor dropAxis(int axis) {
        return reshape(self().shape().without(axis));
    }

    /// Axis i of the result is axis `order[i]`.
    default Tensor permute(int... order) {
        boolean same = true;
        var o = order.clone();
        for (int i = 0; i < o.length; i++) {
            o[i] = self().shape().axis(o[i]);
            same &= o[i] == i;
        }
        return same && o.length == self().shape().rank() ? self() : Tensor.of(new Movement.Permute(list(o)), self());
    }

    /// The last two axes exchanged.
    default Tensor transpose() {
        return swapAxes(-1, -2);
    }

    /// Two axes exchanged.
    default Tensor swapAxes(int a, int b) {
        var o = new int[self().shape().rank()];
        Arrays.setAll(o, i -> i);
        int x = self().shape().axis(a);
        int y = self().shape().axis(b);
        o[x] = y;
        o[y] = x;
        return permute(o);
    }

    /// `length` elements from `start` on along one axis.
    default Tensor slice(int axis, int start, int length) {
        return slice(axis, start, length, 1);
    }

    /// `length` elements, `step` apart, from `start` on along one axis; a negative step runs backward.
    default Tensor slice(int axis, int start, int length, int step) {
        var s = self().shape();
        int a = s.axis(axis);
        if (start == 0 && length == s.dim(a) && step == 1) {
            return self();
        }
        var starts = new int[s.rank()];
        var steps = new int[s.rank()];
        Arrays.fill(steps, 1);
        starts[a] = start;
        steps[a] = step;
        var lengths = s.dims();
        lengths[a] = length;
        return Tensor.of(new Movement.Slice(list(starts), list(lengths), list(steps)), self());
    }

    /// Element `index` along an axis, which goes; negative counts from the end.
    default Tensor select(int axis, int index) {
        int n = self().shape().dim(axis);
        return slice(axis, index < 0 ? index + n : index, 1).dropAxis(axis);
    }

    /// In reversed order along the axes.
    default Tensor flip(int... axes) {
        var x = self();
        for (int a : axes) {
            int n = x.shape().dim(a);
            x = x.slice(a, n - 1, n, -1);
        }
        return x;
    }

    /// Zeros before and after along one axis.
    default Tensor pad(int axis, int before, int after) {
        return pad(axis, before, after, 0);
    }

    /// A value before and after along one axis.
    default Tensor pad(int axis, int before, int after, double value) {
        if (before == 0 && after == 0) {
            return self();
        }
        var s = self().shape();
        int a = s.axis(axis);
        var starts = new int[s.rank()];
        var steps = new int[s.rank()];
        Arrays.fill(steps, 1);
        starts[a] = before;
        var to = s.with(a, s.dim(a) + before + after);
        return Tensor.of(new Movement.Place(to, list(starts), list(steps), value), self());
    }

    /// Equal parts along an axis.
    default Tensor[] split(int axis, int parts) {
        int n = self().shape().dim(axis);
        if (parts < 1 || n % parts != 0) {
            throw new ShapeException(
                    "split", self() + " into " + parts, "a divisor of " + n, "use slice for parts of different length");
        }
        var r = new Tensor[parts];
        for (int i = 0; i < parts; i++) {
            r[i] = slice(axis, i * (n / parts), n / parts);
        }
        return r;
    }

    /// The whole tensor repeated `times` along an axis.
    default Tensor repeat(int axis, int times) {
        var s = self().shape();
        int a = s.axis(axis);
        return insertAxis(a)
                .broadcast(s.insert(a, times))
                .reshape(s.with(a, s.dim(a) * times));
    }

    /// Elements on and below diagonal `diagonal` of the last two axes; the others 0.
    default Tensor tril(int diagonal) {
        var s = self().shape();
        var row = Tensor.iota(-2, s);
        var column = Tensor.iota(-1, s);
        return row.add(diagonal).ge(column).where(self(), self().zerosLike());
    }

    /// Elements on and above diagonal `diagonal` of the last two axes; the others 0.
    default Tensor triu(int diagonal) {
        var s = self().shape();
        var row = Tensor.iota(-2, s);
        var column = Tensor.iota(-1, s);
        return row.add(diagonal).le(column).where(self(), self().zerosLike());
    }
}
