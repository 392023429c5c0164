package dev.ijen.onnx;

import java.util.HashMap;
import java.util.Map;

/// Names of values. A graph inside a node sees those around it.
final class Scope {
    private final Map<String, Value> names = new HashMap<>();
    private final Scope around;
    private final Map<String, Long> opsets;
    private final int depth;

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
