package dev.ijen.train;

import dev.ijen.engine.Engine;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.nn.zoo.Bert;
import dev.ijen.nn.zoo.HuggingFace;
import dev.ijen.onnx.OnnxFile;
import dev.ijen.onnx.OnnxModel;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import dev.ijen.train.config.LayerConfig;
import dev.ijen.train.config.LayerSpec;
import dev.ijen.train.config.ModelConfig;
import dev.ijen.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/// Networks out of files that are layers of a configuration: ONNX, Hugging Face's folders. A run keeps copies of what describes them, `network/N.onnx` for layer N, so that it can be used where the
/// originals are not.
final class ModelFiles {
    private static final String FOLDER = "network";
    private static final String COPY = "-pretrained";
    /// A run's folder is so far above a checkpoint's file.
    private static final int UP = 4;

    private ModelFiles() {}

    static OnnxModel open(Engine engine, LayerSpec.Onnx o) {
        var file = Path.of(o.file());
        if (!Files.exists(file)) {
            throw FormatException.missing(file, "check the path of the onnx layer; a run has a copy in its folder network");
        }
        var model = o.to().isBlank() ? OnnxModel.open(engine, file) : OnnxModel.open(engine, file, o.to());
        if (model.inputs().size() != 1) {
            var got = model.inputs().toString();
            model.close();
            throw new IjenException("onnx: a model of several inputs as a layer", got, "one input", "use the library: OnnxModel.apply");
        }
        return model;
    }

    /// The network of a Hugging Face folder; of a run's copy, which has no weights, with zeros that its checkpoint replaces.
    static Module open(Engine engine, LayerSpec.Pretrained p) {
        var folder = Path.of(p.folder());
        boolean copy = folder.getFileName() != null && folder.getFileName().toString().endsWith(COPY);
        var h = HuggingFace.open(folder);
        return switch (copy ? h.blank(engine) : h.model(engine)) {
            case Bert b -> new TextFeatures(b.body());
            case Module m -> m;
        };
    }

    /// Features of a text, tokens [N, T] → [N, C].
    ///
    /// @param bert that makes them
    record TextFeatures(Bert bert) implements Module {
        @Override
        public Tensor apply(Tensor x) {
            return bert.pooled(Probe.apply("bert", bert, x));
        }
    }

    /// Copies those that need no other file into a run's folder.
    static void keep(TrainConfig config, Path run) {
        int i = 0;
        for (var layer : config.model().layers()) {
            if (layer.spec() instanceof LayerSpec.Pretrained p) {
                keep(Path.of(p.folder()), run.resolve(FOLDER).resolve(i + COPY));
            }
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

    /// Weights are in the checkpoints.
    private static void keep(Path from, Path copy) {
        if (!Files.exists(copy)) {
            var config = HuggingFace.open(from).bodyConfig();
            try {
                Files.createDirectories(copy.getParent());
            } catch (IOException e) {
                throw FormatException.of(copy, e);
            }
            AtomicFiles.directory(copy, temp -> AtomicFiles.write(temp.resolve("config.json"), config));
        }
    }

    /// The configuration with a run's copies in place of the originals.
    ///
    /// @param in a run, or something in it
    static TrainConfig located(TrainConfig config, Path in) {
        var m = config.model();
        if (m.layers().stream().noneMatch(l -> l.spec() instanceof LayerSpec.Onnx || l.spec() instanceof LayerSpec.Pretrained)) {
            return config;
        }
        var layers = new ArrayList<LayerConfig>();
        for (var l : m.layers()) {
            layers.add(switch (l.spec()) {
                case LayerSpec.Onnx o -> {
                    var copy = copy(in, layers.size() + ".onnx");
                    yield copy == null ? l : new LayerConfig(new LayerSpec.Onnx(copy.toString(), o.to()), l.mark());
                }
                case LayerSpec.Pretrained p -> {
                    var copy = copy(in, layers.size() + COPY);
                    yield copy == null ? l : new LayerConfig(new LayerSpec.Pretrained(copy.toString()), l.mark());
                }
                default -> l;
            });
        }
        return config.withModel(new ModelConfig(layers, m.critic(), m.decoder(), m.input(), m.outputs()));
    }

    private static Path copy(Path in, String name) {
        Path at = in.toAbsolutePath();
        for (int i = 0; i < UP && at != null; i++) {
            var copy = at.resolve(FOLDER).resolve(name);
            if (Files.exists(copy)) {
                return copy;
            }
            at = at.getParent();
        }
        return null;
    }
}
