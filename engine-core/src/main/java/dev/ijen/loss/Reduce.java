package dev.ijen.loss;

import dev.ijen.tensor.Tensor;

/// What becomes of the losses of single examples or elements.
public enum Reduce {
    /// Their mean.
    MEAN,
    /// Their sum.
    SUM,
    /// They stay as they are.
    NONE;

    Tensor of(Tensor losses) {
        return switch (this) {
            case MEAN -> losses.mean();
            case SUM -> losses.sum();
            case NONE -> losses;
        };
    }

    /// The mean weighs: Σ losses / Σ weights; 0 if all weights are.
    Tensor weighted(Tensor losses, Tensor weights) {
        if (this != MEAN) {
            return of(losses);
        }
        var total = weights.sum();
        return losses.sum().div(total.eq(0).where(total.onesLike(), total));
    }
}
