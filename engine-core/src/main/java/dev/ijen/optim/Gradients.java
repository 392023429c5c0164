package dev.ijen.optim;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import java.util.List;

/// Bounds on gradients.
public final class Gradients {
    private Gradients() {}

    /// √Σ g² over all elements of all gradients, F32 (F64 if any is).
    public static Tensor globalNorm(List<Tensor> gradients) {
        Tensor sum = Tensor.scalar(DType.F32, 0);
        for (var g : gradients) {
            sum = sum.add(g.cast(DType.promote(g.dtype(), DType.F32)).square().sum());
        }
        return sum.sqrt();
    }

    /// The gradients times `min(1, max / (norm + 1e-6))` (Pascanu et al., arXiv:1211.5063).
    public static List<Tensor> clipNorm(List<Tensor> gradients, double max) {
        var scale = globalNorm(gradients).add(1e-6).reciprocal().mul(max).minimum(1);
        return gradients.stream().map(g -> g.mul(scale.cast(g.dtype()))).toList();
    }

    /// Every element between −max and max.
    public static List<Tensor> clipValue(List<Tensor> gradients, double max) {
        return gradients.stream().map(g -> g.clip(-max, max)).toList();
    }
}
