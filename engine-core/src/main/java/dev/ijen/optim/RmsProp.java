package dev.ijen.optim;

import dev.ijen.tensor.Tensor;

/// RMSprop (Hinton 2012; centred: Graves, arXiv:1308.0850): `v ← α v + (1 − α) g²`, `w ← w − rate · g / (√v + eps)`;
/// with momentum the quotient is collected first.
///
/// @param alpha memory of the mean square
/// @param eps added to the root
/// @param momentum share of the last movement that is kept
/// @param centred whether the squared mean gradient is taken from v
public record RmsProp(double alpha, double eps, double momentum, boolean centred) implements Rule {
    /// α 0.99, eps 1e-8, no momentum, not centred.
    public static Optimizer of(Schedule schedule) {
        return new RmsProp(0.99, 1e-8, 0, false).with(schedule);
    }

    @Override
    public Tensor next(Update u) {
        var g = u.gradient();
        var v = u.average("square", alpha, g.square());
        if (centred) {
            v = v.sub(u.average("mean", alpha, g).square());
        }
        var move = g.div(v.sqrt().add(eps));
        if (momentum != 0) {
            move = u.set("velocity", u.get("velocity").mul(momentum).add(move));
        }
        return u.weight().sub(move.mul(u.rate()));
    }
}
