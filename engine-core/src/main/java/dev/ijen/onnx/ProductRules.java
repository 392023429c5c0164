package dev.ijen.onnx;

import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// Matrix products and what is made of them.
final class ProductRules {
    private ProductRules() {}

    static void add(Ops o) {
        o.same("MatMul", c -> c.x(0).matmul(c.x(1)));
        o.same("Gemm", ProductRules::gemm);
        o.same("Einsum", Einsum::of);
        o.same("Det", ProductRules::det);
    }

    private static Tensor gemm(Call c) {
        var a = c.x(0);
        var b = c.x(1);
        if (a.shape().rank() != 2 || b.shape().rank() != 2) {
            if (c.version() >= 7 || b.shape().rank() != 2) {
                throw c.fail("A" + a.shape() + " · B" + b.shape(), "two matrices");
            }
            a = Layout.matrix(a, 1); // old exporters left out the flattening
        }
        var y = Contraction.MatMul.of(a, c.flag("transA"), b, c.flag("transB"));
        double alpha = c.f("alpha", 1);
        double beta = c.f("beta", 1);
        y = alpha == 1 ? y : scale(y, alpha);
        if (!c.has(2) || beta == 0) {
            return y;
        }
        return y.add(beta == 1 ? c.x(2) : scale(c.x(2), beta));
    }

    private static Tensor scale(Tensor x, double by) {
        return x.dtype().isFloat() ? x.mul(by) : x.cast(DType.F64).mul(by).cast(x.dtype());
    }

    /// By elimination without a branch: in each column the row with the greatest element is exchanged with the first. x [.., n, n] → [..].
    private static Tensor det(Call c) {
        var x = c.x(0);
        int rank = x.shape().rank();
        int n = x.shape().dim(-1);
        if (rank < 2 || x.shape().dim(-2) != n) {
            throw c.fail("x" + x.shape(), "square matrices");
        }
        int batch = Layout.product(x.shape(), 0, rank - 2);
        var a = x.reshape(batch, n, n);
        var det = Tensor.full(x.dtype(), 1, Shape.of(batch, 1));
        for (int k = n; k > 0; k--) {
            // the matrix left is [batch, k, k]
            var column = a.slice(2, 0, 1).reshape(batch, k);
            var p = column.abs().argmax(1);
            var row = Tensor.iota(1, Shape.of(batch, k));
            var swapped = row.eq(0).where(p.insertAxis(1), row.eq(p.insertAxis(1)).where(row.zerosLike(), row));
            a = a.gather(1, swapped.insertAxis(2).broadcast(batch, k, k));
            var pivot = a.slice(1, 0, 1).slice(2, 0, 1).reshape(batch, 1);
            det = det.mul(pivot).mul(p.insertAxis(1).eq(0).where(pivot.onesLike(), pivot.onesLike().neg()));
            if (k > 1) {
                var safe = pivot.eq(0).where(pivot.onesLike(), pivot).reshape(batch, 1, 1);
                var below = a.slice(1, 1, k - 1);
                a = below.slice(2, 1, k - 1)
                        .sub(below.slice(2, 0, 1).div(safe).mul(a.slice(1, 0, 1).slice(2, 1, k - 1)));
            }
        }
        var to = new int[rank - 2];
        System.arraycopy(x.shape().dims(), 0, to, 0, rank - 2);
        return det.reshape(Shape.of(to));
    }
}
