package dev.ijen.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a model says about one example: a class, a number, or a text.
///
/// @param source file, or file and line
/// @param label the likeliest class, or what stands at a hidden place; null in regression
/// @param value in regression; NaN otherwise
/// @param probabilities by class, in the model's order; empty in regression
/// @param text an answer, or the text with what was hidden; null where there is none
public record Prediction(String source, String label, double value, Map<String, Double> probabilities, String text) {
    /// A class or a number.
    public Prediction(String source, String label, double value, Map<String, Double> probabilities) {
        this(source, label, value, probabilities, null);
    }

    /// Copies the map.
    public Prediction {
        probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    }

    /// For JSON.
    public Map<String, Object> toMap() {
        var all = new LinkedHashMap<String, Object>();
        all.put("file", source);
        if (text != null) {
            all.put("text", text);
        }
        if (label == null && text == null) {
            all.put("value", value);
        } else if (label != null) {
            all.put("class", label);
            all.put("probabilities", new LinkedHashMap<>(probabilities));
        }
        return all;
    }
}
