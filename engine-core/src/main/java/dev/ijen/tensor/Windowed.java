package dev.ijen.tensor;

/// Convolution and pooling, channels last: the layout every backend computes in. [Tensor]'s methods take channels first and put
/// permutations around, which simplification then moves together and cancels.
public sealed interface Windowed extends Op {
    private static void real(String what, Tensor[] in) {
        for (var t : in) {
            if (!t.dtype().isFloat() || t.dtype() != in[0].dtype()) {
                throw ShapeException.dtype(what, t.dtype(), "tensors of one real type", "cast first");
            }
        }
    }

    @Override
    default DType dtype(Tensor[] in) {
        real(label(), in);
        return in[0].dtype();
    }

    /// x [N, spatial.., C], w [K, window.., C / groups] → y [N, windows.., K]: y = Σ x[p · stride − pad + r · dilation] · w[r].
    record Conv(WindowSpec window, int groups) implements Windowed {
        @Override
        public Shape shape(Tensor[] in) {
            Shape x = in[0].shape();
            Shape w = in[1].shape();
            if (x.rank() < 3
                    || w.rank() != x.rank()
                    || groups < 1
                    || x.dim(-1) != w.dim(-1) * groups
                    || w.dim(0) % groups != 0) {
                throw new ShapeException(
                        "conv",
                        "x" + x + " * w" + w + ", groups " + groups + " (channels last)",
                        "x[N, spatial.., C], w[K, window.., C / groups] with K and C multiples of groups",
                        "check the previous layer's channels");
            }
            return window.output("conv", x, w.dim(0));
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            Tensor x = y.input(0);
            Tensor w = y.input(1);
            return new Tensor[] {
                Tensor.of(new ConvInputGradient(window, groups, x.shape()), dy, w),
                Tensor.of(new ConvFilterGradient(window, groups, w.shape()), x, dy)
            };
        }

        @Override
        public String label() {
            return "conv";
        }
    }

    /// (dy, w) → dx of shape `x`; also the transposed convolution.
    record ConvInputGradient(WindowSpec window, int groups, Shape x) implements Windowed {
        @Override
        public Shape shape(Tensor[] in) {
            Shape w = in[1].shape();
            if (w.rank() != x.rank() || groups < 1 || w.dim(0) % groups != 0 || w.dim(-1) * groups != x.dim(-1)) {
                throw new ShapeException(
                        "transposed conv",
                        "x" + in[0].shape() + " * w" + w + ", groups " + groups + " (channels last)",
                        "x[N, spatial.., C], w[C, window.., K / groups] with K and C multiples of groups",
                        "check the previous layer's channels");
            }
            var want = window.output("transposed conv", x, w.dim(0));
            if (!want.equals(in[0].shape())) {
                throw new ShapeException(
                        "transposed conv",
                        "x" + in[0].shape() + " for the result " + x + " (channels last)",
                        "x" + want,
                        "check channels, padding, and that the output padding is less than the stride");
            }
            return x;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor g) {
            Tensor dy = y.input(0);
            Tensor w = y.input(1);
            return new Tensor[] {
                Tensor.of(new Conv(window, groups), g, w),
                Tensor.of(new ConvFilterGradient(window, groups, w.shape()), g, dy)
            };
        }

        @Override
        public String label() {
            return "conv-input-gradient";
        }
    }

    /// (x, dy) → dw of shape `w`.
    record ConvFilterGradient(WindowSpec window, int groups, Shape w) implements Windowed {
        @Override
        public Shape shape(Tensor[] in) {
            return w;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor g) {
            Tensor x = y.input(0);
            Tensor dy = y.input(1);
            return new Tensor[] {
                Tensor.of(new ConvInputGradient(window, groups, x.shape()), dy, g),
                Tensor.of(new Conv(window, groups), x, g)
            };
        }

        @Override
        public String label() {
            return "conv-filter-gradient";
        }
    }

    /// Greatest of each window; padding never wins.
    record MaxPool(WindowSpec window) implements Windowed {
        @Override
        public Shape shape(Tensor[] in) {
            return window.output("max pool", in[0].shape(), in[0].shape().dim(-1));
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return new Tensor[] {Tensor.of(new MaxPoolGradient(window), y.input(0), dy)};
        }

        @Override
        public String label() {
            return "max-pool";
        }
    }

    /// (x, dy) → dx: dy goes to the first greatest element of each window.
    record MaxPoolGradient(WindowSpec window) implements Windowed {
        @Override
        public Shape shape(Tensor[] in) {
            return in[0].shape();
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor g) {
            return new Tensor[] {null, Tensor.of(new MaxPick(window), y.input(0), g)};
        }

        @Override
        public String label() {
            return "max-pool-gradient";
        }
    }

    /// (x, g) → g where x has its window's first greatest element.
    record MaxPick(WindowSpec window) implements Windowed {
        @Override
        public Shape shape(Tensor[] in) {
            return window.output("max pool", in[0].shape(), in[0].shape().dim(-1));
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return new Tensor[] {null, Tensor.of(new MaxPoolGradient(window), y.input(0), dy)};
        }

        @Override
        public String label() {
            return "max-pick";
        }
    }

    /// Sum of each window; padding counts as 0.
    record SumPool(WindowSpec window) implements Windowed {
        @Override
        public Shape shape(Tensor[] in) {
            return window.output("sum pool", in[0].shape(), in[0].shape().dim(-1));
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return new Tensor[] {Tensor.of(new SumPoolGradient(window, y.input(0).shape()), dy)};
        }

        @Override
        public String label() {
            return "sum-pool";
        }
    }

    /// dy → dx of shape `x`: each dy is added to every element of its window.
    record SumPoolGradient(WindowSpec window, Shape x) implements Windowed {
        @Override
        public Shape shape(Tensor[] in) {
            return x;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor g) {
            return new Tensor[] {Tensor.of(new SumPool(window), g)};
        }

        @Override
        public String label() {
            return "sum-pool-gradient";
        }
    }
}
