package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;

/// Root-mean-square normalisation (Zhang and Sennrich, arXiv:1910.07467): `y = w · x / √(mean(x²) + eps)` over the last
/// axis.
///
/// @param weight scale [features]
/// @param eps added to the mean square
public record RmsNorm(Parameter weight, double eps) implements Module {
    /// Over a last axis of this extent, eps 1e-6.
    public static RmsNorm of(Engine engine, int features) {
        return new RmsNorm(engine.parameter("norm.weight", BatchNorm.ones(features)), 1e-6);
    }

    @Override
    public Tensor apply(Tensor x) {
        var axes = LayerNorm.lastAxes("rms norm", x.shape(), weight.shape());
        var wide = x.cast(DType.promote(x.dtype(), DType.F32));
        var y = wide.mul(wide.square().meanKeep(axes).add(eps).rsqrt());
        return y.mul(weight.get()).cast(x.dtype());
    }
}
