package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// Convolution (cross-correlation): x [N, C, spatial..] → y [N, K, windows..] over one to three spatial axes,
/// `y[n, k, p] = b[k] + Σ w[k, c, r] · x[n, c, p · stride − pad + r · dilation]`.
///
/// @param weight [K, C / groups, window..]
/// @param bias [K], or null
/// @param spec channels, window and how it moves
public record Conv(Parameter weight, Parameter bias, ConvSpec spec) implements Module {
    /// A convolution as described.
    public static Conv of(Engine engine, ConvSpec spec) {
        var shape = Shape.of(spec.weightDims(spec.out(), spec.in() / spec.groups()));
        var start = spec.init().create(engine.hostRandom(), shape, Init.Fan.of(shape));
        return new Conv(engine.parameter("conv.weight", start), Conv.bias(engine, spec), spec);
    }

    /// Over sequences: x [N, C, L].
    public static Conv d1(Engine engine, int in, int out, int size) {
        return of(engine, ConvSpec.of(1, in, out, size));
    }

    /// Over images: x [N, C, H, W].
    public static Conv d2(Engine engine, int in, int out, int size) {
        return of(engine, ConvSpec.of(2, in, out, size));
    }

    /// Over volumes: x [N, C, D, H, W].
    public static Conv d3(Engine engine, int in, int out, int size) {
        return of(engine, ConvSpec.of(3, in, out, size));
    }

    static Parameter bias(Engine engine, ConvSpec spec) {
        return spec.bias() ? engine.parameter("conv.bias", HostTensor.zeros(DType.F32, Shape.of(spec.out()))) : null;
    }

    /// b [C] for adding to x [N, C, spatial..].
    static Tensor perChannel(Tensor b, Shape x) {
        var d = new int[Math.max(1, x.rank() - 1)];
        java.util.Arrays.fill(d, 1);
        d[0] = b.shape().size();
        return b.reshape(d);
    }

    @Override
    public Tensor apply(Tensor x) {
        var window = spec.padding().window(x.shape(), spec.size(), spec.stride(), spec.dilation());
        var y = x.conv(weight.get().cast(x.dtype()), window, spec.groups());
        return bias == null ? y : y.add(perChannel(bias.get().cast(x.dtype()), y.shape()));
    }
}
