package dev.ijen.train;

import dev.ijen.engine.Engine;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.onnx.OnnxFile;
import dev.ijen.onnx.OnnxModel;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.LayerConfig;
import dev.ijen.train.config.LayerSpec;
import dev.ijen.train.config.ModelConfig;
import dev.ijen.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/// ONNX files that are layers of a configuration. A run keeps copies of them, `onnx/N.onnx` for layer N, so that it can be used where the
/// originals are not.
final class ModelFiles {
    private static final String FOLDER = "onnx";
    /// A run's folder is so far above a checkpoint's file.
    private static final int UP = 4;

    private ModelFiles() {}

    static OnnxModel open(Engine engine, LayerSpec.Onnx o) {
        var file = Path.of(o.file());
        if (!Files.exists(file)) {
            throw FormatException.missing(file, "check the path of the onnx layer; a run has a copy in its folder onnx");
        }
        var model = o.to().isBlank() ? OnnxModel.open(engine, file) : OnnxModel.open(engine, file, o.to());
        if (model.inputs().size() != 1) {
            var got = model.inputs().toString();
            model.close();
            throw new IjenException("onnx: a model of several inputs as a layer", got, "one input", "use the library: OnnxModel.apply");
        }
        return model;
    }

    /// Copies those that need no other file into a run's folder.
    static void keep(TrainConfig config, Path run) {
        int i = 0;
        for (var layer : config.model().layers()) {
            if (layer.spec() instanceof LayerSpec.Onnx o && OnnxFile.isWhole(Path.of(o.file()))) {
                var copy = run.resolve(FOLDER).resolve(i + ".onnx");
                try {
                    if (!Files.exists(copy)) {
                        Files.createDirectories(copy.getParent());
                        AtomicFiles.write(copy, Files.readAllBytes(Path.of(o.file())));
                    }
                } catch (IOException e) {
                    throw FormatException.of(Path.of(o.file()), e);
                }
            }
            i++;
        }
    }

    /// The configuration with a run's copies in place of the originals.
    ///
    /// @param in a run, or something in it
    static TrainConfig located(TrainConfig config, Path in) {
        var m = config.model();
        if (m.layers().stream().noneMatch(l -> l.spec() instanceof LayerSpec.Onnx)) {
            return config;
        }
        var layers = new ArrayList<LayerConfig>();
        for (var l : m.layers()) {
            var copy = copy(in, layers.size());
            layers.add(l.spec() instanceof LayerSpec.Onnx o && copy != null
                    ? new LayerConfig(new LayerSpec.Onnx(copy.toString(), o.to()), l.mark()) : l);
        }
        return config.withModel(new ModelConfig(layers, m.critic(), m.decoder(), m.input(), m.outputs()));
    }

    private static Path copy(Path in, int layer) {
        Path at = in.toAbsolutePath();
        for (int i = 0; i < UP && at != null; i++) {
            var copy = at.resolve(FOLDER).resolve(layer + ".onnx");
            if (Files.isRegularFile(copy)) {
                return copy;
            }
            at = at.getParent();
        }
        return null;
    }
}
