package dev.ijen.onnx;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

/// An output a model gives.
///
/// @param name its name
/// @param text true if its elements are texts: [OnnxModel#text] has them
/// @param keys what its columns stand for, where the model gives a map for each row, as classifiers of scikit-learn do; else empty. The
///     output is then the values of these maps, [N, keys].
public record OnnxOutput(String name, boolean text, List<String> keys) {
    static List<OnnxOutput> all(Proto.Graph g) {
        var keys = new HashMap<String, List<String>>();
        for (var n : g.nodes()) {
            if (n.op().equals(MapRules.ZIP_MAP) && n.domain().equals("ai.onnx.ml")) {
                n.outputs().forEach(o -> keys.put(o, keys(n)));
            }
        }
        return g.outputs().stream().map(v -> new OnnxOutput(v.name(), text(v), keys.getOrDefault(v.name(), List.of())))
                .toList();
    }

    private static boolean text(Proto.Value v) {
        return v.type() instanceof Proto.Type.OfTensor(var element, var _) && element == OnnxType.STRING.code();
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
