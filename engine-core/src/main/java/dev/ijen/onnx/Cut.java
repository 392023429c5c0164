package dev.ijen.onnx;

import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// The beginning of a model: what one of its values is made of.
final class Cut {
    private static final int SHOWN = 30;

    private Cut() {}

    /// The model with `to` as its only output, without nodes and initializers that it does not need.
    ///
    /// @throws IjenException if no node of the main graph makes it
    static Proto.Model of(String file, Proto.Model m, String to) {
        var g = m.graph();
        var made = g.nodes().stream().flatMap(n -> n.outputs().stream()).filter(n -> !n.isEmpty()).toList();
        if (!made.contains(to)) {
            throw new IjenException("onnx: no value of that name in " + file, "'" + to + "'",
                    "what a node makes; the last are "
                            + String.join(", ", made.subList(Math.max(0, made.size() - SHOWN), made.size())),
                    "correct the name");
        }
        var needed = new HashSet<String>(List.of(to));
        var nodes = new ArrayList<Proto.Node>();
        for (var n : g.nodes().reversed()) {
            if (n.outputs().stream().anyMatch(needed::contains)) {
                nodes.addFirst(n);
                needed.addAll(n.inputs());
                // what graphs inside of nodes use is not looked for: such a model is kept whole
                if (n.attributes().values().stream().anyMatch(a -> a.graph() != null || !a.graphs().isEmpty())) {
                    g.initializers().forEach(t -> needed.add(t.name()));
                    g.nodes().forEach(other -> needed.addAll(other.outputs()));
                }
            }
        }
        var graph = new Proto.Graph(g.name(), nodes,
                g.initializers().stream().filter(t -> needed.contains(t.name())).toList(),
                g.sparse().stream().filter(t -> needed.contains(t.values().name())).toList(),
                g.inputs(), List.of(new Proto.Value(to, null)), g.values());
        return new Proto.Model(m.irVersion(), m.producer(), m.opsets(), graph, m.functions(), m.metadata());
    }
}
