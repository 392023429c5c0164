package dev.ijen.optim;

import dev.ijen.tensor.Tensor;

/// AdaGrad (Duchi et al. 2011): `s ← s + g²`, `w ← w − rate · g / (√s + eps)`.
///
/// @param eps added to the root
public record AdaGrad(double eps) implements Rule {
    /// eps 1e-10.
    public static Optimizer of(Schedule schedule) {
        return new AdaGrad(1e-10).with(schedule);
    }

    @Override
    public Tensor next(Update u) {
        var s = u.set("sum", u.get("sum").add(u.gradient().square()));
        return u.weight().sub(u.gradient().mul(u.rate()).div(s.sqrt().add(eps)));
    }
}
