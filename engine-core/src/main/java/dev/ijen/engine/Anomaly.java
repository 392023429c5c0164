package dev.ijen.engine;

import java.util.List;

/// An operation that made NaN or infinity out of finite numbers.
///
/// @param operation its name
/// @param where the user's line and the layer; empty if unknown
/// @param layer dotted name of the layer; empty outside of layers
/// @param result what it gave: `NaN in 3 of 640 values, F32[64, 10]`
/// @param inputs what it was given: `F32[64, 10] from -3.2 to 88.7`
public record Anomaly(String operation, String where, String layer, String result, List<String> inputs) {
    /// Copies the list.
    public Anomaly {
        inputs = List.copyOf(inputs);
    }

    /// The operation and its place: `log at Main.java:12`.
    public String place() {
        return where.isEmpty() ? operation : operation + " at " + where;
    }
}
