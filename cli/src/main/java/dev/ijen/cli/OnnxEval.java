package dev.ijen.cli;

import dev.ijen.data.IdxDataset;
import dev.ijen.engine.Engine;
import dev.ijen.onnx.OnnxModel;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What `ijen eval` does with an ONNX file: how many test images get their label.
final class OnnxEval {
    private OnnxEval() {}

    /// Counts.
    record Result(int correct, int examples) {
        String toText() {
            return String.format(Locale.ROOT, "%-18s %.4f%n%-18s %d%n", "accuracy", accuracy(), "examples", examples);
        }

        Map<String, Object> toMap() {
            var m = new LinkedHashMap<String, Object>();
            m.put("accuracy", accuracy());
            m.put("correct", correct);
            m.put("examples", examples);
            return m;
        }

        private double accuracy() {
            return (double) correct / examples;
        }
    }

    /// One image at a time: a model may be made for just one.
    static Result run(Engine engine, Path file, Path folder, double mean, double std) {
        var data = IdxDataset.test(folder);
        int[] labels = data.classIndices();
        int correct = 0;
        try (var model = OnnxModel.open(engine, file)) {
            if (model.inputs().size() != 1) {
                throw new IjenException("eval: " + file + " takes " + model.inputs().size() + " inputs",
                        model.inputs().toString(), "a model of one input", "use the library: OnnxModel.run");
            }
            for (int i = 0; i < labels.length; i++) {
                var image = data.batch(new int[] {i}).input();
                var x = image.toFloatArray();
                for (int k = 0; k < x.length; k++) {
                    x[k] = (float) ((x[k] - mean) / std);
                }
                var y = model.run(HostTensor.of(x, image.shape().dims())).getFirst();
                correct += OnnxFiles.best(y) == labels[i] ? 1 : 0;
            }
        }
        return new Result(correct, labels.length);
    }
}
