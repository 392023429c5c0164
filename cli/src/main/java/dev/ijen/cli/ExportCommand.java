package dev.ijen.cli;

import dev.ijen.format.AtomicFiles;
import dev.ijen.onnx.OnnxExport;
import dev.ijen.train.MetricsTable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Writes what a run holds for other programs.
@Command(name = "export", description = {
    "Writes a trained model as ONNX (--out): as it is in use, for any batch;",
    "or the measurements of a run as a table (--metrics)."
}, footer = {"", "  ijen export RUN --out model.onnx", "  ijen export RUN --metrics metrics.csv"})
final class ExportCommand extends BaseCommand {
    @Mixin TrainedOptions trained;

    @Option(names = "--format", paramLabel = "NAME", defaultValue = "ONNX", description = "onnx (default: onnx).")
    Format format;

    @Option(names = "--out", paramLabel = "FILE", description = "The model file to write.") Path file;

    @Option(names = "--metrics", paramLabel = "FILE",
            description = "The CSV file to write: a row a logged step or epoch.") Path metrics;

    /// Formats to write.
    enum Format {
        /// Open Neural Network Exchange.
        ONNX
    }

    @Override
    public Integer call() {
        if (file == null && metrics == null) {
            throw Errors.wrong(
                    spec, spec.qualifiedName() + ": nothing to write", "neither --out nor --metrics", "one of them, or both",
                    "for example --out model.onnx");
        }
        var object = new LinkedHashMap<String, Object>();
        var text = new StringBuilder();
        if (metrics != null) {
            int rows = MetricsTable.write(trained.model, metrics);
            object.put("metrics", metrics.toString());
            object.put("rows", rows);
            text.append("%s: %d rows%n".formatted(metrics, rows));
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
