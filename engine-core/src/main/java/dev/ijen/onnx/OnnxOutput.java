package dev.ijen.onnx;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// An output a model gives.
///
/// @param name its name
/// @param text true if its elements are texts: [OnnxModel#text] has them
/// @param keys what its columns stand for, where the model gives a map for each row, as classifiers of scikit-learn do; else empty. The
///     output is then the values of these maps, [N, keys].
public record OnnxOutput(String name, boolean text, List<String> keys) {
    static OnnxOutput of(Proto.Graph g, Proto.Value v) {
        var keys = g.nodes().stream()
                .filter(n -> n.op().equals(MapRules.ZIP_MAP) && n.outputs().contains(v.name()))
                .findFirst()
                .map(OnnxOutput::keys)
                .orElse(List.of());
        boolean text = v.type() instanceof Proto.Type.OfTensor(var element, var _) && element == OnnxType.STRING.code();
        return new OnnxOutput(v.name(), text, keys);
    }

    private static List<String> keys(Proto.Node n) {
        var texts = n.attributes().get("classlabels_strings");
        if (texts != null && !texts.strings().isEmpty()) {
            return texts.strings().stream().map(b -> new String(b, StandardCharsets.UTF_8)).toList();
        }
        var numbers = n.attributes().get("classlabels_int64s");
        return numbers == null ? List.of() : Arrays.stream(numbers.ints()).mapToObj(Long::toString).toList();
    }

    @Override
    public String toString() {
        return keys.isEmpty() ? name : name + " by " + keys;
    }
}
