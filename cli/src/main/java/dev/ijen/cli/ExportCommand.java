package dev.ijen.cli;

import dev.ijen.format.AtomicFiles;
import dev.ijen.onnx.OnnxExport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Writes a trained model for others.
@Command(name = "export", description = "Writes a trained model as ONNX: as it is in use, for any batch.")
final class ExportCommand extends BaseCommand {
    @Mixin TrainedOptions trained;

    @Option(names = "--format", paramLabel = "NAME", defaultValue = "ONNX", description = "onnx (default: onnx).")
    Format format;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The file to write.")
    Path file;

    /// Formats to write.
    enum Format {
        /// Open Neural Network Exchange.
        ONNX
    }

    @Override
    public Integer call() {
        try (var model = trained.load()) {
            var metadata = new LinkedHashMap<String, String>();
            metadata.put("classes", String.join("\n", model.classNames()));
            var pre = model.preprocessor();
            var bytes = OnnxExport.write(model.model(), pre.shape(), pre.dtype(), model.config().name(), metadata);
            AtomicFiles.write(file, bytes);
            var object = new LinkedHashMap<String, Object>();
            object.put("file", file.toString());
            object.put("bytes", bytes.length);
            print("%s: %s%n".formatted(file, Text.bytes(bytes.length)), object);
        }
        return Exit.DONE;
    }
}
