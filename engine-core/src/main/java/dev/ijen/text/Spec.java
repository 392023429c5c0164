package dev.ijen.text;

import dev.ijen.format.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A JSON object of a tokenizer's file that is read with suspicion.
final class Spec {
    private final String source;
    private final String where;
    private final Map<?, ?> values;

    Spec(String source, String where, Object json) {
        if (!(json instanceof Map<?, ?> m)) {
            throw FormatException.damaged(source, where, shown(json), "a JSON object", "fetch the file again");
        }
        this.source = source;
        this.where = where;
        this.values = m;
    }

    private static String shown(Object json) {
        String s = String.valueOf(json);
        return s.length() > 60 ? s.substring(0, 60) + "..." : s;
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    Object raw(String key) {
        return values.get(key);
    }

    Map<?, ?> map() {
        return values;
    }

    Spec object(String key) {
        return new Spec(source, where + "." + key, values.get(key));
    }

    String text(String key) {
        return values.get(key) instanceof String s ? s : fail(key, "text");
    }

    String text(String key, String absent) {
        return has(key) ? text(key) : absent;
    }

    boolean truth(String key, boolean absent) {
        return !has(key) ? absent : values.get(key) instanceof Boolean b ? b : fail(key, "true or false");
    }

    int whole(String key, int from, int to) {
        return values.get(key) instanceof Long l && l >= from && l <= to
                ? (int) (long) l
                : fail(key, "a whole number from " + from + " to " + to);
    }

    int whole(String key, int absent, int from, int to) {
        return has(key) ? whole(key, from, to) : absent;
    }

    List<?> list(String key) {
        return values.get(key) instanceof List<?> l ? l : fail(key, "a list");
    }

    List<Spec> objects(String key) {
        var all = new ArrayList<Spec>();
        for (Object o : list(key)) {
            all.add(new Spec(source, where + "." + key + "[" + all.size() + "]", o));
        }
        return all;
    }

    /// Never returns; typed as what stands in its place.
    @SuppressWarnings("TypeParameterUnusedInFormals")
    <T> T fail(String key, String expected) {
        throw FormatException.damaged(
                source, where + "." + key, shown(values.get(key)), expected, "fetch the file again");
    }

    FormatException unsupported(String what, String expected) {
        return FormatException.unsupported(
                source, where, what, expected, "use another tokenizer, or ask for this one to be added");
    }

    String source() {
        return source;
    }
}
