package dev.ijen.cli;

import dev.ijen.train.Prediction;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Applies a trained model.
@Command(name = "predict", description = {
    "Applies a trained model to images, sounds, the rows of CSV files, or texts, one a line.",
    "With --json it prints one object a line for each image, sound, row or text."
}, footer = {
    "", "  ijen predict runs/digits seven.png", "  ijen predict runs/bert-mlm --text \"Good morrow, my [MASK]\"",
    "  ijen predict runs/translate dates.txt", "  ijen predict runs/unet picture.png --out classes.png"
})
final class PredictCommand extends BaseCommand {
    @Mixin TrainedOptions trained;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "FILE",
            description = "Images, CSV files or texts.") List<Path> files = List.of();

    @Option(names = "--text", paramLabel = "TEXT",
            description = "A text instead of a file; may come several times.") List<String> texts = List.of();

    @Option(names = "--top", paramLabel = "N", defaultValue = "3", converter = ComputeOptions.CountConverter.class,
            description = "Classes to show with their probability (default: ${DEFAULT-VALUE}).") int top;

    @Option(names = {"-o", "--out"}, paramLabel = "PATH",
            description = "Segmentation: write each pixel's class as a picture: a .png file, or a folder for NAME-classes.png of each.") Path out;

    @Override
    public Integer call() {
        if (files.isEmpty() == texts.isEmpty() || !texts.isEmpty() && OnnxFiles.is(trained.model)) {
            throw Errors.wrong(spec,
                    files.isEmpty() && texts.isEmpty() ? "ijen predict: 'FILE' is missing, or --text"
                            : "ijen predict: --text does not fit",
                    files.size() + " files, " + texts.size() + " texts",
                    "files, or where the model takes them, texts",
                    "for example: ijen predict " + trained.model + " FILE");
        }
        // not what IJEN_OUT says for the command that trained
        if (spec.commandLine().getParseResult().hasMatchedOption("--out")) {
            return pixels();
        }
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
            var names = IntStream.rangeClosed(1, texts.size()).mapToObj(i -> "text " + i).toList();
            for (var p : texts.isEmpty() ? model.predict(files) : model.predictTexts(texts, names)) {
                out().println(json ? line(p.toMap()) : text(p));
            }
        }
        out().flush();
        return Exit.DONE;
    }

    /// Each pixel's class, as pictures.
    private Integer pixels() {
        if (!texts.isEmpty() || OnnxFiles.is(trained.model)) {
            throw Errors.wrong(spec, "ijen predict: --out does not fit",
                    texts.isEmpty() ? "an ONNX model" : "texts", "pictures, and a run of segmentation",
                    "leave --out out");
        }
        var written = ClassPictures.names(spec, out, files);
        try (var model = trained.load()) {
            var all = model.pixelClasses(files);
            for (int i = 0; i < all.size(); i++) {
                ClassPictures.write(written.get(i), all.get(i));
                var p = all.get(i).prediction();
                out().println(json ? line(ClassPictures.json(all.get(i), written.get(i)))
                        : text(p) + "\t" + written.get(i));
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
            return p.source() + "\t" + p.text() + "\t(" + times + ")";
        }
        if (p.label() == null && p.text() != null) {
            return p.source() + "\t" + p.text();
        }
        if (p.label() == null) {
            return p.source() + "\t" + Text.number(p.value());
        }
        var likely = p.probabilities().entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(top)
                .map(e -> String.format(Locale.ROOT, "%s %.1f %%", e.getKey(), 100 * e.getValue()))
                .collect(Collectors.joining(", "));
        var filled = p.text() == null ? "" : "\t" + p.text().replace("\n", "\\n");
        return p.source() + "\t" + p.label() + "\t(" + likely + ")" + filled;
    }
}
