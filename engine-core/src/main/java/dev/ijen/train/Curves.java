package dev.ijen.train;

import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import dev.ijen.train.report.Chart;
import dev.ijen.train.report.ChartFile;
import dev.ijen.train.report.Series;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The curves of a training, out of its `metrics.jsonl`.
public final class Curves {
    private static final Set<String> NOT_MEASURED = Set.of(
            "step", "epoch", "split", "loss", "unigram_loss", "time_s", "examples");

    private Curves() {}

    /// Draws loss and the main metric of a run, finished or not, as an SVG file.
    ///
    /// @param run its directory
    /// @return points that were measured
    /// @throws FormatException if the directory has no measurements
    public static int write(Path run, Path svg) {
        var file = run.resolve("metrics.jsonl");
        if (!Files.isRegularFile(file)) {
            throw FormatException.missing(file, "give the directory of a run that 'ijen train' made");
        }
        var lines = MetricsLog.lines(file);
        if (lines.stream().noneMatch(l -> l.get("loss") instanceof Number)) {
            throw FormatException.lacking(file, "no measurements", lines.size() + " lines without a loss",
                    "a logged step at least", "train for longer, or lower training.log_every");
        }
        var metric = lines.stream().filter(Curves::validation).flatMap(l -> l.keySet().stream())
                .filter(k -> !NOT_MEASURED.contains(k)).findFirst();
        var charts = charts(lines, metric.stream().toList(), best(run));
        // the rate is no measurement
        var text = ChartFile.svg(charts.subList(0, charts.size() - 1));
        AtomicFiles.write(svg, text);
        return lines.size();
    }

    private static boolean step(Map<String, Object> line) {
        return "train".equals(line.get("split")) && !line.containsKey("summary");
    }

    private static boolean epoch(Map<String, Object> line) {
        return "train".equals(line.get("split")) && line.containsKey("summary");
    }

    private static boolean validation(Map<String, Object> line) {
        return "val".equals(line.get("split"));
    }

    /// The step of the best weights, where there is a checkpoint of it; else NaN.
    private static double best(Path run) {
        var found = new Checkpoints(run.resolve("checkpoints")).find("best");
        var state = found == null ? null : found.resolve(Checkpoints.STATE);
        return state == null || !Files.isRegularFile(state) ? Double.NaN
                : Fields.of(state.toString(), Json.parse(state)).whole("step");
    }

    /// Loss, metrics and learning rate over steps.
    ///
    /// @param lines of the file
    /// @param metrics to draw beside the loss; a double one counts once
    /// @param mark a step to point out; NaN for none
    static List<Chart> charts(List<Map<String, Object>> lines, List<String> metrics, double mark) {
        var all = new ArrayList<Chart>();
        var loss = new ArrayList<>(List.of(
                series("training, steps", "a thin", lines, Curves::step, "loss"),
                series("training, epochs", "a", lines, Curves::epoch, "loss"),
                series("validation", "b", lines, Curves::validation, "loss")));
        if (lines.stream().filter(Curves::validation).anyMatch(l -> l.containsKey("unigram_loss"))) {
            loss.add(series("by frequency alone", "c thin", lines, Curves::validation, "unigram_loss"));
        }
        all.add(new Chart("Loss", loss,
                loss.stream().flatMapToDouble(l -> Arrays.stream(l.y())).allMatch(v -> v > 0), mark));
        for (var m : metrics.stream().distinct().filter(m -> !m.equals("loss")).toList()) {
            var validation = series("validation", "b", lines, Curves::validation, m);
            all.add(m.equals("accuracy")
                    ? new Chart("Accuracy",
                            List.of(series("training, epochs", "a", lines, Curves::epoch, m), validation),
                            false,
                            mark)
                    : new Chart(m, List.of(validation), false, mark));
        }
        all.add(new Chart("Learning rate", List.of(series("learning rate", "c", lines, Curves::step, "lr")), false,
                Double.NaN));
        return all;
    }

    private static Series series(String name, String style, List<Map<String, Object>> lines,
            Predicate<Map<String, Object>> which, String key) {
        var points = lines.stream().filter(which)
                .filter(l -> l.get("step") instanceof Long && l.get(key) instanceof Number).toList();
        return new Series(
                name,
                style,
                points.stream().mapToDouble(l -> number(l.get("step"))).toArray(),
                points.stream().mapToDouble(l -> number(l.get(key))).toArray());
    }

    private static double number(Object v) {
        return v instanceof Number n ? n.doubleValue() : Double.NaN;
    }
}
