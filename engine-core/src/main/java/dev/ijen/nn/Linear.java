package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// `y = x · wᵀ + b`: x [.., in] → y [.., out].
///
/// @param weight [out, in], the layout of PyTorch's files
/// @param bias [out], or null
/// @param lora an adapter beside the weight, or null
public record Linear(Parameter weight, Parameter bias, LowRank lora) implements Module {
    /// Without an adapter.
    public Linear(Parameter weight, Parameter bias) {
        this(weight, bias, null);
    }

    /// With He's uniform initialisation and a bias that starts at 0.
    public static Linear of(Engine engine, int in, int out) {
        return of(engine, in, out, Init.heUniform(), true);
    }

    /// With a chosen initialisation, with or without bias.
    public static Linear of(Engine engine, int in, int out, Init init, boolean bias) {
        var shape = Shape.of(out, in);
        return new Linear(
                engine.parameter("linear.weight", init.create(engine.hostRandom(), shape, Init.Fan.of(shape))),
                bias ? engine.parameter("linear.bias", HostTensor.zeros(DType.F32, Shape.of(out))) : null);
    }

    @Override
    public Tensor apply(Tensor x) {
        int in = weight.shape().dim(1);
        int out = weight.shape().dim(0);
        if (x.shape().rank() == 0 || x.shape().dim(-1) != in) {
            throw new ShapeException(
                    "linear",
                    "x" + x.shape() + " · w" + weight.shape() + "ᵀ",
                    "x[.., in] with in = " + in,
                    "check the previous layer's output size, or flatten before");
        }
        var rows = x.shape().rank() == 2 ? x : x.reshape(x.shape().size() / Math.max(1, in), in);
        var type = DType.promote(x.dtype(), weight.dtype());
        // the bias after the reshape, so that it and what follows are one loop
        var shape = x.shape().with(-1, out);
        var y = Contraction.MatMul.of(rows.cast(type), false, weight.get().cast(type), true).reshape(shape);
        if (bias != null) {
            y = y.add(bias.get());
        }
        return lora == null ? y : y.add(lora.apply(rows).reshape(shape).cast(y.dtype()));
    }
}
