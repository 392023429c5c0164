package dev.ijen.data;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;

/// Any element type to F32, times a factor: `new ToFloat(1 / 255f)` turns bytes into 0 to 1.
///
/// @param scale the factor
public record ToFloat(float scale) implements Transform {
    @Override
    public Batch apply(Batch batch, Context context) {
        var t = batch.input();
        float[] x = t.toFloatArray();
        for (int i = 0; i < x.length; i++) {
            x[i] *= scale;
        }
        return batch.withInput(HostTensor.of(x, t.shape().dims()));
    }

    @Override
    public ElementSpec output(ElementSpec input) {
        return new ElementSpec(input.name(), DType.F32, input.shape());
    }
}
