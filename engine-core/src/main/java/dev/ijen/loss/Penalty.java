package dev.ijen.loss;

import dev.ijen.engine.Cells;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;

/// Terms that keep weights small, to be added to a loss.
public final class Penalty {
    private Penalty() {}

    /// `λ Σ |w|` over all parameters of a model: drives weights that do not matter to 0.
    public static Tensor l1(Object model, double lambda) {
        return l1(model, "*", lambda);
    }

    /// `λ Σ |w|` over the parameters whose dotted names match a pattern, as in `*.weight`.
    public static Tensor l1(Object model, String pattern, double lambda) {
        return sum(model, pattern, false).mul(lambda);
    }

    /// `λ / 2 · Σ w²` over all parameters of a model; its gradient is exactly λ w.
    public static Tensor l2(Object model, double lambda) {
        return l2(model, "*", lambda);
    }

    /// `λ / 2 · Σ w²` over the parameters whose dotted names match a pattern, as in `*.weight`.
    public static Tensor l2(Object model, String pattern, double lambda) {
        return sum(model, pattern, true).mul(lambda / 2);
    }

    private static Tensor sum(Object model, String pattern, boolean squares) {
        Tensor sum = null;
        for (var e : Cells.parameters(model).entrySet()) {
            if (Cells.matches(pattern, e.getKey())) {
                var w = e.getValue().get();
                var s = (squares ? w.square() : w.abs()).sum();
                sum = sum == null ? s : sum.add(s);
            }
        }
        if (sum == null) {
            throw new IjenException(
                    "penalty: no parameter matches", "'" + pattern + "'", "one of " + Cells.parameters(model).keySet(),
                    "check the pattern");
        }
        return sum;
    }
}
