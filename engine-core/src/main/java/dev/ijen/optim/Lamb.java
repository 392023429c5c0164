package dev.ijen.optim;

import dev.ijen.tensor.Tensor;

/// LAMB (You et al., arXiv:1904.00962): Adam's direction plus decay, `r = m̂ / (√v̂ + eps) + λ w`, as long as the
/// weight: `w ← w − rate · ‖w‖ / ‖r‖ · r`, parameter by parameter. Where either norm is 0 the factor is 1.
///
/// @param beta1 memory of the mean
/// @param beta2 memory of the mean square
/// @param eps added to the root
public record Lamb(double beta1, double beta2, double eps) implements Rule {
    /// β₁ 0.9, β₂ 0.999, eps 1e-6.
    public static Optimizer of(Schedule schedule) {
        return new Lamb(0.9, 0.999, 1e-6).with(schedule);
    }

    @Override
    public Tensor next(Update u) {
        var w = u.weight();
        var m = u.average("m", beta1, u.gradient()).div(u.correction(beta1));
        var v = u.average("v", beta2, u.gradient().square()).div(u.correction(beta2));
        var r = m.div(v.sqrt().add(eps)).add(w.mul(u.decay()));
        var ratio = w.norm().div(r.norm());
        var trust = w.norm().gt(0).and(r.norm().gt(0)).where(ratio, 1);
        return w.sub(r.mul(u.rate().mul(trust)));
    }

    @Override
    public Decay decay() {
        return Decay.BY_RULE;
    }
}
