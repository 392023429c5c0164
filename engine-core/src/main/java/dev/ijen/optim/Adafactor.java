package dev.ijen.optim;

import dev.ijen.tensor.Tensor;

/// Adafactor (Shazeer and Stern, arXiv:1804.04235): mean squares are kept as one number a row and one a column of the
/// last two axes, `v̂ = row · column / mean(row)`, with memory `β = 1 − t^−0.8`. The update `g / √v̂` is scaled down to
/// a root mean square of `threshold`, and the rate, `min(rate, 1 / √t)`, is relative to the weight's: times `max(eps2,
/// rms(w))`. Weights of one axis keep a full mean square.
///
/// @param eps1 least mean square
/// @param eps2 least root mean square of a weight
/// @param threshold greatest root mean square of an update
public record Adafactor(double eps1, double eps2, double threshold) implements Rule {
    /// The paper's constants: 1e-30, 1e-3, 1. Its rate is 0.01.
    public static Optimizer of(Schedule schedule) {
        return new Adafactor(1e-30, 1e-3, 1).with(schedule);
    }

    @Override
    public Tensor next(Update u) {
        var w = u.weight();
        var g = u.gradient();
        var square = g.square().add(eps1);
        var fresh = u.count().log().mul(-0.8).exp();
        var v = w.shape().rank() < 2 ? follow(u, "v", fresh, square) : factored(u, fresh, square);
        var update = g.mul(v.rsqrt());
        update = update.div(rms(update).div(threshold).maximum(1));
        var rate = u.rate().minimum(u.count().rsqrt()).mul(rms(w).maximum(eps2));
        return w.sub(update.mul(rate));
    }

    private static Tensor factored(Update u, Tensor fresh, Tensor square) {
        var row = follow(u, "row", fresh, square.meanKeep(-1));
        var column = follow(u, "column", fresh, square.meanKeep(-2));
        return row.div(row.meanKeep(-2)).mul(column);
    }

    private static Tensor follow(Update u, String slot, Tensor fresh, Tensor value) {
        var old = u.get(slot, value.shape());
        return u.set(slot, old.add(value.sub(old).mul(fresh)));
    }

    private static Tensor rms(Tensor t) {
        return t.square().mean().sqrt();
    }

    @Override
    public Decay decay() {
        return Decay.DECOUPLED;
    }
}
