package dev.ijen.nn;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// Rotary positions (Su et al., arXiv:2104.09864): features i and i + D/2 of a head, taken as a point of the plane, are turned by the angle
/// position · base^(−2i / D), so that the product of a query and a key depends on their distance. The pairing is that of GPT-NeoX and Llama.
public final class Rotary {
    private Rotary() {}

    /// x [N, T, H, D], D even → the same, turned; positions are 0 to T − 1. Angles are computed in F32 at least.
    public static Tensor apply(Tensor x, double base) {
        return apply(x, base, null);
    }

    /// The same with positions that begin at `first`, a scalar; null for 0.
    public static Tensor apply(Tensor x, double base, Tensor first) {
        var s = x.shape();
        if (s.rank() != 4 || s.dim(3) % 2 != 0) {
            throw new ShapeException("rotary", "x" + s, "x[N, T, H, D] with D even",
                    "split the features into heads of an even size");
        }
        int half = s.dim(3) / 2;
        var type = DType.promote(x.dtype(), DType.F32);
        var plane = Shape.of(s.dim(1), 1, half);
        var speed = Tensor.iota(2, plane).cast(type).mul(-Math.log(base) / Math.max(1, half)).exp();
        var position = Tensor.iota(0, plane).cast(type);
        var angle = (first == null ? position : position.add(first.cast(type))).mul(speed);
        var cos = angle.cos();
        var sin = angle.sin();
        var a = x.slice(3, 0, half).cast(type);
        var b = x.slice(3, half, half).cast(type);
        return Tensor.concat(3, a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))).cast(x.dtype());
    }
}
