package dev.ijen.text;

import java.util.ArrayList;
import java.util.List;

/// All parts of a tokenizer; those that are absent are null.
record Pipeline(
        List<AddedTokens.Added> added,
        Normalizer normalizer,
        PreTokenizer preTokenizer,
        Model model,
        Template template,
        boolean trimOffsets,
        Decoder decoder) {
    /// Numbers and places of a text's tokens, without special tokens around.
    Encoding encode(AddedTokens tokens, String text, int type) {
        var out = new Model.Sink();
        int at = 0;
        while (at < text.length()) {
            var m = tokens.raw().next(text, at);
            int end = m == null ? text.length() : m.start();
            if (end > at) {
                normalized(tokens, Span.of(text.substring(at, end), at), out);
            }
            if (m == null) {
                break;
            }
            out.add(m.id(), m.start(), m.end());
            at = m.end();
        }
        return Encoding.plain(out.ids.toArray(), out.starts.toArray(), out.ends.toArray(), type);
    }

    private void normalized(AddedTokens tokens, Span s, Model.Sink out) {
        if (normalizer != null) {
            s = normalizer.apply(s);
        }
        String text = s.text();
        int at = 0;
        while (at < text.length()) {
            var m = tokens.normalized().next(text, at);
            int end = m == null ? text.length() : m.start();
            if (end > at) {
                words(s.sub(at, end), out);
            }
            if (m == null) {
                break;
            }
            out.add(m.id(), s.from(m.start()), s.until(m.end() - 1));
            at = m.end();
        }
    }

    private void words(Span s, Model.Sink out) {
        var words = new ArrayList<Span>();
        if (preTokenizer == null) {
            words.add(s);
        } else {
            preTokenizer.cut(s, s.from(0) == 0, words);
        }
        var sink = new Model.Sink();
        for (var w : words) {
            sink.clear();
            model.tokens(w.text(), sink);
            for (int i = 0; i < sink.ids.size(); i++) {
                int a = sink.starts.get(i);
                int b = sink.ends.get(i);
                int from = w.from(a);
                int until = w.until(b - 1);
                if (trimOffsets) {
                    while (a < b && blank(w.text().charAt(a))) {
                        from = w.until(a++);
                    }
                    while (b > a && blank(w.text().charAt(b - 1))) {
                        until = w.from(--b);
                    }
                }
                out.add(sink.ids.get(i), Math.min(from, until), until);
            }
        }
    }

    private static boolean blank(char c) {
        return c == '\u0120' || CharKind.space(c); // a space in the alphabet of bytes
    }
}
