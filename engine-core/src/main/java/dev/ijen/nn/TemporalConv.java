package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// Causal dilated convolution over time (Bai et al., arXiv:1803.01271): x [N, T, C] → [N, T, out], where step t depends on steps t − k ·
/// dilation, k < size, alone; what would lie before the first step is 0.
///
/// @param conv over [N, C, time]
/// @param before steps of zeros, (size − 1) · dilation
public record TemporalConv(Conv conv, int before) implements Module {
    /// With He's initialisation and a bias.
    public static TemporalConv of(Engine engine, int in, int out, int size, int dilation) {
        var spec = ConvSpec.of(1, in, out, size).withPadding(Padding.valid()).withDilation(dilation);
        return new TemporalConv(Conv.of(engine, spec), (size - 1) * dilation);
    }

    @Override
    public Tensor apply(Tensor x) {
        MultiHeadAttention.check("temporal convolution", x.shape(), conv.weight().shape().dim(1));
        var zeros = Tensor.full(x.dtype() == DType.BOOL ? DType.F32 : x.dtype(), 0,
                Shape.of(x.shape().dim(0), before, x.shape().dim(2)));
        var padded = before == 0 ? x : Tensor.concat(1, zeros, x);
        return conv.apply(padded.permute(0, 2, 1)).permute(0, 2, 1);
    }
}
