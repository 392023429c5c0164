package dev.ijen.onnx;

import dev.ijen.format.FormatException;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// ONNX's light models: `NAME.onnx` beside `NAME_output_0.pb`. The inputs are not in files: n values 0/n, 1/n, …, (n − 1)/n in row-major order, as
/// ONNX's own runner of these cases makes them.
final class LightCase {
    private static final String END = "_output_0.pb";

    private LightCase() {}

    /// The file of the first output of a model, whether or not it is there.
    static Path output(Path model) {
        var file = model.getFileName().toString();
        return model.resolveSibling(file.substring(0, file.length() - ".onnx".length()) + END);
    }

    static boolean is(Path set) {
        return set.getFileName().toString().endsWith(END);
    }

    /// Inputs of the extents a model says.
    static List<Value> inputs(OnnxModel model) {
        var all = new ArrayList<Value>();
        for (var in : model.inputs()) {
            var shape = Shape.of(in.dims().stream().mapToInt(d -> Math.max(1, d)).toArray());
            var h = HostTensor.zeros(in.dtype(), shape);
            for (int i = 0; i < shape.size(); i++) {
                h.set(i, (float) ((double) i / shape.size()));
            }
            all.add(model.session().computed(h, in.onnxType()));
        }
        return all;
    }

    static Value.Of expected(OnnxModel model, Path file) {
        try {
            var t = TensorReader.tensor(Wire.of(file.toString(), Files.readAllBytes(file)));
            var data = model.session().data();
            return model.session().computed(data.read(t), data.type(t));
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }
}
