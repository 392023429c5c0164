package dev.ijen.generate;

import dev.ijen.data.text.Vocabulary;
import java.util.Arrays;

/// Tokens to text as they come: what is shown is never taken back, so a character waits for its last byte.
///
/// Each token decodes only those since the last but one that showed something: what a token shows may depend on the one
/// before it (a blank between words), not on the whole text.
public final class TextStream {
    private static final char UNFINISHED = '\uFFFD';

    private final Vocabulary vocabulary;
    private int[] ids;
    private int size;
    /// Where decoding starts, and up to where all is shown.
    private int from;
    private int shown;

    /// @param before tokens whose text is known already
    public TextStream(Vocabulary vocabulary, int[] before) {
        this.vocabulary = vocabulary;
        this.ids = before.clone();
        this.size = before.length;
        this.shown = size;
    }

    /// The text that one more token makes known.
    public String add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size + 16);
        }
        ids[size++] = id;
        var text = text(size);
        return text.isEmpty() || text.charAt(text.length() - 1) == UNFINISHED ? "" : news(text);
    }

    /// What is left when no more tokens come.
    public String end() {
        return news(text(size));
    }

    private String text(int to) {
        return vocabulary.decode(Arrays.copyOfRange(ids, from, to));
    }

    private String news(String text) {
        int known = text(shown).length();
        if (text.length() <= known) {
            return "";
        }
        from = shown;
        shown = size;
        return text.substring(known);
    }
}
