package dev.ijen.data.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/// A symbol for each word, in lower case and divided by blanks: 0 fills up, 1 stands for words that are not known. There may be symbols for
/// words that stand beside each other, too (n-grams; Joulin et al., arXiv:1607.01759), such as `not good`: those of a text stand behind
/// its words, and what is not known of them is left out.
public final class Words implements Vocabulary {
    private final List<String> symbols;
    private final int longest;
    private final Map<String, Integer> index = new HashMap<>();

    private Words(List<String> symbols) {
        this.symbols = List.copyOf(symbols);
        for (int i = 0; i < symbols.size(); i++) {
            index.putIfAbsent(symbols.get(i), i);
        }
        longest = 1 + symbols.stream().mapToInt(s -> (int) s.chars().filter(c -> c == ' ').count()).max().orElse(0);
    }

    /// The words that occur at least `least` times, the most frequent ones first.
    ///
    /// @param most symbols at most
    public static Words of(List<String> texts, int least, int most) {
        return of(texts, least, most, 1);
    }

    /// The words, and groups of up to `longest` words beside each other, that occur at least `least` times, the most frequent ones first.
    ///
    /// @param most symbols at most
    public static Words of(List<String> texts, int least, int most, int longest) {
        var count = new HashMap<String, Integer>();
        for (var t : texts) {
            var words = split(t);
            for (int n = 1; n <= longest; n++) {
                groups(words, n).forEach(w -> count.merge(w, 1, Integer::sum));
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

    /// Every `n` words that stand beside each other.
    private static List<String> groups(List<String> words, int n) {
        return IntStream.rangeClosed(0, words.size() - n).mapToObj(i -> String.join(" ", words.subList(i, i + n)))
                .toList();
    }

    @Override
    public int size() {
        return symbols.size();
    }

    @Override
    public int[] encode(String text) {
        var words = split(text);
        var all = words.stream().mapToInt(w -> index.getOrDefault(w, 1));
        for (int n = 2; n <= longest; n++) {
            all = IntStream.concat(all, groups(words, n).stream().filter(index::containsKey).mapToInt(index::get));
        }
        return all.toArray();
    }

    /// A row of fixed length: cut off, or filled up with 0.
    @Override
    public int[] encode(String text, int length) {
        return java.util.Arrays.copyOf(encode(text), length);
    }

    /// The words; groups of them say nothing more.
    @Override
    public String decode(int[] ids) {
        var s = new StringBuilder();
        for (int id : ids) {
            if (id > 0 && symbols.get(id).indexOf(' ') < 0) {
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
