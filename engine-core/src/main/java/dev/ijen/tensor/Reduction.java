package dev.ijen.tensor;

/// Operations along axes that combine elements.
public sealed interface Reduction extends Op {
    /// How elements are combined.
    enum Fold {
        /// Sum.
        SUM,
        /// Greatest; NaN wins.
        MAX,
        /// Least; NaN wins.
        MIN
    }

    /// Folds the axes whose bits are set in `axes`; they stay, with extent 1.
    record Reduce(Fold fold, int axes) implements Reduction {
        @Override
        public Shape shape(Tensor[] in) {
            var d = in[0].shape().dims();
            for (int i = 0; i < d.length; i++) {
                if ((axes >> i & 1) == 1) {
                    if (d[i] == 0 && fold != Fold.SUM) {
                        throw new ShapeException(
                                label(), in[0].toString(), "at least one element along axis " + i, "check for empty input");
                    }
                    d[i] = 1;
                }
            }
            return Shape.of(d);
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            var x = y.input(0);
            return new Tensor[] {
                switch (fold) {
                    case SUM -> dy.broadcast(x.shape());
                    case MAX, MIN -> {
                        var hit = x.eq(y).cast(dy.dtype());
                        yield hit.mul(dy.div(hit.sumTo(y.shape())));
                    }
                }
            };
        }

        @Override
        public String label() {
            return fold.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// Running sum along an axis.
    record CumSum(int axis, boolean exclusive, boolean reverse) implements Reduction {
        @Override
        public Shape shape(Tensor[] in) {
            return in[0].shape();
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return new Tensor[] {Tensor.of(new CumSum(axis, exclusive, !reverse), dy)};
        }

        @Override
        public String label() {
            return "cumsum";
        }
    }

    /// Index (I32) of the greatest or least element along an axis, which stays with extent 1; the first of equals.
    record ArgReduce(int axis, boolean greatest) implements Reduction {
        @Override
        public Shape shape(Tensor[] in) {
            if (in[0].shape().dim(axis) == 0) {
                throw new ShapeException(
                        label(), in[0].toString(), "at least one element along axis " + axis, "check for empty input");
            }
            return in[0].shape().with(axis, 1);
        }

        @Override
        public DType dtype(Tensor[] in) {
            return DType.I32;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return Op.none(y);
        }

        @Override
        public String label() {
            return greatest ? "argmax" : "argmin";
        }
    }

    /// Stable sorting permutation (I32) along the last axis; NaN counts as the greatest.
    record ArgSort(boolean descending) implements Reduction {
        @Override
        public Shape shape(Tensor[] in) {
            return in[0].shape();
        }

        @Override
        public DType dtype(Tensor[] in) {
            return DType.I32;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return Op.none(y);
        }

        @Override
        public String label() {
            return "argsort";
        }
    }
}
