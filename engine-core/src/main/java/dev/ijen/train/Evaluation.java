package dev.ijen.train;

import dev.ijen.metrics.Confusion;
import dev.ijen.tensor.IjenException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How well a model does on some examples.
///
/// @param examples how many
/// @param loss mean; NaN where there is none
/// @param metrics by name, the most important first: `accuracy`, `f1_macro`, …, or `r2`, `rmse`, …
/// @param confusion truth against prediction; null for regression
/// @param worst examples with the greatest loss among the wrong ones, worst first
public record Evaluation(
        int examples, double loss, Map<String, Double> metrics, Confusion confusion, List<WorstError> worst) {
    /// Copies the collections.
    public Evaluation {
        metrics = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        worst = List.copyOf(worst);
    }

    /// A metric by name, or the loss.
    ///
    /// @throws IjenException if it was not computed
    public double metric(String name) {
        if (name.equals("loss")) {
            return loss;
        }
        var v = metrics.get(name);
        if (v == null) {
            throw new IjenException(
                    "no metric '" + name + "'", "'" + name + "'", "loss, " + String.join(", ", metrics.keySet()),
                    "choose one of them");
        }
        return v;
    }

    /// For JSON: the metrics, the loss and how many examples.
    public Map<String, Object> toMap() {
        var all = new LinkedHashMap<String, Object>();
        metrics.forEach((name, v) -> all.put(name, v.isNaN() || v.isInfinite() ? null : v));
        all.put("loss", Double.isFinite(loss) ? loss : null);
        all.put("examples", (long) examples);
        return all;
    }

    /// One line a metric.
    public String toText() {
        var s = new StringBuilder();
        metrics.forEach((name, v) -> s.append(String.format(Locale.ROOT, "%-18s %.4f%n", name, v)));
        if (!Double.isNaN(loss)) {
            s.append(String.format(Locale.ROOT, "%-18s %.4f%n", "loss", loss));
        }
        return s.append(String.format(Locale.ROOT, "%-18s %d%n", "examples", examples)).toString();
    }
}
