package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// Group normalisation (Wu and He, arXiv:1803.08494): each example's channels of x [N, C, spatial..] are normalised in
/// groups, then scaled and shifted channel by channel. With as many groups as channels it is instance normalisation.
///
/// @param weight scale [C], or null
/// @param bias shift [C], or null
/// @param channels C
/// @param groups number of groups, a divisor of C
/// @param eps added to the variance
public record GroupNorm(Parameter weight, Parameter bias, int channels, int groups, double eps) implements Module {
    /// Checks that groups divide the channels.
    public GroupNorm {
        if (groups < 1 || channels % groups != 0) {
            throw new IjenException("group norm: groups", groups + " of " + channels + " channels", "a divisor",
                    "choose another number");
        }
    }

    /// With scale and shift, eps 1e-5.
    public static GroupNorm of(Engine engine, int groups, int channels) {
        return new GroupNorm(
                engine.parameter("norm.weight", BatchNorm.ones(channels)),
                engine.parameter("norm.bias", HostTensor.zeros(DType.F32, Shape.of(channels))),
                channels,
                groups,
                1e-5);
    }

    @Override
    public Tensor apply(Tensor x) {
        if (x.shape().rank() < 2 || x.shape().dim(1) != channels) {
            throw new ShapeException(
                    "group norm", "x" + x.shape(), "x[N, " + channels + ", spatial..]",
                    "give the channels of the layer before");
        }
        int n = x.shape().dim(0);
        var wide = x.cast(DType.promote(x.dtype(), DType.F32));
        var rows = wide.reshape(n, groups, x.shape().size() / Math.max(1, n * groups));
        var y = rows.normalizeLast(eps).reshape(x.shape());
        if (weight != null) {
            y = y.mul(Conv.perChannel(weight.get(), x.shape()));
        }
        if (bias != null) {
            y = y.add(Conv.perChannel(bias.get(), x.shape()));
        }
        return y.cast(x.dtype());
    }
}
