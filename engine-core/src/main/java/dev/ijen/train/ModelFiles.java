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
    private static final String TOKENIZER = "tokenizer.json";
    /// A run's folder is so far above a checkpoint's file.
    private static final int UP = 4;

    private ModelFiles() {}

    static OnnxModel open(Engine engine, LayerSpec.Onnx o) {
        var file = Path.of(o.file());
        if (!Files.exists(file)) {
            throw FormatException.missing(file,
                    "check the path of the onnx layer; a run has a copy in its folder network");
        }
        var model = o.to().isBlank() ? OnnxModel.open(engine, file) : OnnxModel.open(engine, file, o.to());
        if (model.inputs().size() != 1) {
            var got = model.inputs().toString();
            model.close();
            throw new IjenException("onnx: a model of several inputs as a layer", got, "one input",
                    "use the library: OnnxModel.apply");
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
        if (!config.data().tokenizer().isBlank()) {
            copy(Path.of(config.data().tokenizer()), run.resolve(FOLDER).resolve(TOKENIZER));
        }
        int i = 0;
        for (var layer : config.model().layers()) {
            if (layer.spec() instanceof LayerSpec.Pretrained p) {
                keep(Path.of(p.folder()), run.resolve(FOLDER).resolve(i + COPY));
            }
            if (layer.spec() instanceof LayerSpec.Onnx o && OnnxFile.isWhole(Path.of(o.file()))) {
                copy(Path.of(o.file()), run.resolve(FOLDER).resolve(i + ".onnx"));
            }
            i++;
        }
    }

    private static void copy(Path from, Path to) {
        try {
            if (!Files.exists(to)) {
                Files.createDirectories(to.getParent());
                AtomicFiles.write(to, Files.readAllBytes(from));
            }
        } catch (IOException e) {
            throw FormatException.of(from, e);
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

    /// The configuration with copies in place of originals that are not there, where first weights come from a run that has them.
    static TrainConfig found(TrainConfig config) {
        return config.init().isSet() && Files.isDirectory(Path.of(config.init().from()))
                ? located(config, Path.of(config.init().from()), true) : config;
    }

    /// The configuration with a run's copies in place of the originals.
    ///
    /// @param in a run, or something in it
    static TrainConfig located(TrainConfig config, Path in) {
        return located(config, in, false);
    }

    private static TrainConfig located(TrainConfig given, Path in, boolean missing) {
        var tokens = given.data().tokenizer();
        var config = tokens.isBlank() ? given
                : given.withData(given.data().withTokenizer(copy(in, TOKENIZER, tokens, missing)));
        var m = config.model();
        if (m.layers().stream()
                .noneMatch(l -> l.spec() instanceof LayerSpec.Onnx || l.spec() instanceof LayerSpec.Pretrained)) {
            return config;
        }
        var layers = new ArrayList<LayerConfig>();
        for (var l : m.layers()) {
            var spec = switch (l.spec()) {
                case LayerSpec.Onnx o ->
                        new LayerSpec.Onnx(copy(in, layers.size() + ".onnx", o.file(), missing), o.to());
                case LayerSpec.Pretrained p ->
                        new LayerSpec.Pretrained(copy(in, layers.size() + COPY, p.folder(), missing));
                default -> l.spec();
            };
            layers.add(new LayerConfig(spec, l.mark()));
        }
        return config.withModel(new ModelConfig(layers, m.critic(), m.decoder(), m.input(), m.outputs()));
    }

    private static String copy(Path in, String name, String original, boolean missing) {
        var copy = missing && Files.exists(Path.of(original)) ? null : copy(in, name);
        return copy == null ? original : copy.toString();
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
