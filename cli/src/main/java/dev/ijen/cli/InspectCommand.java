package dev.ijen.cli;

import dev.ijen.format.TensorFiles;
import dev.ijen.nn.zoo.HuggingFace;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.TrainOptions;
import dev.ijen.train.TrainPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows a model without running it.
@Command(name = "inspect", description = {
    "Shows a model: layers, shapes, parameters, FLOPs and the exact memory plan, or its graph.",
    "What is shown: a preset, a config, a run directory, a checkpoint, an .onnx file, a Hugging Face",
    "folder, or any file of tensors (.safetensors, .npz, .npy, .pt)."
})
final class InspectCommand extends BaseCommand {
    @Parameters(paramLabel = "WHAT", arity = "0..1",
            description = "A config, run directory, checkpoint or file of tensors.")
    Path what;

    @Mixin
    ConfigSource source;

    @Option(names = "--batch", paramLabel = "N", converter = ComputeOptions.CountConverter.class,
            description = "Batch size of the plan (default: the config's).")
    Integer batch;

    @Option(names = "--graph", paramLabel = "FORMAT",
            description = "Print the graph of operations instead: mermaid or dot.")
    Graph graph;

    @Mixin
    ComputeOptions compute;

    /// Languages for graphs.
    enum Graph {
        /// For Markdown pages.
        MERMAID,
        /// For Graphviz.
        DOT
    }

    @Override
    public Integer call() {
        if (what != null && isForeign(what)) {
            if (compute.precision != null) {
                throw Errors.wrong(
                        spec,
                        "ijen inspect: --precision does not fit",
                        "--precision with " + what + ", a file of tensors alone",
                        "--precision with a config, preset or run",
                        "leave it out: nothing is computed");
            }
            tensors();
            return Exit.DONE;
        }
        if (what != null && HuggingFace.is(what)) {
            try (var engine = compute.open()) {
                var shown = HuggingFaceFiles.show(engine, what, batch == null ? 1 : batch);
                print(shown.text(), shown.object());
            }
            return Exit.DONE;
        }
        if (OnnxFiles.is(what)) {
            try (var engine = compute.open()) {
                var shown = OnnxFiles.show(engine, what, batch == null ? 1 : batch);
                print(shown.text(), shown.object());
            }
            return Exit.DONE;
        }
        var plan = plan();
        if (graph == null) {
            print(plan.toText(), plan.toMap());
        } else {
            var text = plan.graph(graph.name().toLowerCase(Locale.ROOT));
            print(text, Map.of("format", graph.name().toLowerCase(Locale.ROOT), "graph", text));
        }
        return Exit.DONE;
    }

    private TrainPlan plan() {
        if (what == null || isConfig(what)) {
            if (batch != null) {
                source.sets = new ArrayList<>(source.sets);
                source.sets.add("training.batch_size=" + batch);
            }
            var config = source.read(what, spec);
            var options = TrainOptions.defaults().withDevice(compute.device).withEngine(compute.engine());
            return TrainPlan.of(
                    compute.precision == null ? config : config.withPrecision(compute.precision), options);
        }
        if (!source.sets.isEmpty()) {
            throw Errors.wrong(
                    spec,
                    "ijen inspect: --set does not fit",
                    "--set with the trained model " + what,
                    "--set with a config or preset",
                    "leave it out: a trained model stays as it is");
        }
        try (var trained = TrainedOptions.load(what, compute)) {
            return trained.plan(batch == null ? trained.config().training().batchSize() : batch);
        }
    }

    private static boolean isConfig(Path path) {
        var name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    /// True for a file of tensors that is not part of a checkpoint of ours.
    private static boolean isForeign(Path path) {
        return TensorFiles.knows(path)
                && Files.isRegularFile(path)
                && !Files.exists(path.resolveSibling("state.json"));
    }

    private void tensors() {
        if (graph != null) {
            throw new IjenException(
                    what + ": has no graph",
                    "a file of tensors alone",
                    "a preset, config or run directory",
                    "leave out --graph");
        }
        var rows = new ArrayList<List<String>>();
        var list = new ArrayList<Map<String, Object>>();
        long numbers = 0;
        long bytes = 0;
        for (var e : TensorFiles.list(what)) {
            var dtype = e.dtype().toString();
            long count = e.shape().size();
            rows.add(List.of(e.name(), dtype, e.shape().toString(), Text.count(count), Text.bytes(e.bytes())));
            var object = new LinkedHashMap<String, Object>();
            object.put("name", e.name());
            object.put("dtype", dtype);
            object.put("shape", dims(e.shape()));
            object.put("bytes", e.bytes());
            list.add(object);
            numbers += count;
            bytes += e.bytes();
        }
        var object = new LinkedHashMap<String, Object>();
        object.put("parameters", numbers);
        object.put("memory_bytes", bytes);
        object.put("metadata", TensorFiles.metadata(what));
        object.put("tensors", list);
        print(
                Text.table(List.of("tensor", "type", "shape", ">numbers", ">size"), rows)
                        + "%s numbers in %d tensors, %s%n".formatted(
                                Text.count(numbers), rows.size(), Text.bytes(bytes)),
                object);
    }

    private static List<Integer> dims(dev.ijen.tensor.Shape shape) {
        var dims = new ArrayList<Integer>();
        for (int i = 0; i < shape.rank(); i++) {
            dims.add(shape.dim(i));
        }
        return dims;
    }
}
