package dev.ijen.tensor;

import java.util.ArrayList;
import java.util.List;

/// Operations that move elements without computing.
public sealed interface Movement extends Op {
    /// x → `to`, repeated along axes of extent 1 and new leading axes.
    record Broadcast(Shape to) implements Movement {
        @Override
        public Shape shape(Tensor[] in) {
            if (in[0].shape().rank() > to.rank()
                    || !Shape.broadcast("broadcast", in[0].shape(), to).equals(to)) {
                throw new ShapeException(
                        "broadcast", in[0].shape() + " to " + to, "extents equal or 1, counted from the right",
                        "check the target");
            }
            return to;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return new Tensor[] {dy.sumTo(y.input(0).shape())};
        }

        @Override
        public String label() {
            return "broadcast";
        }
    }

    /// The same elements in row-major order under another shape.
    record Reshape(Shape to) implements Movement {
        @Override
        public Shape shape(Tensor[] in) {
            if (in[0].shape().size() != to.size()) {
                throw new ShapeException(
                        "reshape",
                        in[0].shape() + " to " + to,
                        "equal numbers of elements; got " + in[0].shape().size() + " and " + to.size(),
                        "check the target");
            }
            return to;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return new Tensor[] {dy.reshape(y.input(0).shape())};
        }

        @Override
        public String label() {
            return "reshape";
        }
    }

    /// Axis i of the result is axis `order[i]` of the input.
    record Permute(List<Integer> order) implements Movement {
        @Override
        public Shape shape(Tensor[] in) {
            var s = in[0].shape();
            if (order.size() != s.rank() || order.stream().distinct().count() != s.rank()) {
                throw new ShapeException(
                        "permute", s + " by " + order, "every axis from 0 to " + (s.rank() - 1) + " once",
                        "check the order");
            }
            return Shape.of(order.stream().mapToInt(s::dim).toArray());
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            var inverse = new int[order.size()];
            for (int i = 0; i < inverse.length; i++) {
                inverse[order.get(i)] = i;
            }
            return new Tensor[] {dy.permute(inverse)};
        }

        @Override
        public String label() {
            return "permute";
        }
    }

    /// Along each axis, `length` elements from `start` on, `step` apart; a negative step runs backward.
    record Slice(List<Integer> start, List<Integer> length, List<Integer> step) implements Movement {
        @Override
        public Shape shape(Tensor[] in) {
            checkRange("slice", in[0].shape(), start, length, step);
            return Shape.of(length.stream().mapToInt(i -> i).toArray());
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return new Tensor[] {Tensor.of(new Place(y.input(0).shape(), start, step, 0), dy)};
        }

        @Override
        public String label() {
            return "slice";
        }
    }

    /// The input's elements at `start + i · step` of a tensor otherwise filled with `fill`: padding, and the transpose of a slice.
    record Place(Shape to, List<Integer> start, List<Integer> step, double fill) implements Movement {
        @Override
        public Shape shape(Tensor[] in) {
            checkRange("pad", to, start, list(in[0].shape().dims()), step);
            return to;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return new Tensor[] {Tensor.of(new Slice(start, list(y.input(0).shape().dims()), step), dy)};
        }

        @Override
        public String label() {
            return "pad";
        }
    }

    /// Inputs one after the other along `axis`.
    record Concat(int axis) implements Movement {
        @Override
        public Shape shape(Tensor[] in) {
            int n = 0;
            for (var t : in) {
                boolean fits = t.shape().rank() == in[0].shape().rank()
                        && t.shape().with(axis, 0).equals(in[0].shape().with(axis, 0))
                        && t.dtype() == in[0].dtype();
                if (!fits) {
                    throw new ShapeException(
                            "concat",
                            in[0] + " and " + t + " along axis " + axis,
                            "equal element types and extents but for that axis",
                            "reshape or cast one of them");
                }
                n += t.shape().dim(axis);
            }
            return in[0].shape().with(axis, n);
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            var d = new Tensor[y.arity()];
            int at = 0;
            for (int i = 0; i < d.length; i++) {
                int n = y.input(i).shape().dim(axis);
                d[i] = dy.slice(axis, at, n);
                at += n;
            }
            return d;
        }

        @Override
        public String label() {
            return "concat";
        }
    }

    private static void checkRange(String what, Shape s, List<Integer> start, List<Integer> length,
            List<Integer> step) {
        boolean ok = start.size() == s.rank() && length.size() == s.rank() && step.size() == s.rank();
        for (int i = 0; ok && i < s.rank(); i++) {
            int n = length.get(i);
            long last = start.get(i) + (n - 1L) * step.get(i);
            ok = step.get(i) != 0
                    && n >= 0
                    && (n == 0 || (start.get(i) >= 0 && start.get(i) < s.dim(i) && last >= 0 && last < s.dim(i)));
        }
        if (!ok) {
            throw new ShapeException(
                    what,
                    s + " start " + start + " length " + length + " step " + step,
                    "a range inside every axis",
                    "check start, length and step");
        }
    }

    /// An immutable list.
    static List<Integer> list(int... values) {
        var l = new ArrayList<Integer>(values.length);
        for (int v : values) {
            l.add(v);
        }
        return List.copyOf(l);
    }
}
