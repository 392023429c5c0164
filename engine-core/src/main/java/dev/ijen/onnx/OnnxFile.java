package dev.ijen.onnx;

import dev.ijen.format.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import dev.ijen.tensor.HostTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What an ONNX file says, without a device: all of it is read and checked, nothing is run.
///
/// @param producer who wrote it
/// @param opset version of the standard operators
/// @param nodes nodes of the main graph
/// @param tensors initializers of the main graph
/// @param values numbers in them
public record OnnxFile(String producer, long opset, int nodes, int tensors, long values) {
    /// Reads a file.
    ///
    /// @throws FormatException if it is damaged, or says something that is not read
    public static OnnxFile read(Path file) {
        var m = load(file);
        var data = new TensorData(file.toString(), file.toAbsolutePath().getParent(), new Strings());
        long values = 0;
        for (var t : m.graph().initializers()) {
            values += data.read(t).shape().size();
        }
        for (var s : m.graph().sparse()) {
            values += data.dense(s).shape().size();
        }
        return new OnnxFile(m.producer(), m.opsets().getOrDefault("", 1L), m.graph().nodes().size(),
                m.graph().initializers().size(), values);
    }

    /// Whether all weights are in the file itself, none beside it.
    public static boolean isWhole(Path file) {
        return load(file).graph().initializers().stream().allMatch(t -> t.external().isEmpty());
    }

    /// The initializers of the main graph by name: weights, and constants that have an axis.
    public static Map<String, HostTensor> tensors(Path file) {
        var m = load(file);
        var data = new TensorData(file.toString(), file.toAbsolutePath().getParent(), new Strings());
        var all = new LinkedHashMap<String, HostTensor>();
        for (var t : m.graph().initializers()) {
            if (data.type(t).own() && t.dims().length > 0) {
                all.put(t.name(), data.read(t));
            }
        }
        return all;
    }

    /// A file's messages, its tensors still as bytes.
    static Proto.Model load(Path file) {
        try {
            if (Files.size(file) > OnnxModel.MAX_BYTES) {
                throw FormatException.unsupported(file, "size", Files.size(file) + " bytes", "at most 2 GiB",
                        "put weights into external data");
            }
            return ProtoReader.model(Wire.of(file.toString(), Files.readAllBytes(file)));
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }
}
