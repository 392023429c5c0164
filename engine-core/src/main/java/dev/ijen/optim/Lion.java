package dev.ijen.optim;

import dev.ijen.tensor.Tensor;

/// Lion (Chen et al., arXiv:2302.06675): `w ← w − rate · sign(β₁ m + (1 − β₁) g)`, then `m ← β₂ m + (1 − β₂) g`. Rates
/// are about a tenth of Adam's; weight decay is decoupled.
///
/// @param beta1 memory in the direction
/// @param beta2 memory of the mean
public record Lion(double beta1, double beta2) implements Rule {
    /// β₁ 0.9, β₂ 0.99.
    public static Optimizer of(Schedule schedule) {
        return new Lion(0.9, 0.99).with(schedule);
    }

    @Override
    public Tensor next(Update u) {
        var direction = u.get("m").mul(beta1).add(u.gradient().mul(1 - beta1)).sign();
        u.average("m", beta2, u.gradient());
        return u.weight().sub(direction.mul(u.rate()));
    }

    @Override
    public Decay decay() {
        return Decay.DECOUPLED;
    }
}
