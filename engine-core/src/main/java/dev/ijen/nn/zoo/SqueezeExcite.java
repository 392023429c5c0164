package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.tensor.Tensor;

/// Squeeze and excite (Hu et al., arXiv:1709.01507): `y = x · gate(expand(inner(reduce(mean(x)))))`, a factor for each channel from the
/// means of all; x [N, C, H, W] → the same.
///
/// @param reduce C → fewer
/// @param inner activation between
/// @param expand back to C
/// @param gate what makes it a factor: sigmoid or hard sigmoid
public record SqueezeExcite(Linear reduce, Activation inner, Linear expand, Activation gate) implements Module {
    /// With `squeezed` channels inside.
    public static SqueezeExcite of(Engine engine, int channels, int squeezed, Activation inner, Activation gate) {
        return new SqueezeExcite(
                Linear.of(engine, channels, squeezed), inner, Linear.of(engine, squeezed, channels), gate);
    }

    @Override
    public Tensor apply(Tensor x) {
        var inside = inner.apply(Probe.apply("reduce", reduce, x.globalAvgPool()));
        var factor = gate.apply(Probe.apply("expand", expand, inside));
        return x.mul(factor.reshape(x.shape().dim(0), x.shape().dim(1), 1, 1));
    }
}
