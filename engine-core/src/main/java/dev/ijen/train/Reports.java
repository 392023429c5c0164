package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Images;
import dev.ijen.format.Json;
import dev.ijen.metrics.Confusion;
import dev.ijen.nn.LayerRow;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.config.ConfigWriter;
import dev.ijen.train.config.TrainConfig;
import dev.ijen.train.report.Chart;
import dev.ijen.train.report.HtmlReport;
import dev.ijen.train.report.HtmlReport.Mistake;
import dev.ijen.train.report.HtmlReport.Tile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// `report.html` for people and `report.json` for programs, from what a run left behind.
final class Reports {
    /// The page is for reading; a training can warn at every reading of its losses.
    private static final int MOST_WARNINGS = 20;
    private static final Set<String> PERCENT = Set.of("accuracy", "exact_match", "token_accuracy");

    private Reports() {}

    /// What is reported on.
    ///
    /// @param metric that decided which weights are best
    /// @param pairs truth and prediction of a regression; null for classes
    record Subject(
            RunDirectory run,
            TrainConfig config,
            TrainResult result,
            DataParts data,
            TrainPlan plan,
            Map<String, Object> environment,
            String metric,
            double[][] pairs) {
        /// The part the report is about: the test part, or else the validation part.
        Evaluation judged() {
            return result.test() != null ? result.test() : result.validation();
        }

        Dataset judgedOn() {
            return result.test() != null ? data.test() : data.validation();
        }

        String part() {
            return result.test() != null ? "test" : "validation";
        }
    }

    static void write(Subject s) {
        AtomicFiles.write(s.run.path().resolve("report.json"), Json.write(json(s)));
        AtomicFiles.write(s.run.path().resolve("report.html"), html(s));
    }

    private static Map<String, Object> json(Subject s) {
        var all = new LinkedHashMap<String, Object>();
        all.put("name", s.config.name());
        all.putAll(s.result.toMap());
        all.put("data", s.data.description());
        all.put("classes", s.data.train().classNames());
        var e = s.judged();
        if (e != null && e.confusion() != null) {
            var rows = new ArrayList<List<Long>>();
            for (var row : e.confusion().counts()) {
                rows.add(java.util.Arrays.stream(row).boxed().toList());
            }
            all.put("confusion", rows);
        }
        if (e != null) {
            all.put("worst", e.worst().stream().map(Reports::worst).toList());
        }
        all.put("model", s.plan.toMap());
        all.put("environment", s.environment);
        return all;
    }

    private static Map<String, Object> worst(WorstError w) {
        var m = new LinkedHashMap<String, Object>();
        m.put("index", (long) w.index());
        m.put("truth", w.truth());
        m.put("predicted", w.predicted());
        m.put("confidence", Double.isFinite(w.confidence()) ? w.confidence() : null);
        m.put("loss", w.loss());
        return m;
    }

    private static String html(Subject s) {
        var r = s.result;
        var page = HtmlReport.of(s.config.name(), s.data.description()).tiles(tiles(s));
        if (r.outcome() == TrainResult.Outcome.INTERRUPTED || r.outcome() == TrainResult.Outcome.MAX_TIME) {
            page.warning(format("%s after step %,d. 'ijen resume %s' goes on from there, to the same weights.",
                    r.outcome() == TrainResult.Outcome.MAX_TIME ? "The time was up" : "Interrupted", r.steps(),
                    s.run.path()));
        }
        r.warnings().stream().limit(MOST_WARNINGS).forEach(page::warning);
        if (r.warnings().size() > MOST_WARNINGS) {
            page.warning(format("%,d more warnings, all of them in train.log.", r.warnings().size() - MOST_WARNINGS));
        }
        page.charts("Training", charts(s));
        var e = s.judged();
        if (e != null && e.confusion() != null) {
            page.confusion(
                    "Classes (" + s.part() + " part)",
                    s.data.train().classNames(),
                    e.confusion().counts(),
                    List.of("class", "#examples", "#precision", "#recall", "#f1"),
                    perClass(s.data.train().classNames(), e.confusion()));
        }
        if (e != null && s.pairs != null) {
            var metrics = new LinkedHashMap<String, String>();
            e.metrics().forEach((name, v) -> metrics.put(name, HtmlReport.number(v)));
            page.scatter("Predictions (" + s.part() + " part)", s.pairs[0], s.pairs[1], metrics);
        }
        if (e != null) {
            page.mistakes("Worst errors (" + s.part() + " part)", s.pairs == null ? "how sure" : "how far off",
                    mistakes(s, e));
        }
        var below = format(
                "Input %s, %,d parameters, %,d operations an example; %.1f MiB on the device in training, %d launches a step.",
                s.plan.input(), s.plan.parameters(), s.plan.flopsForward(), s.plan.memoryBytes() / 1048576.0,
                s.plan.step().launches());
        return page.table("Model", List.of("layer", "output", "#parameters"), layers(s.plan.layers()), below)
                .keys("Environment", flat("", s.environment, new LinkedHashMap<>()))
                .text("Configuration", ConfigWriter.yaml(s.config))
                .html();
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static List<Tile> tiles(Subject s) {
        var all = new ArrayList<Tile>();
        var r = s.result;
        var first = true;
        for (var name : List.of("test ", "validation ")) {
            var part = name.equals("test ") ? r.test() : r.validation();
            if (part == null) {
                continue;
            }
            var main = part.metrics().entrySet().iterator().next();
            all.add(new Tile(name + main.getKey(), score(main.getKey(), main.getValue()), first));
            all.add(new Tile(name + "loss", HtmlReport.number(part.loss()), false));
            first = false;
        }
        all.add(new Tile("outcome", r.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '), false));
        all.add(new Tile("epochs, steps", r.epochs() + ", " + format("%,d", r.steps()), false));
        all.add(new Tile("time", time(r.seconds()), false));
        all.add(new Tile("parameters", format("%,d", s.plan.parameters()), false));
        return all;
    }

    private static String score(String metric, double v) {
        return PERCENT.contains(metric) ? format("%.2f %%", 100 * v) : HtmlReport.number(v);
    }

    private static String time(double seconds) {
        return seconds < 90 ? format("%.1f s", seconds) : seconds < 5400 ? format("%.1f min", seconds / 60)
                : format("%.1f h", seconds / 3600);
    }

    private static List<Chart> charts(Subject s) {
        double mark = s.data.validation() == null || s.result.bestStep() == 0 ? Double.NaN : s.result.bestStep();
        boolean accuracy = s.judged() != null && s.judged().metrics().containsKey("accuracy");
        var measured = accuracy ? List.of("accuracy", s.metric) : List.of(s.metric);
        return Curves.charts(MetricsLog.lines(s.run.metrics()), measured, mark);
    }

    private static List<List<String>> perClass(List<String> names, Confusion c) {
        var rows = new ArrayList<List<String>>();
        for (int i = 0; i < names.size(); i++) {
            rows.add(List.of(names.get(i), "" + c.support(i), HtmlReport.number(c.precision(i)),
                    HtmlReport.number(c.recall(i)), HtmlReport.number(c.f1(i))));
        }
        return rows;
    }

    private static List<Mistake> mistakes(Subject s, Evaluation e) {
        var all = new ArrayList<Mistake>();
        var data = s.judgedOn();
        for (var w : e.worst()) {
            var detail = Double.isFinite(w.confidence()) ? format("%.1f %% sure", 100 * w.confidence()) : off(w);
            if (data.input().shape().rank() == 3) {
                all.add(new Mistake(png(data.batch(new int[] {w.index()}).input()), "#" + w.index(), w.truth(),
                        w.predicted(), detail));
            } else {
                var text = example(s.data.preprocessor(), data, w.index());
                all.add(new Mistake(null, text, w.truth(), w.predicted(), detail));
            }
        }
        return all;
    }

    private static String example(Preprocessor pre, Dataset data, int index) {
        return switch (pre) {
            case TokenRows.Masked m -> m.vocabulary().shown(tokens(data, index));
            case TokenRows.Pairs p ->
                    p.vocabulary().decode(java.util.Arrays.copyOf(tokens(data, index), p.length()));
            case Preprocessor other -> data instanceof TableRows rows ? rows.describe(index) : "#" + index;
        };
    }

    private static int[] tokens(Dataset data, int index) {
        return data.batch(new int[] {index}).input().toIntArray();
    }

    /// By how much a prediction of one number is too high; of several, its loss.
    private static String off(WorstError w) {
        try {
            double by = Double.parseDouble(w.predicted()) - Double.parseDouble(w.truth());
            return (by > 0 ? "+" : "") + HtmlReport.number(by);
        } catch (NumberFormatException e) {
            return "loss " + HtmlReport.number(w.loss());
        }
    }

    /// [1, C, H, W] from 0 to 1 as a PNG.
    private static byte[] png(HostTensor x) {
        int c = x.shape().dim(1) >= 3 ? 3 : 1;
        int plane = x.shape().dim(2) * x.shape().dim(3);
        var v = x.toFloatArray();
        var bytes = new byte[plane * c];
        for (int i = 0; i < plane; i++) {
            for (int k = 0; k < c; k++) {
                bytes[i * c + k] = (byte) Math.clamp(Math.round(255 * v[k * plane + i]), 0, 255);
            }
        }
        return Images.png(HostTensor.ofBytes(bytes, x.shape().dim(2), x.shape().dim(3), c));
    }

    private static List<List<String>> layers(List<LayerRow> layers) {
        return layers.stream()
                .map(l -> List.of(
                        "  ".repeat(l.depth()) + (l.name().isEmpty() ? "" : l.name() + " ") + l.type(),
                        l.output().toString(),
                        l.parameters() == 0 ? "" : format("%,d", l.parameters())))
                .toList();
    }

    private static Map<String, Object> flat(String path, Map<?, ?> from, Map<String, Object> into) {
        from.forEach((k, v) -> {
            var name = path.isEmpty() ? String.valueOf(k) : path + " " + k;
            if (v instanceof Map<?, ?> m) {
                flat(name, m, into);
            } else {
                into.put(name, v);
            }
        });
        return into;
    }
}
