package dev.ijen.optim;

import dev.ijen.tensor.IjenException;
import java.util.Map;

/// Lowers an optimizer's learning rate when a metric stops falling: after more than `patience` observations in a row
/// that are not below `best · (1 − threshold)`, its scale is multiplied by `factor`. For a metric that should rise,
/// observe its negative.
public final class Plateau {
    private final Optimizer optimizer;
    private final double factor;
    private final int patience;
    private final double threshold;
    private final double least;
    private double best = Double.POSITIVE_INFINITY;
    private int bad;

    private Plateau(Optimizer optimizer, double factor, int patience, double threshold, double least) {
        if (!(factor > 0 && factor < 1) || patience < 0) {
            throw new IjenException(
                    "plateau: not possible", "factor " + factor + ", patience " + patience,
                    "0 < factor < 1, patience ≥ 0", "check them");
        }
        this.optimizer = optimizer;
        this.factor = factor;
        this.patience = patience;
        this.threshold = threshold;
        this.least = least;
    }

    /// Factor 0.1, patience 10, threshold 1e-4.
    public static Plateau of(Optimizer optimizer) {
        return of(optimizer, 0.1, 10);
    }

    /// Threshold 1e-4, no lower limit.
    public static Plateau of(Optimizer optimizer, double factor, int patience) {
        return new Plateau(optimizer, factor, patience, 1e-4, 0);
    }

    /// With all constants; the scale does not fall below `least`.
    public static Plateau of(Optimizer optimizer, double factor, int patience, double threshold, double least) {
        return new Plateau(optimizer, factor, patience, threshold, least);
    }

    /// Takes note of the metric.
    ///
    /// @return whether the rate was lowered
    public boolean observe(double metric) {
        double bound = best - Math.abs(best) * threshold;
        if (best == Double.POSITIVE_INFINITY ? metric < best : metric < bound) {
            best = metric;
            bad = 0;
            return false;
        }
        if (++bad <= patience) {
            return false;
        }
        bad = 0;
        double before = optimizer.scale();
        double after = Math.max(before * factor, least);
        optimizer.scale(after);
        return after < before;
    }

    /// What a checkpoint has to keep (the scale itself is a state of the optimizer).
    public Map<String, Double> state() {
        return Map.of("best", best, "bad", (double) bad);
    }

    /// Goes on from what a checkpoint kept.
    public void restore(Map<String, Double> state) {
        best = state.getOrDefault("best", Double.POSITIVE_INFINITY);
        bad = (int) (double) state.getOrDefault("bad", 0.0);
    }
}
