package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// Layer normalisation (Ba et al., arXiv:1607.06450): `y = w · (x − μ) / √(σ² + eps) + b` over the last axes of x [..,
/// features..].
///
/// @param weight scale [features..]
/// @param bias shift [features..]
/// @param eps added to the variance
public record LayerNorm(Parameter weight, Parameter bias, double eps) implements Module {
    /// Over axes of these extents, eps 1e-5.
    public static LayerNorm of(Engine engine, int... features) {
        return new LayerNorm(
                engine.parameter("norm.weight", BatchNorm.ones(features)),
                engine.parameter("norm.bias", HostTensor.zeros(DType.F32, Shape.of(features))),
                1e-5);
    }

    @Override
    public Tensor apply(Tensor x) {
        var axes = lastAxes("layer norm", x.shape(), weight.shape());
        var wide = x.cast(DType.promote(x.dtype(), DType.F32));
        var centred = wide.sub(wide.meanKeep(axes));
        var y = centred.mul(centred.square().meanKeep(axes).add(eps).rsqrt());
        return y.mul(weight.get()).add(bias.get()).cast(x.dtype());
    }

    /// The axes of x that must have the extents of `features`.
    static int[] lastAxes(String what, Shape x, Shape features) {
        int lead = x.rank() - features.rank();
        var axes = new int[features.rank()];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = lead + i;
            if (lead < 0 || x.dim(lead + i) != features.dim(i)) {
                throw new ShapeException(what, "x" + x, "x[.., features] with features = " + features,
                        "give the layer the extents of its input");
            }
        }
        return axes;
    }
}
