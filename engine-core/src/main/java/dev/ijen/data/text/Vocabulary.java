package dev.ijen.data.text;

import java.util.List;

/// Texts as whole numbers and back. Immutable.
public interface Vocabulary {
    /// How many symbols there are.
    int size();

    /// A text as symbols.
    int[] encode(String text);

    /// A text as at most so many symbols, those included that stand around texts.
    default int[] encode(String text, int most) {
        int[] all = encode(text);
        return all.length <= most ? all : java.util.Arrays.copyOf(all, most);
    }

    /// The symbol that fills short texts up.
    default int padding() {
        return 0;
    }

    /// Symbols as a text.
    String decode(int[] ids);

    /// The symbol every text begins with; negative for none.
    default int begin() {
        return -1;
    }

    /// Whether a symbol ends a text.
    default boolean isEnd(int id) {
        return false;
    }

    /// The symbols by index.
    List<String> symbols();
}
