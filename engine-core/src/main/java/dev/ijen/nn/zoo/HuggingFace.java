package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import dev.ijen.format.ShardedTorch;
import dev.ijen.format.TensorFiles;
import dev.ijen.format.Torch;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model's folder as Hugging Face's libraries leave it: `config.json` and `model.safetensors`, several of these with an index, or
/// `pytorch_model.bin`, or several of these. Networks of the kinds `gpt2` and `bert` are made of it.
///
/// ```java
/// var folder = HuggingFace.open(Path.of("bert-base-uncased"));
/// var bert = (Bert) folder.model(engine);
/// ```
public final class HuggingFace {
    private static final String CONFIG = "config.json";
    private static final List<String> WEIGHTS = List.of("model.safetensors", "model.safetensors.index.json",
            "pytorch_model.bin", "pytorch_model.bin.index.json");
    private static final List<String> KINDS = List.of("gpt2", "bert");

    private final Path folder;
    private final Map<?, ?> config;

    private HuggingFace(Path folder, Map<?, ?> config) {
        this.folder = folder;
        this.config = config;
    }

    /// Whether a path is such a folder, as far as its names tell.
    public static boolean is(Path path) {
        return Files.isDirectory(path) && Files.isRegularFile(path.resolve(CONFIG))
                && !Files.exists(path.resolve("config.yaml"));
    }

    /// Reads its configuration.
    ///
    /// @throws FormatException if there is none, or it is of a kind that is not known
    public static HuggingFace open(Path folder) {
        var file = folder.resolve(CONFIG);
        if (!(Json.parse(file) instanceof Map<?, ?> m)) {
            throw FormatException.damaged(file, "the top", "no object", "a JSON object", "fetch the folder again");
        }
        var h = new HuggingFace(folder, m);
        if (!KINDS.contains(h.kind())) {
            throw FormatException.unsupported(file, "this kind of model", "model_type '" + h.kind() + "'",
                    String.join(" or ", KINDS),
                    "export the model as ONNX; its tensors can be had by init.from and rules");
        }
        return h;
    }

    /// `gpt2` or `bert`.
    public String kind() {
        return text("model_type", "");
    }

    /// The network with the folder's weights: a [Decoder] or a [Bert].
    ///
    /// @throws FormatException if a weight is missing or has another shape than the configuration says
    public Module model(Engine engine) {
        var all = tensors();
        return model(engine, Weights.of(weightsFile(), all), all.containsKey("pooler.dense.weight"));
    }

    /// The network with zeros for weights, to be filled.
    public Module blank(Engine engine) {
        boolean pools = !isFor("MaskedLM") && !isFor("TokenClassification") && !isFor("QuestionAnswering");
        return model(engine, (name, dims) -> HostTensor.zeros(DType.F32, Shape.of(dims)), pools);
    }

    private Module model(Engine engine, Weights weights, boolean pools) {
        return kind().equals("gpt2") ? Gpt2.of(engine, this, weights) : BertFile.of(engine, this, weights, pools);
    }

    /// All tensors by the names in the files, but for a prefix `transformer.` or `bert.`.
    public Map<String, HostTensor> tensors() {
        var file = weightsFile();
        var all = new LinkedHashMap<String, HostTensor>();
        var prefix = kind().equals("gpt2") ? "transformer." : "bert.";
        var of = file.getFileName().toString();
        var read = of.endsWith(".bin") ? Torch.read(file)
                : of.endsWith(".bin.index.json") ? ShardedTorch.read(file) : TensorFiles.read(file);
        read.forEach((name, t) -> all.put(
                (name.startsWith(prefix) ? name.substring(prefix.length()) : name)
                        .replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight")
                        .replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias"),
                t));
        return all;
    }

    /// The file its weights are in, or the index of several.
    public Path weightsFile() {
        for (var name : WEIGHTS) {
            if (Files.isRegularFile(folder.resolve(name))) {
                return folder.resolve(name);
            }
        }
        throw FormatException.lacking(folder, "no weights", "no " + String.join(", ", WEIGHTS), "one of them",
                "fetch the whole folder");
    }

    /// Whether one of the architectures ends so.
    boolean isFor(String what) {
        return config.get("architectures") instanceof List<?> l
                && l.stream().anyMatch(a -> String.valueOf(a).endsWith(what));
    }

    /// The configuration as JSON, with the architecture that has what the files hold and no head: what [#blank] makes is then what
    /// [#model] made.
    public String bodyConfig() {
        var all = new LinkedHashMap<String, Object>();
        config.forEach((k, v) -> all.put(String.valueOf(k), v));
        boolean here = WEIGHTS.stream().anyMatch(n -> Files.exists(folder.resolve(n)));
        if (here && kind().equals("bert")) {
            all.put("architectures",
                    List.of(tensors().containsKey("pooler.dense.weight") ? "BertModel" : "BertForTokenClassification"));
        }
        return Json.write(all);
    }

    boolean has(String key) {
        return config.get(key) != null;
    }

    String text(String key, String or) {
        return config.get(key) instanceof String s ? s : or;
    }

    boolean truth(String key, boolean or) {
        return config.get(key) instanceof Boolean b ? b : or;
    }

    double number(String key, double or) {
        return config.get(key) instanceof Number n ? n.doubleValue() : or;
    }

    /// A count, which must be there.
    int size(String key) {
        if (config.get(key) instanceof Long n && n > 0 && n <= 1 << 24) {
            return n.intValue();
        }
        throw FormatException.unsupported(folder.resolve(CONFIG), "'" + key + "'", String.valueOf(config.get(key)),
                "a whole number from 1 to " + (1 << 24), "fetch the folder again");
    }

    /// Refuses a setting under which the network would compute something else.
    void only(String key, Object value) {
        var got = config.get(key);
        if (got != null && !got.equals(value)) {
            throw FormatException.unsupported(folder.resolve(CONFIG), "'" + key + "'", String.valueOf(got),
                    String.valueOf(value),
                    "use another model");
        }
    }

    /// `hidden_act` and the like.
    Activation activation(String key, String or) {
        return switch (text(key, or)) {
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            case "silu", "swish" -> Activation.SILU;
            case "tanh" -> Activation.TANH;
            default -> throw FormatException.unsupported(folder.resolve(CONFIG), "'" + key + "'", text(key, or),
                    "gelu, gelu_new, relu, silu or tanh", "use another model");
        };
    }
}
