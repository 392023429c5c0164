package dev.ijen.train;

import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.util.List;
import java.util.Set;

/// Which weights are the best ones, and when there is no progress any more.
final class Monitor {
    private static final Set<String> LOWER = Set.of(
            "loss", "rmse", "mae", "mape", "mse", "ece", "perplexity", "bits_per_token",
            "bits_per_character", "unigram_loss", "label_error", "fid", "swd",
            "reconstruction", "divergence");

    /// Where no metric decides: the latest weights are taken.
    static final String LAST = "last";

    private final String metric;
    private final boolean last;
    private final double minDelta;
    private final int patience;

    /// @param known metrics of the task, that for `auto` first
    Monitor(TrainConfig config, List<String> known) {
        var asked = config.training().monitor();
        last = asked.equals(LAST);
        metric = last || asked.equals("auto") ? known.getFirst() : asked;
        minDelta = config.training().minDelta();
        patience = config.training().patience();
        if (last && patience > 0) {
            throw new ConfigException(
                    Mark.of("training.patience"), "nothing to wait for", patience + " with monitor: last",
                    "0, or a metric to watch", "set training.monitor to one of " + String.join(", ", known));
        }
        if (!known.contains(metric)) {
            throw new ConfigException(
                    Mark.of("training.monitor"), "no such metric", "'" + metric + "'", String.join(", ", known),
                    "choose one of them, auto, or last");
        }
    }

    /// Whether the latest weights are taken, whatever the metric says.
    boolean takesLast() {
        return last;
    }

    String metric() {
        return metric;
    }

    boolean lowerIsBetter() {
        return LOWER.contains(metric);
    }

    /// The value that is compared.
    ///
    /// @throws IjenException if this data does not have it, as ROC AUC with more than two classes
    double value(Evaluation validation) {
        return validation.metric(metric);
    }

    /// Takes note of an epoch's end; true if it is the best so far. Among equals the lower loss is better.
    boolean observe(Progress p, Evaluation validation) {
        double v = value(validation);
        double gain = lowerIsBetter() ? p.best - v : v - p.best;
        boolean first = Double.isNaN(p.best);
        boolean best = last || first || gain > minDelta || gain == 0 && validation.loss() < p.bestLoss;
        // a lower loss at the same accuracy is progress, too
        p.stale = best ? 0 : p.stale + 1;
        if (best) {
            p.best = v;
            p.bestLoss = validation.loss();
            p.bestStep = p.step;
        }
        return best;
    }

    boolean shouldStop(Progress p) {
        return patience > 0 && p.stale >= patience;
    }
}
