package dev.ijen.data.text;

import dev.ijen.tensor.IjenException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// A symbol for each character (code point) of a text, in their order; symbol 0 stands for all others.
public final class Characters implements Vocabulary {
    /// What characters that are not known become.
    public static final String UNKNOWN = "\uFFFD";

    private final List<String> symbols;
    private final Map<Integer, Integer> index = new HashMap<>();

    private Characters(List<String> symbols) {
        this.symbols = List.copyOf(symbols);
        for (int i = 0; i < symbols.size(); i++) {
            var s = symbols.get(i);
            if (s.codePointCount(0, s.length()) != 1 || index.put(s.codePointAt(0), i) != null) {
                throw new IjenException("characters: not a vocabulary", "'" + s + "' at " + i,
                        "different single characters", "use another file");
            }
        }
    }

    /// Those of a text.
    public static Characters of(String text) {
        var all = new TreeSet<Integer>();
        text.codePoints().forEach(all::add);
        all.remove(UNKNOWN.codePointAt(0));
        var symbols = new java.util.ArrayList<String>(List.of(UNKNOWN));
        all.forEach(c -> symbols.add(Character.toString(c)));
        return new Characters(symbols);
    }

    /// What [#symbols] gave.
    public static Characters ofSymbols(List<String> symbols) {
        return new Characters(symbols);
    }

    @Override
    public int size() {
        return symbols.size();
    }

    @Override
    public int[] encode(String text) {
        return text.codePoints().map(c -> index.getOrDefault(c, 0)).toArray();
    }

    @Override
    public List<String> unknown(String text) {
        return text.codePoints().filter(c -> !index.containsKey(c)).distinct().mapToObj(Character::toString).toList();
    }

    @Override
    public String decode(int[] ids) {
        var s = new StringBuilder();
        for (int id : ids) {
            s.append(symbols.get(id));
        }
        return s.toString();
    }

    @Override
    public List<String> symbols() {
        return symbols;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Characters c && c.symbols.equals(symbols);
    }

    @Override
    public int hashCode() {
        return symbols.hashCode();
    }
}
