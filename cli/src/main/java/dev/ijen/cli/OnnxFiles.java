package dev.ijen.cli;

import dev.ijen.data.ImageFolder;
import dev.ijen.engine.Engine;
import dev.ijen.engine.InputSpec;
import dev.ijen.format.FormatException;
import dev.ijen.format.Npy;
import dev.ijen.onnx.OnnxInput;
import dev.ijen.onnx.OnnxModel;
import dev.ijen.onnx.OnnxOutput;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What `ijen inspect` and `ijen predict` do with an ONNX file.
final class OnnxFiles {
    private OnnxFiles() {}

    /// True for a path that ends in `.onnx`.
    static boolean is(Path path) {
        return path != null && path.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    /// A text and an object.
    record Shown(String text, Map<String, Object> object) {}

    /// Nodes, shapes, parameters and work, for a batch: extents a model leaves open are the batch in front, else 1.
    static Shown show(Engine engine, Path file, int batch) {
        try (var model = OnnxModel.open(engine, file)) {
            var shapes = model.inputs().stream().map(i -> shape(i, batch)).toList();
            long parameters = model.parameters().values().stream().mapToLong(p -> p.shape().size()).sum();
            var rows = new ArrayList<List<String>>();
            var layers = new ArrayList<Map<String, Object>>();
            var unknown = unknown(model, shapes);
            for (var n : unknown.isEmpty() ? model.nodes(shapes) : model.nodes()) {
                long weights = n.weights().stream().mapToLong(w -> model.parameters().get(w).shape().size()).sum();
                var out = n.outputs().isEmpty() ? "" : n.outputs().getFirst().toString();
                rows.add(List.of(n.name(), n.op(), out, Text.count(weights)));
                var m = new LinkedHashMap<String, Object>();
                m.put("name", n.name());
                m.put("type", n.op());
                m.put("output", n.outputs().isEmpty() ? List.of()
                        : java.util.Arrays.stream(n.outputs().getFirst().dims()).boxed().toList());
                m.put("parameters", weights);
                layers.add(m);
            }
            var object = new LinkedHashMap<String, Object>();
            object.put("parameters", parameters);
            object.put("trainable", parameters);
            var work = unknown.isEmpty() ? work(engine, model, shapes, object)
                    : "shapes depend on the inputs: " + unknown;
            object.put("opset", model.opset());
            object.put("producer", model.producer());
            object.put("inputs", model.inputs().stream().map(OnnxInput::toString).toList());
            object.put("outputs", model.outputs().stream().map(OnnxOutput::toString).toList());
            object.put("layers", layers);
            var text = Text.table(List.of("node", "operator", "output", ">parameters"), rows)
                    + "operator set %d, %s; inputs %s%n%s parameters, %s%n".formatted(
                            model.opset(), model.producer(), model.inputs(), Text.count(parameters), work);
            return new Shown(text, object);
        }
    }

    /// Why shapes are not known for extents that were guessed; empty if they are.
    private static String unknown(OnnxModel model, List<Shape> shapes) {
        boolean open = model.inputs().stream().anyMatch(i -> i.dims().contains(-1) || !i.dtype().isFloat());
        try {
            model.nodes(shapes);
            return "";
        } catch (IjenException e) {
            if (!open) {
                throw e;
            }
            return e.getMessage().lines().map(String::strip).limit(2).reduce((a, b) -> a + ", " + b).orElse("");
        }
    }

    private static String work(Engine engine, OnnxModel model, List<Shape> shapes, Map<String, Object> object) {
        var specs = new ArrayList<InputSpec>();
        for (int i = 0; i < shapes.size(); i++) {
            specs.add(new InputSpec(model.inputs().get(i).dtype(), shapes.get(i)));
        }
        try (var step = engine.inferenceProgram(model::apply)) {
            var report = step.report(specs);
            long memory = report.workspaceBytes() + report.argumentBytes() + report.constantBytes()
                    + report.cellBytes();
            object.put("flops_forward", report.flops());
            object.put("memory_bytes", memory);
            return Text.count(report.flops()) + " FLOPs forward, " + Text.bytes(memory);
        }
    }

    private static Shape shape(OnnxInput input, int batch) {
        var d = new int[input.dims().size()];
        for (int i = 0; i < d.length; i++) {
            int n = input.dims().get(i);
            d[i] = n >= 0 ? n : i == 0 ? batch : 1;
        }
        return Shape.of(d);
    }

    /// The outputs for each file: an image becomes [1, C, H, W] with values from 0 to 1, an .npy is taken as it is.
    static List<Map<String, Object>> predict(Engine engine, Path file, List<Path> files) {
        var all = new ArrayList<Map<String, Object>>();
        try (var model = OnnxModel.open(engine, file)) {
            if (model.inputs().size() != 1) {
                throw new IjenException("predict: " + file + " takes " + model.inputs().size() + " inputs",
                        model.inputs().toString(), "a model of one input", "use the library: OnnxModel.run");
            }
            for (var f : files) {
                var y = model.run(input(model.inputs().getFirst(), f));
                var m = new LinkedHashMap<String, Object>();
                m.put("file", f.toString());
                for (int k = 0; k < y.size(); k++) {
                    m.put(model.outputs().get(k).name(), shown(model, model.outputs().get(k), y.get(k)));
                }
                var first = y.getFirst();
                boolean scores = first.dtype().isFloat() && !model.outputs().getFirst().text();
                if (scores && first.shape().size() > 1 && first.shape().size() == first.shape().dim(-1)) {
                    m.put("class", best(first));
                }
                all.add(m);
            }
        }
        return all;
    }

    private static HostTensor input(OnnxInput in, Path file) {
        if (file.toString().endsWith(".npy")) {
            return Npy.read(file);
        }
        var d = in.dims();
        if (d.size() != 4 || d.get(2) < 1 || d.get(3) < 1) {
            throw FormatException.unsupported(file, "a picture for this model", in.toString(),
                    "an input [N, C, H, W] of known size",
                    "give an .npy of the input");
        }
        return ImageFolder.read(file, Math.max(1, d.get(1)), d.get(2), d.get(3));
    }

    /// Numbers, texts, or one object of named numbers a row.
    private static List<?> shown(OnnxModel model, OnnxOutput output, HostTensor h) {
        if (output.text()) {
            return model.text(h);
        }
        var numbers = numbers(h);
        if (output.keys().isEmpty() || numbers.size() % output.keys().size() != 0) {
            return numbers;
        }
        var rows = new ArrayList<Map<String, Object>>();
        int n = output.keys().size();
        for (int i = 0; i < numbers.size(); i += n) {
            var row = new LinkedHashMap<String, Object>();
            for (int k = 0; k < n; k++) {
                row.put(output.keys().get(k), numbers.get(i + k));
            }
            rows.add(row);
        }
        return rows;
    }

    private static List<Double> numbers(HostTensor h) {
        var l = new ArrayList<Double>();
        for (int i = 0; i < h.shape().size(); i++) {
            l.add(h.get(i));
        }
        return l;
    }

    static int best(HostTensor h) {
        int b = 0;
        for (int i = 1; i < h.shape().size(); i++) {
            b = h.get(i) > h.get(b) ? i : b;
        }
        return b;
    }
}
