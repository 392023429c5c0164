package dev.ijen.optim;

import dev.ijen.tensor.Tensor;

/// Stochastic gradient descent: `v ← momentum · v + (1 − dampening) · g`, `w ← w − rate · v`; Nesterov's variant moves
/// by `g + momentum · v` (Sutskever et al. 2013). The first v is g.
///
/// @param momentum share of the last movement that is kept
/// @param dampening share of the gradient that is left out
/// @param nesterov whether to look ahead
public record Sgd(double momentum, double dampening, boolean nesterov) implements Rule {
    /// Without momentum.
    public static Optimizer of(Schedule schedule) {
        return new Sgd(0, 0, false).with(schedule);
    }

    /// With momentum.
    public static Optimizer of(Schedule schedule, double momentum) {
        return new Sgd(momentum, 0, false).with(schedule);
    }

    /// With momentum, looking ahead.
    public static Optimizer nesterov(Schedule schedule, double momentum) {
        return new Sgd(momentum, 0, true).with(schedule);
    }

    @Override
    public Tensor next(Update u) {
        var g = u.gradient();
        if (momentum != 0) {
            var v = u.get("velocity").mul(momentum).add(g.mul(1 - dampening));
            if (dampening != 0) {
                v = u.count().eq(1).where(g, v);
            }
            u.set("velocity", v);
            g = nesterov ? g.add(v.mul(momentum)) : v;
        }
        return u.weight().sub(g.mul(u.rate()));
    }
}
