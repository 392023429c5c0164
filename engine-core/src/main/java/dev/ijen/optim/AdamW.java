package dev.ijen.optim;

import dev.ijen.tensor.Tensor;

/// [Adam] with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101).
///
/// @param adam the rule without decay
public record AdamW(Adam adam) implements Rule {
    /// With the usual constants and a weight decay.
    public static Optimizer of(Schedule schedule, double weightDecay) {
        return new AdamW(new Adam()).with(schedule).withWeightDecay(weightDecay);
    }

    @Override
    public Tensor next(Update u) {
        return adam.next(u);
    }

    @Override
    public Decay decay() {
        return Decay.DECOUPLED;
    }
}
