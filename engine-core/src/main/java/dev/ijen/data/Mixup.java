package dev.ijen.data;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.ShapeException;

/// Mixes every example with another of its batch (Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018):
/// `x = λ·x₁ + (1 − λ)·x₂`, labels alike (F32 `[N, classes]`), λ from Beta(α, α), one for every example.
///
/// @param alpha strength; 0.2 is usual
/// @param classes number of classes
public record Mixup(double alpha, int classes) implements Transform {
    /// Checks the settings.
    public Mixup {
        Mixing.check("mixup", alpha, classes);
    }

    @Override
    public Batch apply(Batch batch, Context context) {
        if (batch.size() == 0) {
            return batch;
        }
        var t = batch.input();
        if (t.dtype() != DType.F32) {
            throw new ShapeException("mixup", t.dtype() + t.shape().toString(), "F32 [N, …]",
                    "convert with ToFloat first");
        }
        int[] partners = Mixing.partners(context.random(batch.indices()[0]), batch.size());
        float[] x = t.toFloatArray();
        var mixed = new float[x.length];
        var lambda = new float[batch.size()];
        int row = x.length / batch.size();
        for (int i = 0; i < batch.size(); i++) {
            float l = (float) context.random(~batch.indices()[i]).beta(alpha);
            lambda[i] = l;
            for (int k = 0, a = i * row, b = partners[i] * row; k < row; k++) {
                mixed[a + k] = l * x[a + k] + (1 - l) * x[b + k];
            }
        }
        return Batch.of(
                HostTensor.of(mixed, t.shape().dims()),
                Mixing.labels("mixup", batch.labels(), partners, lambda, classes),
                batch.indices());
    }

    @Override
    public ElementSpec label(ElementSpec label) {
        return Mixing.label(label, classes);
    }
}
