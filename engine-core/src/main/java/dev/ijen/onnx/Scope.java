package dev.ijen.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Names of values. A graph inside a node sees those around it.
final class Scope {
    private final Map<String, Value> names = new HashMap<>();
    private final Scope around;
    private final Map<String, Long> opsets;
    private final int depth;
    private BiConsumer<Proto.Node, List<Value>> seen = (n, out) -> {};

    /// Tells of every node whose results are put here.
    void watch(BiConsumer<Proto.Node, List<Value>> by) {
        seen = by;
    }

    void done(Proto.Node n, List<Value> out) {
        seen.accept(n, out);
    }

    Scope(Scope around, Map<String, Long> opsets, int depth) {
        this.around = around;
        this.opsets = opsets;
        this.depth = depth;
    }

    /// Version by domain.
    Map<String, Long> opsets() {
        return opsets;
    }

    /// How many functions and graphs this is in.
    int depth() {
        return depth;
    }

    void put(String name, Value v) {
        names.put(name, v);
    }

    /// The value, or null if there is none of that name.
    Value get(String name) {
        for (var s = this; s != null; s = s.around) {
            var v = s.names.get(name);
            if (v != null) {
                return v;
            }
        }
        return null;
    }
}
