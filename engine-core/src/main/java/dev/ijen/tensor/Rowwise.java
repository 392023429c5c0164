package dev.ijen.tensor;

/// Operations on whole rows: the last axis.
public sealed interface Rowwise extends Op {
    /// eˣ / Σ eˣ along the last axis, or its logarithm x − ln Σ eˣ.
    record Softmax(boolean log) implements Rowwise {
        @Override
        public Shape shape(Tensor[] in) {
            if (in[0].shape().rank() == 0) {
                throw new ShapeException(label(), in[0].toString(), "at least one axis", "reshape first");
            }
            return in[0].shape();
        }

        @Override
        public DType dtype(Tensor[] in) {
            if (!in[0].dtype().isFloat()) {
                throw ShapeException.dtype(label(), in[0].dtype(), "real numbers", "cast to F32 first");
            }
            return in[0].dtype();
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            if (log) {
                return new Tensor[] {dy.sub(y.exp().mul(dy.sumKeep(-1)))};
            }
            var p = dy.mul(y);
            return new Tensor[] {p.sub(y.mul(p.sumKeep(-1)))};
        }

        @Override
        public String label() {
            return log ? "log-softmax" : "softmax";
        }
    }

    /// logits [N, C], labels [N] (I32) → −ln softmax(logits)[label], [N]; 0 where the label is negative.
    record CrossEntropy() implements Rowwise {
        @Override
        public Shape shape(Tensor[] in) {
            Shape x = in[0].shape();
            Shape l = in[1].shape();
            if (x.rank() != 2 || l.rank() != 1 || x.dim(0) != l.dim(0)) {
                throw new ShapeException(
                        "cross-entropy", "logits" + x + ", labels" + l, "logits[N, C], labels[N]",
                        "flatten positions into N");
            }
            return l;
        }

        @Override
        public DType dtype(Tensor[] in) {
            if (!in[0].dtype().isFloat() || in[1].dtype() != DType.I32) {
                throw ShapeException.dtype(
                        "cross-entropy", in[in[0].dtype().isFloat() ? 1 : 0].dtype(), "real logits and I32 labels",
                        "cast first");
            }
            return in[0].dtype();
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            var x = y.input(0);
            var label = y.input(1).reshape(x.shape().dim(0), 1);
            var hot = Tensor.iota(1, x.shape()).eq(label).cast(x.dtype());
            var g = x.softmax().sub(hot).mul(dy.reshape(x.shape().dim(0), 1));
            return new Tensor[] {label.ge(0).where(g, g.zerosLike()), null};
        }

        @Override
        public String label() {
            return "cross-entropy";
        }
    }
}
