package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.Tensor;

/// Instance normalisation (Ulyanov et al., arXiv:1607.08022): each channel of each example of x [N, C, spatial..] by
/// itself.
///
/// @param norm a group normalisation with as many groups as channels
public record InstanceNorm(GroupNorm norm) implements Module {
    /// With scale and shift for each channel, eps 1e-5.
    public static InstanceNorm of(Engine engine, int channels) {
        return new InstanceNorm(GroupNorm.of(engine, channels, channels));
    }

    /// Without scale and shift.
    public static InstanceNorm plain(int channels) {
        return new InstanceNorm(new GroupNorm(null, null, channels, channels, 1e-5));
    }

    @Override
    public Tensor apply(Tensor x) {
        return norm.apply(x);
    }
}
