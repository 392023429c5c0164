package dev.ijen.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a model says about one example: a class, a number, or a text.
///
/// @param source file, or file and line
/// @param label the likeliest class, or what stands at a hidden place; null in regression
/// @param value in regression; NaN otherwise
/// @param probabilities by class, in the model's order; empty in regression
/// @param text an answer, the text with what was hidden, or the symbols of a sequence; null where there is none
/// @param heard where the symbols of a sequence lie; null where it is none
public record Prediction(
        String source, String label, double value, Map<String, Double> probabilities, String text, List<Heard> heard) {
    /// A class or a number.
    public Prediction(String source, String label, double value, Map<String, Double> probabilities) {
        this(source, label, value, probabilities, null, null);
    }

    /// With a text.
    static Prediction ofText(String source, String label, Map<String, Double> probabilities, String text) {
        return new Prediction(source, label, Double.NaN, probabilities, text, null);
    }

    /// A sequence.
    static Prediction ofSequence(String source, List<Heard> heard) {
        var text = String.join(" ", heard.stream().map(Heard::symbol).toList());
        return new Prediction(source, null, Double.NaN, Map.of(), text, heard);
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
        if (text != null) {
            all.put("text", text);
        }
        if (heard != null) {
            all.put("symbols", heard.stream().map(Prediction::map).toList());
        }
        if (label == null && text == null) {
            all.put("value", value);
        } else if (label != null) {
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
