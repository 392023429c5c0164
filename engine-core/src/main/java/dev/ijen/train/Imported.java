package dev.ijen.train;

import dev.ijen.engine.Engine;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Json;
import dev.ijen.format.Safetensors;
import dev.ijen.nn.Lora;
import dev.ijen.nn.Module;
import dev.ijen.onnx.OnnxModel;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.ConfigWriter;
import dev.ijen.train.config.InitConfig;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Folders with a model that can be evaluated, used and trained further: `config.yaml` and `model.safetensors`, without a training.
public final class Imported {
    private Imported() {}

    /// What was made.
    ///
    /// @param folder with the model
    /// @param parameters numbers in its weights
    /// @param weights where they come from
    public record Made(Path folder, long parameters, String weights) {
        /// For JSON.
        public Map<String, Object> toMap() {
            var m = new LinkedHashMap<String, Object>();
            m.put("folder", folder.toString());
            m.put("parameters", parameters);
            m.put("weights", weights);
            return m;
        }
    }

    /// A configuration for an ONNX file of one input [N, C, H, W] or [N, features] and one class an output.
    ///
    /// @param to value to stop at; empty for the first output
    /// @param sets keys to replace, such as `data.mean=[0.1307]`
    /// @throws IjenException if the file is another kind of model
    public static TrainConfig onnx(Path file, String to, List<String> sets) {
        try (var engine = Engine.open(dev.ijen.engine.Device.cpu());
                var model = to.isBlank() ? OnnxModel.open(engine, file) : OnnxModel.open(engine, file, to)) {
            var example = example(model, file);
            var y = output(model, example);
            if (y.rank() != 2) {
                throw new IjenException("import: not a model of classes: " + file, "output " + y,
                        "an output [N, classes]",
                        "choose another value: --to NAME; or use it as it is: ijen predict FILE.onnx x.npy");
            }
            var name = name(file);
            return ConfigReader.parse("import " + file, """
                    name: %s
                    model:
                      layers:
                        - onnx: {file: %s, to: %s}
                      input: %s
                      outputs: %d
                    """.formatted(Json.write(name).strip(), Json.write(file.toString()).strip(), Json.write(to).strip(),
                    example, y.dim(1)), sets);
        }
    }

    /// A configuration that trains an ONNX file of one input [N, C, H, W] or [N, features] further, on data of other classes if `newHead`: then the
    /// last product with weights, and what follows it, gives way to a fresh layer. Pictures are brought to the size the file takes; of
    /// sounds (`data.kind=audio`), the spectrogram is.
    ///
    /// @param sets keys to replace, such as `data.kind=audio`
    /// @throws IjenException if the file is another kind of model, or has no head
    public static TrainConfig network(Path file, boolean newHead, List<String> sets) {
        String to = "";
        List<Integer> dims;
        int rank;
        try (var engine = Engine.open(dev.ijen.engine.Device.cpu()); var model = OnnxModel.open(engine, file)) {
            dims = example(model, file);
            if (newHead) {
                to = model.beforeHead().orElseThrow(() -> new IjenException("train: no head in " + file,
                        "no product with weights behind others", "a Gemm, MatMul or Conv with an initializer",
                        "name the value to stop at in a config: onnx: {file: …, to: …}"));
            }
        }
        try (var engine = Engine.open(dev.ijen.engine.Device.cpu());
                var model = to.isEmpty() ? OnnxModel.open(engine, file) : OnnxModel.open(engine, file, to)) {
            rank = output(model, dims).rank();
        }
        boolean audio = sets.stream().anyMatch(s -> s.replace(" ", "").equals("data.kind=audio"));
        boolean pictures = dims.size() == 3 && !audio;
        var text = new StringBuilder("name: %s\n".formatted(Json.write(name(file)).strip()));
        if (pictures) {
            text.append(
                    "data: {kind: images, channels: %d, height: %d, width: %d}\n".formatted(dims.get(0), dims.get(1),
                            dims.get(2)));
        }
        text.append("model:\n  layers:\n");
        if (audio) {
            if (dims.size() != 3 || dims.get(0) != 1 || !dims.get(1).equals(dims.get(2))) {
                throw new IjenException("train: " + file + " and sounds", "an input of " + dims,
                        "one of [1, N, N], to which the spectrogram is brought",
                        "give a config with the layers between");
            }
            text.append("    - adaptive-avg-pool: %d\n".formatted(dims.get(1)));
        }
        text.append("    - onnx: {file: %s, to: %s}\n".formatted(Json.write(file.toString()).strip(),
                Json.write(to).strip()));
        if (newHead) {
            text.append(rank > 2 ? "    - flatten\n" : "").append("    - output\n");
        }
        return ConfigReader.parse("train " + file, text.toString(), sets);
    }

    private static String name(Path file) {
        return file.getFileName().toString().replaceFirst("\\.onnx$", "");
    }

    /// Extents of one example.
    private static List<Integer> example(OnnxModel model, Path file) {
        var in = model.inputs();
        var dims = in.size() == 1 ? in.getFirst().dims() : List.<Integer>of();
        var example = dims.isEmpty() ? List.<Integer>of() : dims.subList(1, dims.size());
        if (example.isEmpty() || example.stream().anyMatch(d -> d < 1) || in.getFirst().dtype() != DType.F32) {
            throw new IjenException("import: not a model of examples: " + file, "inputs " + in,
                    "one F32 input [N, …] of known size", "use it as it is: ijen predict FILE.onnx x.npy");
        }
        return example;
    }

    private static Shape output(OnnxModel model, List<Integer> example) {
        var shape = Shape.of(example.stream().mapToInt(Integer::intValue).toArray()).insert(0, 1);
        return Trace.evaluation().call(() -> model.apply(Tensor.of(new Leaf.Input(0, DType.F32, shape)))).shape();
    }

    /// Makes a folder of a configuration, which must declare `model.input` and `model.outputs`, with the weights it takes from
    /// `init.from`.
    ///
    /// @throws IjenException if the folder exists, or weights are missing
    public static Made write(TrainConfig config, Path folder, TrainOptions options) {
        free(folder);
        var task = Task.of(config);
        var problem = task.declared();
        if (problem == null) {
            throw new ConfigException(Mark.of("model.input"), "the network's input or output is not known",
                    "input " + config.model().input() + ", outputs " + config.model().outputs(),
                    "the shape of one example, and the number of classes",
                    "set model.input and model.outputs");
        }
        try (var engine = Trainer.open(config, options);
                var learner = new Learner(engine, config, task, problem, 1, false)) {
            learner.begin();
            write(config, problem.pre(), Checkpoints.values(Module.cells(learner.model())), folder);
            return new Made(folder, Module.parameterCount(learner.model()),
                    learner.first() == null ? "those of the file" : learner.first().toString());
        }
    }

    /// Makes a folder of a trained model: adapters are added to the weights they stand beside ([Lora]).
    public static Made merged(Trained trained, Path folder) {
        free(folder);
        var values = Lora.merged(trained.model());
        write(trained.config().withLora(trained.config().lora().none()), trained.preprocessor(), values, folder);
        return new Made(folder,
                values.values().stream().filter(v -> v.dtype().isFloat()).mapToLong(v -> v.shape().size()).sum(),
                trained.checkpoint().toString());
    }

    private static void free(Path folder) {
        if (Files.exists(folder)) {
            throw new IjenException("cannot create " + folder, "it exists already", "a name that is not taken",
                    "choose another name");
        }
    }

    private static void write(TrainConfig from, Preprocessor pre, Map<String, HostTensor> values, Path folder) {
        // where weights came from is past: they are here now
        var config = from.withInit(InitConfig.none());
        AtomicFiles.directory(folder, temp -> {
            ModelFiles.keep(config, temp);
            AtomicFiles.write(temp.resolve("config.yaml"), ConfigWriter.yaml(config));
            Safetensors.write(temp.resolve(Checkpoints.MODEL), values, metadata(ConfigWriter.yaml(config), pre));
        });
    }

    /// What a file of weights needs to be used alone.
    ///
    /// @param yaml the configuration
    static Map<String, String> metadata(String yaml, Preprocessor pre) {
        var m = new LinkedHashMap<String, String>();
        m.put("format", "pt");
        m.put("ijen.version", Environment.version());
        m.put("ijen.config", yaml);
        m.put("ijen.preprocessor", pre.toJson());
        return m;
    }
}
