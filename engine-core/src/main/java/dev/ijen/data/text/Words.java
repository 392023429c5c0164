package dev.ijen.data.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A symbol for each word, in lower case and divided by blanks: 0 fills up, 1 stands for words that are not known.
public final class Words implements Vocabulary {
    private final List<String> symbols;
    private final Map<String, Integer> index = new HashMap<>();

    private Words(List<String> symbols) {
        this.symbols = List.copyOf(symbols);
        for (int i = 0; i < symbols.size(); i++) {
            index.putIfAbsent(symbols.get(i), i);
        }
    }

    /// The words that occur at least `least` times, the most frequent ones first.
    ///
    /// @param most symbols at most
    public static Words of(List<String> texts, int least, int most) {
        var count = new HashMap<String, Integer>();
        for (var t : texts) {
            for (var w : split(t)) {
                count.merge(w, 1, Integer::sum);
            }
        }
        var all = new ArrayList<String>(List.of("<pad>", "<unk>"));
        count.entrySet().stream().filter(e -> e.getValue() >= least)
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .limit(Math.max(0, most - all.size()))
                .forEach(e -> all.add(e.getKey()));
        return new Words(all);
    }

    /// What [#symbols] gave.
    public static Words ofSymbols(List<String> symbols) {
        return new Words(symbols);
    }

    private static List<String> split(String text) {
        return text.toLowerCase(Locale.ROOT).lines().flatMap(l -> java.util.Arrays.stream(l.split("\\s+")))
                .filter(w -> !w.isEmpty()).toList();
    }

    @Override
    public int size() {
        return symbols.size();
    }

    @Override
    public int[] encode(String text) {
        return split(text).stream().mapToInt(w -> index.getOrDefault(w, 1)).toArray();
    }

    /// A row of fixed length: cut off, or filled up with 0.
    @Override
    public int[] encode(String text, int length) {
        return java.util.Arrays.copyOf(encode(text), length);
    }

    @Override
    public String decode(int[] ids) {
        var s = new StringBuilder();
        for (int id : ids) {
            if (id > 0) {
                s.append(s.isEmpty() ? "" : " ").append(symbols.get(id));
            }
        }
        return s.toString();
    }

    @Override
    public List<String> symbols() {
        return symbols;
    }
}
