package dev.ijen.cli;

import dev.ijen.train.Prediction;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Applies a trained model.
@Command(name = "predict", description = {
    "Applies a trained model to images, sounds, or the rows of CSV files.",
    "With --json it prints one object a line for each image or row."
})
final class PredictCommand extends BaseCommand {
    @Mixin TrainedOptions trained;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE",
            description = "Images or CSV files.") List<Path> files;

    @Option(names = "--top", paramLabel = "N", defaultValue = "3", converter = ComputeOptions.CountConverter.class,
            description = "Classes to show with their probability (default: ${DEFAULT-VALUE}).") int top;

    @Override
    public Integer call() {
        if (OnnxFiles.is(trained.model)) {
            try (var engine = trained.compute.open()) {
                for (var y : OnnxFiles.predict(engine, trained.model, files)) {
                    out().println(line(y));
                }
            }
            out().flush();
            return Exit.DONE;
        }
        try (var model = trained.load()) {
            for (var p : model.predict(files)) {
                out().println(json ? line(p.toMap()) : text(p));
            }
        }
        out().flush();
        return Exit.DONE;
    }

    private String text(Prediction p) {
        if (p.heard() != null) {
            var times = p.heard().stream()
                    .map(h -> String.format(Locale.ROOT, "%s %.2f-%.2f s", h.symbol(), h.begin(), h.end()))
                    .collect(Collectors.joining(", "));
            return p.source() + "\t" + p.label() + "\t(" + times + ")";
        }
        if (p.label() == null) {
            return p.source() + "\t" + Text.number(p.value());
        }
        var likely = p.probabilities().entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(top)
                .map(e -> String.format(Locale.ROOT, "%s %.1f %%", e.getKey(), 100 * e.getValue()))
                .collect(Collectors.joining(", "));
        return p.source() + "\t" + p.label() + "\t(" + likely + ")";
    }
}
