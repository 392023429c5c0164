package dev.ijen.text;

import java.util.List;

/// What stands around a text, or a pair of texts: `[CLS] A [SEP] B [SEP]`.
///
/// @param single for one text
/// @param pair for two
record Template(List<Part> single, List<Part> pair) {
    static final Template NONE = new Template(
            List.of(new Part(null, 0, 0)), List.of(new Part(null, 0, 0), new Part(null, 1, 1)));

    /// A text, or special tokens.
    ///
    /// @param ids null for a text
    /// @param which 0 for the first text, 1 for the second
    record Part(int[] ids, int which, int type) {}

    /// How many tokens are added.
    int added(boolean two) {
        return (two ? pair : single).stream().mapToInt(p -> p.ids() == null ? 0 : p.ids().length).sum();
    }

    /// @param b null for a single text
    Encoding apply(Encoding a, Encoding b) {
        Encoding all = null;
        for (var p : b == null ? single : pair) {
            Encoding part;
            if (p.ids() == null) {
                part = (p.which() == 0 ? a : b).typed(p.type());
            } else {
                part = Encoding.special(0, p.type(), 1, p.ids().length);
                System.arraycopy(p.ids(), 0, part.ids(), 0, p.ids().length);
            }
            all = all == null ? part : all.join(part);
        }
        return all == null ? a.slice(0, 0) : all;
    }
}
