package dev.ijen.onnx;

import dev.ijen.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A node of a model, as tables show it.
///
/// @param name its name, or that of its first output
/// @param op its operator, with a domain that is not the standard one
/// @param outputs shapes of its results, where they are tensors
/// @param weights names of the weights among its inputs
public record OnnxNode(String name, String op, List<Shape> outputs, List<String> weights) {
    static OnnxNode of(Proto.Node n, List<Value> out, Set<String> weights) {
        var shapes = new ArrayList<Shape>();
        for (int k = 0; k < Math.min(out.size(), n.outputs().size()); k++) {
            if (out.get(k) instanceof Value.Of t) {
                shapes.add(t.tensor().shape());
            }
        }
        return new OnnxNode(n.label(), n.domain().isEmpty() ? n.op() : n.domain() + "." + n.op(), shapes,
                n.inputs().stream().filter(weights::contains).toList());
    }
}
