package dev.ijen.train;

import dev.ijen.format.Safetensors;
import dev.ijen.format.TensorFiles;
import dev.ijen.nn.zoo.HuggingFace;
import dev.ijen.onnx.OnnxFile;
import dev.ijen.tensor.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Weights by name, wherever they are: a file of tensors, an ONNX file's initializers, a run, a checkpoint, a Hugging Face
/// folder.
final class WeightSource {
    private WeightSource() {}

    static Map<String, HostTensor> read(Path path) {
        if (Files.isRegularFile(path)) {
            return path.toString().endsWith(".onnx") ? OnnxFile.tensors(path) : TensorFiles.read(path);
        }
        if (HuggingFace.is(path)) {
            return HuggingFace.open(path).tensors();
        }
        return Safetensors.read(Trained.file(path));
    }
}
