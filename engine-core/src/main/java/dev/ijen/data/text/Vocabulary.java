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

    /// What of a text no symbol stands for, each once and in order: it would be read as one that was never learnt. Empty where there is
    /// a symbol for everything.
    default List<String> unknown(String text) {
        return List.of();
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
