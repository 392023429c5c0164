package dev.ijen.optim;

import dev.ijen.tensor.Tensor;

/// How one parameter moves: the formula of an optimizer, free of schedules, groups, clipping and accumulation, which
/// [Optimizer] does for all.
@FunctionalInterface
public interface Rule {
    /// What weight decay λ does.
    enum Decay {
        /// λ · w is added to the gradient: L2 regularisation.
        COUPLED,
        /// w is multiplied by 1 − rate · λ first (Loshchilov and Hutter, arXiv:1711.05101).
        DECOUPLED,
        /// The rule does it, by [Update#decay].
        BY_RULE
    }

    /// The new weight.
    Tensor next(Update u);

    /// What weight decay does under this rule.
    default Decay decay() {
        return Decay.COUPLED;
    }

    /// An optimizer of this rule.
    default Optimizer with(Schedule schedule) {
        return Optimizer.of(this, schedule);
    }
}
