package dev.ijen.train;

import dev.ijen.engine.Bytes;
import dev.ijen.train.config.ConfigWriter;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// `model-card.md`: what the model is, what it was made from, how good it is, and what is not known of it (Mitchell et al.,
/// arXiv:1810.03993). With the hashes it can be told whether two models are the same, and which data and code made one.
final class ModelCard {
    private ModelCard() {}

    /// @param environment with its hashes, those of the weights among them
    static String of(TrainConfig config, DataParts data, TrainPlan plan, TrainResult result,
            Map<String, Object> environment) {
        var s = new StringBuilder();
        s.append("# ").append(config.name()).append("\n\n");
        s.append("Made by ").append("ijen ").append(environment.get("ijen")).append(" on ")
                .append(environment.get("started")).append(".\n\n");
        model(s, data, plan);
        quality(s, config, result);
        limits(s, data, result);
        s.append("## Provenance\n\n| what | SHA-256 |\n|---|---|\n");
        hashes(s, "", environment.get("sha256"));
        s.append("\nDevice ").append(plan.device()).append(", Java ").append(environment.get("java"))
                .append(", seed ").append(config.seed())
                .append(". On the same machine, the same command makes the same weights:\n\n```sh\nijen train config.yaml\n```\n\n");
        s.append("## Configuration\n\n```yaml\n").append(ConfigWriter.yaml(config).strip()).append("\n```\n");
        return s.toString();
    }

    private static void model(StringBuilder s, DataParts data, TrainPlan plan) {
        s.append("## Model\n\n| | |\n|---|---|\n");
        row(s, "input", plan.input());
        row(s, "output", data.train().isClassification()
                ? data.train().classes() + " classes: " + shortened(String.join(", ", data.train().classNames()))
                : "numbers");
        row(s, "parameters", String.format(Locale.ROOT, "%,d (%,d trained)", plan.parameters(), plan.trainable()));
        row(s, "work", String.format(Locale.ROOT, "%,d operations an example", plan.flopsForward()));
        row(s, "memory in training", Bytes.text(plan.memoryBytes()));
        row(s, "data", data.description());
        s.append('\n');
    }

    private static void quality(StringBuilder s, TrainConfig config, TrainResult r) {
        s.append("## How good it is\n\n");
        if (r.validation() == null && r.test() == null) {
            s.append("Not known: no part of the data was held out.\n\n");
            return;
        }
        s.append("| part | examples | metric | value |\n|---|---|---|---|\n");
        part(s, "test", r.test());
        part(s, "validation", r.validation());
        s.append('\n');
        s.append("The weights are those of step ").append(r.bestStep()).append(" of ").append(r.steps())
                .append(config.training().monitor().equals(Monitor.LAST) ? ", the latest.\n\n"
                        : ", the best by " + r.metric() + " on the validation part.\n\n");
    }

    private static void part(StringBuilder s, String name, Evaluation e) {
        if (e != null) {
            line(s, name, e.examples(), "loss", e.loss());
            e.metrics().forEach((metric, v) -> line(s, name, e.examples(), metric, v));
        }
    }

    private static void line(StringBuilder s, String part, int examples, String metric, double v) {
        s.append(String.format(Locale.ROOT, "| %s | %d | %s | %.4f |%n", part, examples, metric, v));
    }

    private static void limits(StringBuilder s, DataParts data, TrainResult r) {
        s.append("## Limits\n\n");
        s.append("It was judged on data like that it was trained on and on nothing else")
                .append(r.test() == null ? "; no part was kept aside that choosing the weights did not see" : "")
                .append(". How it treats groups of people, other sources of data or inputs made to deceive it was not looked at.\n");
        if (data.train().size() < 1000) {
            s.append("It was trained on only ").append(data.train().size()).append(" examples.\n");
        }
        r.warnings().forEach(w -> s.append("- ").append(w).append('\n'));
        s.append("\nIntended use: to be filled in by whoever publishes it.\n\n");
    }

    private static void hashes(StringBuilder s, String path, Object of) {
        if (of instanceof Map<?, ?> m) {
            m.forEach((k, v) -> hashes(s, path.isEmpty() ? String.valueOf(k) : path + " " + k, v));
        } else {
            row(s, path, "`" + of + "`");
        }
    }

    private static void row(StringBuilder s, String name, String value) {
        s.append("| ").append(name).append(" | ").append(value.replace("|", "\\|")).append(" |\n");
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + " …";
    }

    static Path file(RunDirectory run) {
        return run.path().resolve("model-card.md");
    }
}
