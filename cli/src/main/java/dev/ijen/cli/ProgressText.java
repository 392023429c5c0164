package dev.ijen.cli;

import dev.ijen.train.Evaluation;
import dev.ijen.train.TrainEvent;
import dev.ijen.train.TrainResult;

/// The words of progress, the same for bar and lines.
final class ProgressText {
    private ProgressText() {}

    static String started(TrainEvent.Started s) {
        return "%s: %s parameters on %s, %s%n%s steps in %s; run directory %s".formatted(
                s.name(), Text.count(s.parameters()), s.device(), s.data(), Text.count(s.steps()), epochs(s.epochs()),
                s.run());
    }

    private static String epochs(int n) {
        return n == 1 ? "1 epoch" : n + " epochs";
    }

    static String epoch(TrainEvent.Epoch e) {
        var text = new StringBuilder(
                "epoch %d/%d  loss %s".formatted(e.epoch(), e.epochs(), Text.number(e.trainLoss())));
        if (!Double.isNaN(e.trainMetric())) {
            text.append("  accuracy ").append(Text.number(e.trainMetric())); // whatever the validation is judged by
        }
        if (e.validation() != null) {
            text.append("  | validation").append(numbers(e.validation(), e.metric()));
        }
        return text.append("  (").append(Text.duration(e.seconds())).append(')').append(e.best() ? "  best" : "")
                .toString();
    }

    private static String numbers(Evaluation v, String metric) {
        var text = new StringBuilder("  loss ").append(Text.number(v.loss()));
        if (v.metrics().containsKey(metric)) {
            text.append("  ").append(metric).append(' ').append(Text.number(v.metrics().get(metric)));
        }
        return text.toString();
    }

    /// A rate of samples.
    static String rate(double perSecond) {
        return perSecond >= 100 ? Text.count(Math.round(perSecond)) + "/s" : Text.number(perSecond) + "/s";
    }

    static String finished(TrainResult r) {
        var end = switch (r.outcome()) {
            case COMPLETED -> "done after %s steps, %s";
            case EARLY_STOPPED -> "stopped early after %s steps, %s: no further improvement";
            case MAX_STEPS -> "stopped after %s steps, %s: the limit of steps is reached";
            case MAX_TIME -> "stopped after %s steps, %s: the limit of time is reached; 'ijen resume' goes on";
            case INTERRUPTED -> "interrupted after %s steps, %s: the checkpoint is saved";
        };
        return end.formatted(Text.count(r.steps()), Text.duration(r.seconds()));
    }
}
