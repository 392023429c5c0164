package dev.ijen.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What came of a training.
///
/// @param run its directory
/// @param outcome why it ended
/// @param steps done
/// @param epochs finished
/// @param seconds it took, those before an interruption included
/// @param validation the best weights on the validation part; null where there is none
/// @param test the best weights on the test part; null where there is none, and after an interruption
/// @param metric what decided which weights are best
/// @param bestMetric its best value
/// @param bestStep where that was
/// @param warnings what the user should know
public record TrainResult(
        Path run,
        Outcome outcome,
        long steps,
        int epochs,
        double seconds,
        Evaluation validation,
        Evaluation test,
        String metric,
        double bestMetric,
        long bestStep,
        List<String> warnings) {
    /// Why a training ended.
    public enum Outcome {
        /// All epochs are done.
        COMPLETED,
        /// Validation stopped improving.
        EARLY_STOPPED,
        /// The limit of steps.
        MAX_STEPS,
        /// The limit of time.
        MAX_TIME,
        /// Somebody asked; a checkpoint is saved.
        INTERRUPTED
    }

    /// Copies the list.
    public TrainResult {
        warnings = List.copyOf(warnings);
    }

    /// For JSON.
    public Map<String, Object> toMap() {
        var all = new LinkedHashMap<String, Object>();
        all.put("run", run.toString());
        all.put("outcome", outcome.name().toLowerCase(Locale.ROOT));
        all.put("steps", steps);
        all.put("epochs", (long) epochs);
        all.put("seconds", Math.round(seconds * 1000) / 1000.0);
        all.put("metric", metric);
        all.put("best", Double.isFinite(bestMetric) ? bestMetric : null);
        all.put("best_step", bestStep);
        all.put("validation", validation == null ? null : validation.toMap());
        all.put("test", test == null ? null : test.toMap());
        all.put("warnings", warnings);
        return all;
    }

    /// A few lines for people.
    public String toText() {
        var s = new StringBuilder();
        s.append(String.format(
                Locale.ROOT,
                "%s after %d steps (%d epochs, %.1f s)%n",
                outcome.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                steps,
                epochs,
                seconds));
        if (validation != null) {
            s.append(line("validation", validation));
        }
        if (test != null) {
            s.append(line("test", test));
        }
        return s.append("run        ").append(run).append(System.lineSeparator()).toString();
    }

    private static String line(String part, Evaluation e) {
        var s = new StringBuilder(String.format(Locale.ROOT, "%-10s loss %.4f", part, e.loss()));
        e.metrics().entrySet().stream()
                .limit(3)
                .forEach(m -> s.append(String.format(Locale.ROOT, "  %s %.4f", m.getKey(), m.getValue())));
        return s.append(String.format(Locale.ROOT, "  (%d examples)%n", e.examples())).toString();
    }
}
