package dev.ijen.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a model says about one example.
///
/// @param source file, or file and line
/// @param label the likeliest class; null in regression
/// @param value in regression; NaN otherwise
/// @param probabilities by class, in the model's order; empty in regression
public record Prediction(String source, String label, double value, Map<String, Double> probabilities) {
    /// Copies the map.
    public Prediction {
        probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    }

    /// For JSON.
    public Map<String, Object> toMap() {
        var all = new LinkedHashMap<String, Object>();
        all.put("file", source);
        if (label == null) {
            all.put("value", value);
        } else {
            all.put("class", label);
            all.put("probabilities", new LinkedHashMap<>(probabilities));
        }
        return all;
    }
}
