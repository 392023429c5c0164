package dev.ijen.tensor;

/// Sums of products.
public sealed interface Contraction extends Op {
    /// a [.., M, K] (or [.., K, M] if `ta`) · b [.., K, N] (or [.., N, K] if `tb`) → [.., M, N]; leading axes are equal.
    record MatMul(boolean ta, boolean tb) implements Contraction {
        @Override
        public Shape shape(Tensor[] in) {
            Shape a = in[0].shape();
            Shape b = in[1].shape();
            boolean fit = a.rank() == b.rank() && a.rank() >= 2;
            for (int i = 0; fit && i < a.rank() - 2; i++) {
                fit = a.dim(i) == b.dim(i);
            }
            if (!fit || a.dim(ta ? -2 : -1) != b.dim(tb ? -1 : -2)) {
                throw new ShapeException(
                        "matmul",
                        "a" + a + (ta ? "ᵀ" : "") + " · b" + b + (tb ? "ᵀ" : ""),
                        "a[.., M, K] · b[.., K, N] with equal K and equal leading axes",
                        "check the previous layer's output size");
            }
            // at once: [N, V] transposed would be [V, V] between two changes, which a large vocabulary does not fit into
            var to = a.dims();
            to[to.length - 2] = a.dim(ta ? -1 : -2);
            to[to.length - 1] = b.dim(tb ? -2 : -1);
            return Shape.of(to);
        }

        @Override
        public DType dtype(Tensor[] in) {
            if (in[0].dtype() == DType.BOOL || in[0].dtype() != in[1].dtype()) {
                throw ShapeException.dtype(
                        "matmul", in[in[0].dtype() == DType.BOOL ? 0 : 1].dtype(), "two tensors of one number type",
                        "cast first");
            }
            return in[0].dtype();
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            Tensor a = y.input(0);
            Tensor b = y.input(1);
            return new Tensor[] {
                ta ? of(b, tb, dy, true) : of(dy, false, b, !tb), tb ? of(dy, true, a, ta) : of(a, !ta, dy, false)
            };
        }

        @Override
        public String label() {
            return "matmul";
        }

        /// The product with either side transposed.
        public static Tensor of(Tensor a, boolean ta, Tensor b, boolean tb) {
            return Tensor.of(new MatMul(ta, tb), a, b);
        }
    }
}
