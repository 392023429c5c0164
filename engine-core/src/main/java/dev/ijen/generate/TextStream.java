package dev.ijen.generate;

import dev.ijen.data.text.Vocabulary;
import java.util.Arrays;

/// Tokens to text as they come: what is shown is never taken back, so a character waits for its last byte.
public final class TextStream {
    private static final char UNFINISHED = '\uFFFD';

    private final Vocabulary vocabulary;
    private int[] ids;
    private String shown;

    /// @param before tokens whose text is known already
    public TextStream(Vocabulary vocabulary, int[] before) {
        this.vocabulary = vocabulary;
        this.ids = before.clone();
        this.shown = vocabulary.decode(ids);
    }

    /// The text that one more token makes known.
    public String add(int id) {
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = id;
        var all = vocabulary.decode(ids);
        return all.isEmpty() || all.charAt(all.length() - 1) == UNFINISHED ? "" : news(all);
    }

    /// What is left when no more tokens come.
    public String end() {
        return news(vocabulary.decode(ids));
    }

    private String news(String all) {
        var text = all.length() >= shown.length() ? all.substring(shown.length()) : "";
        shown = all;
        return text;
    }
}
