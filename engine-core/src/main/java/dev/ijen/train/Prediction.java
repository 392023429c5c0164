package dev.ijen.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a model says about one example.
///
/// @param source file, or file and line
/// @param label the likeliest class; null in regression
/// @param value in regression; NaN otherwise
/// @param probabilities by class, in the model's order; empty in regression
/// @param heard the symbols of a sequence; null where it is none
public record Prediction(
        String source, String label, double value, Map<String, Double> probabilities, List<Heard> heard) {
    /// A class or a number.
    public Prediction(String source, String label, double value, Map<String, Double> probabilities) {
        this(source, label, value, probabilities, null);
    }

    /// A sequence.
    static Prediction ofSequence(String source, List<Heard> heard) {
        var text = String.join(" ", heard.stream().map(Heard::symbol).toList());
        return new Prediction(source, text, Double.NaN, Map.of(), heard);
    }

    /// Copies the collections.
    public Prediction {
        probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
        heard = heard == null ? null : List.copyOf(heard);
    }

    /// For JSON.
    public Map<String, Object> toMap() {
        var all = new LinkedHashMap<String, Object>();
        all.put("file", source);
        if (heard != null) {
            all.put("text", label);
            all.put("symbols", heard.stream().map(Prediction::map).toList());
        } else if (label == null) {
            all.put("value", value);
        } else {
            all.put("class", label);
            all.put("probabilities", new LinkedHashMap<>(probabilities));
        }
        return all;
    }

    private static Map<String, Object> map(Heard h) {
        var m = new LinkedHashMap<String, Object>();
        m.put("symbol", h.symbol());
        m.put("begin_s", h.begin());
        m.put("end_s", h.end());
        return m;
    }
}
