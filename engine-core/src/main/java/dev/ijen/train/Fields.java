package dev.ijen.train;

import dev.ijen.format.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JSON object that is read with suspicion: what is missing or of another type is an error that names the file.
final class Fields {
    private final String source;
    private final Map<String, Object> values;

    private Fields(String source, Map<String, Object> values) {
        this.source = source;
        this.values = values;
    }

    static Fields of(String source, Object json) {
        if (!(json instanceof Map<?, ?> m)) {
            throw FormatException.damaged(source, "the top", "no object", "a JSON object", "use another checkpoint");
        }
        var all = new LinkedHashMap<String, Object>();
        m.forEach((k, v) -> all.put(String.valueOf(k), v));
        return new Fields(source, all);
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    Fields object(String key) {
        return of(source + " '" + key + "'", values.get(key));
    }

    String text(String key) {
        if (values.get(key) instanceof String s) {
            return s;
        }
        throw wrong(key, "text");
    }

    boolean truth(String key) {
        if (values.get(key) instanceof Boolean b) {
            return b;
        }
        throw wrong(key, "true or false");
    }

    long whole(String key) {
        if (values.get(key) instanceof Long l) {
            return l;
        }
        throw wrong(key, "a whole number");
    }

    int whole(String key, int from, int to) {
        long v = whole(key);
        if (v < from || v > to) {
            throw wrong(key, "a whole number from " + from + " to " + to);
        }
        return (int) v;
    }

    /// A number; null stands for what JSON has no number for.
    double number(String key) {
        return switch (values.get(key)) {
            case Double d -> d;
            case Long l -> l;
            case null -> Double.NaN;
            default -> throw wrong(key, "a number");
        };
    }

    List<Double> numbers(String key) {
        var all = new ArrayList<Double>();
        for (var v : list(key)) {
            switch (v) {
                case Double d -> all.add(d);
                case Long l -> all.add((double) l);
                case null, default -> throw wrong(key, "numbers");
            }
        }
        return all;
    }

    List<String> texts(String key) {
        var all = new ArrayList<String>();
        for (var v : list(key)) {
            if (!(v instanceof String s)) {
                throw wrong(key, "texts");
            }
            all.add(s);
        }
        return all;
    }

    private List<?> list(String key) {
        if (values.get(key) instanceof List<?> l) {
            return l;
        }
        throw wrong(key, "a list");
    }

    /// Keys in order.
    List<String> keys() {
        return List.copyOf(values.keySet());
    }

    FormatException wrong(String key, String expected) {
        return FormatException.damaged(
                source, "'" + key + "'", String.valueOf(values.get(key)), expected,
                "use another checkpoint, or train again");
    }
}
