package dev.ijen.cli;

import dev.ijen.engine.Engine;
import dev.ijen.engine.InputSpec;
import dev.ijen.nn.Module;
import dev.ijen.nn.zoo.Bert;
import dev.ijen.nn.zoo.Decoder;
import dev.ijen.nn.zoo.HuggingFace;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What `ijen inspect` says of a Hugging Face folder.
final class HuggingFaceFiles {
    private HuggingFaceFiles() {}

    /// Layers, shapes, parameters and work for texts as long as the model takes them.
    static OnnxFiles.Shown show(Engine engine, Path folder, int batch) {
        var h = HuggingFace.open(folder);
        var model = h.model(engine);
        try {
            int length = switch (model) {
                case Decoder d -> d.spec().length();
                case Bert b -> b.positions().weight().shape().dim(0);
                default -> 1;
            };
            var input = Shape.of(batch, length);
            long parameters = Module.parameterCount(model);
            var rows = new ArrayList<List<String>>();
            var layers = new ArrayList<Map<String, Object>>();
            for (var l : Module.summary(model, DType.I32, input)) {
                rows.add(List.of(l.name(), l.type(), l.output().toString(), Text.count(l.parameters())));
                var m = new LinkedHashMap<String, Object>();
                m.put("name", l.name());
                m.put("type", l.type());
                m.put("output", java.util.Arrays.stream(l.output().dims()).boxed().toList());
                m.put("parameters", l.parameters());
                layers.add(m);
            }
            try (var step = engine.inference(model::apply)) {
                var report = step.report(List.of(new InputSpec(DType.I32, input)));
                long memory = report.workspaceBytes() + report.argumentBytes() + report.constantBytes()
                        + report.cellBytes();
                var object = new LinkedHashMap<String, Object>();
                object.put("kind", h.kind());
                object.put("parameters", parameters);
                object.put("trainable", parameters);
                object.put("flops_forward", report.flops());
                object.put("memory_bytes", memory);
                object.put("weights", h.weightsFile().toString());
                object.put("layers", layers);
                return new OnnxFiles.Shown(
                        Text.table(List.of("layer", "type", "output", ">parameters"), rows)
                                + "%s, input I32%s%n%s parameters, %s FLOPs forward, %s%n".formatted(
                                        h.kind(), input, Text.count(parameters), Text.count(report.flops()),
                                        Text.bytes(memory)),
                        object);
            }
        } finally {
            Module.close(model);
        }
    }
}
