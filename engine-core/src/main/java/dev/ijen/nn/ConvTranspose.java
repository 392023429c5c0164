package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// Transposed convolution: x [N, C, spatial..] → y [N, K, larger..], each extent
/// `(n − 1) · stride − 2 · pad + dilation · (size − 1) + outputPadding + 1`.
///
/// @param weight [C, K / groups, window..]
/// @param bias [K], or null
/// @param spec channels (`in` is C), window and how it moves; padding valid or explicit
/// @param outputPadding added to the end of each spatial axis; less than the stride
public record ConvTranspose(Parameter weight, Parameter bias, ConvSpec spec, int outputPadding) implements Module {
    /// Checks that the padding has a meaning here.
    public ConvTranspose {
        if (spec.padding() instanceof Padding.Same) {
            throw new IjenException(
                    "transposed conv: padding", "same", "valid or explicit padding",
                    "use Padding.of(n): the output extent is given by it");
        }
    }

    /// A transposed convolution as described.
    public static ConvTranspose of(Engine engine, ConvSpec spec, int outputPadding) {
        var shape = Shape.of(spec.weightDims(spec.in(), spec.out() / spec.groups()));
        int window = shape.size() / (shape.dim(0) * shape.dim(1));
        var fan = new Init.Fan(spec.in() / spec.groups() * window, spec.out() * window);
        var start = spec.init().create(engine.hostRandom(), shape, fan);
        return new ConvTranspose(engine.parameter("conv.weight", start), Conv.bias(engine, spec), spec, outputPadding);
    }

    @Override
    public Tensor apply(Tensor x) {
        var window = spec.padding().window(x.shape(), spec.size(), spec.stride(), spec.dilation());
        var y = x.convTranspose(weight.get().cast(x.dtype()), window, spec.groups(), outputPadding);
        return bias == null ? y : y.add(Conv.perChannel(bias.get().cast(x.dtype()), y.shape()));
    }
}
