package dev.ijen.nn;

import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// One vector for a sequence, x [N, T, C] → [N, C].
public enum StepPool implements Module {
    /// The mean over steps.
    MEAN,
    /// The greatest value of each feature.
    MAX,
    /// The last step.
    LAST;

    @Override
    public Tensor apply(Tensor x) {
        if (x.shape().rank() != 3) {
            throw new ShapeException("step pool", "x" + x.shape(), "x[N, T, C]", "put it behind a layer of steps");
        }
        return switch (this) {
            case MEAN -> x.mean(1);
            case MAX -> x.max(1);
            case LAST -> x.select(1, x.shape().dim(1) - 1);
        };
    }
}
