package dev.ijen.optim;

import dev.ijen.tensor.Tensor;

/// Adam (Kingma and Ba, arXiv:1412.6980): `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`,
/// `w ← w − rate · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + eps)`.
///
/// @param beta1 memory of the mean
/// @param beta2 memory of the mean square
/// @param eps added to the root
public record Adam(double beta1, double beta2, double eps) implements Rule {
    /// β₁ 0.9, β₂ 0.999, eps 1e-8.
    public Adam() {
        this(0.9, 0.999, 1e-8);
    }

    /// With the usual constants.
    public static Optimizer of(Schedule schedule) {
        return new Adam().with(schedule);
    }

    @Override
    public Tensor next(Update u) {
        var m = u.average("m", beta1, u.gradient());
        var v = u.average("v", beta2, u.gradient().square());
        var root = v.sqrt().div(u.correction(beta2).sqrt()).add(eps);
        return u.weight().sub(m.mul(u.rate().div(u.correction(beta1))).div(root));
    }
}
