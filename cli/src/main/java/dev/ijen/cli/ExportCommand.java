package dev.ijen.cli;

import dev.ijen.format.AtomicFiles;
import dev.ijen.onnx.OnnxExport;
import dev.ijen.train.Adapters;
import dev.ijen.train.Curves;
import dev.ijen.train.Imported;
import dev.ijen.train.MetricsTable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Writes what a run holds for other programs.
@Command(name = "export", description = {
    "Writes a trained model as ONNX (--out): as it is in use, for any batch; its low-rank adapters",
    "alone (--write-adapter), or added to the weights, as a model without adapters (--merge);",
    "or the measurements of a run as a table (--metrics) or a picture (--curve)."
}, footer = {
    "", "  ijen export RUN --out model.onnx", "  ijen export RUN --metrics metrics.csv --curve curve.svg",
    "  ijen export RUN --write-adapter adapter.safetensors",
    "  ijen export BASE --adapter adapter.safetensors --merge merged"
})
final class ExportCommand extends BaseCommand {
    @Mixin TrainedOptions trained;

    @Option(names = "--format", paramLabel = "NAME", defaultValue = "ONNX", description = "onnx (default: onnx).")
    Format format;

    @Option(names = "--out", paramLabel = "FILE", description = "The model file to write.") Path file;

    @Option(names = "--metrics", paramLabel = "FILE",
            description = "The CSV file to write: a row a logged step or epoch.") Path metrics;

    @Option(names = "--curve", paramLabel = "FILE",
            description = "The .svg file to write: loss and metric over steps.") Path curve;

    @Option(names = "--write-adapter", paramLabel = "FILE",
            description = "The .safetensors file to write: adapters, and other weights that were trained.") Path adapterFile;

    @Option(names = "--merge", paramLabel = "DIR",
            description = "The folder to make: the model with its adapters added to its weights.") Path merged;

    /// Formats to write.
    enum Format {
        /// Open Neural Network Exchange.
        ONNX
    }

    @Override
    public Integer call() {
        if (file == null && metrics == null && curve == null && adapterFile == null && merged == null) {
            throw Errors.wrong(
                    spec, spec.qualifiedName() + ": nothing to write", "none of --out, --metrics, --curve, --write-adapter, --merge", "one of them, or more",
                    "for example --out model.onnx");
        }
        if (curve != null && !curve.toString().toLowerCase(Locale.ROOT).endsWith(".svg")) {
            throw Errors.wrong(spec, spec.qualifiedName() + ": --curve is no picture", curve.toString(),
                    "a name that ends with .svg", "for example --curve curve.svg");
        }
        var object = new LinkedHashMap<String, Object>();
        var text = new StringBuilder();
        if (metrics != null) {
            int rows = MetricsTable.write(trained.model, metrics);
            object.put("metrics", metrics.toString());
            object.put("rows", rows);
            text.append("%s: %d rows%n".formatted(metrics, rows));
        }
        if (curve != null) {
            int points = Curves.write(trained.model, curve);
            object.put("curve", curve.toString());
            object.put("points", points);
            text.append("%s: %d points%n".formatted(curve, points));
        }
        if (adapterFile != null || merged != null) {
            try (var model = trained.load()) {
                if (adapterFile != null) {
                    long numbers = Adapters.write(model, adapterFile);
                    object.put("adapter", adapterFile.toString());
                    object.put("parameters", numbers);
                    text.append("%s: %s parameters%n".formatted(adapterFile, Text.count(numbers)));
                }
                if (merged != null) {
                    var made = Imported.merged(model, merged);
                    object.put("merged", made.toMap());
                    text.append("%s: %s parameters%n".formatted(merged, Text.count(made.parameters())));
                }
            }
        }
        if (file != null) {
            int bytes = model();
            object.put("file", file.toString());
            object.put("bytes", bytes);
            text.append("%s: %s%n".formatted(file, Text.bytes(bytes)));
        }
        print(text.toString(), object);
        return Exit.DONE;
    }

    private int model() {
        try (var model = trained.load()) {
            var metadata = new LinkedHashMap<String, String>();
            metadata.put("classes", String.join("\n", model.classNames()));
            var pre = model.preprocessor();
            var bytes = OnnxExport.write(model.model(), pre.shape(), pre.dtype(), model.config().name(), metadata);
            AtomicFiles.write(file, bytes);
            return bytes.length;
        }
    }
}
