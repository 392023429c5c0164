package dev.ijen.text;

import java.util.ArrayList;
import java.util.List;

/// The cut into words; no token reaches over a cut.
sealed interface PreTokenizer {
    /// What becomes of the places a pattern matches.
    enum Behavior {
        REMOVED,
        ISOLATED,
        MERGED_WITH_PREVIOUS,
        MERGED_WITH_NEXT,
        CONTIGUOUS
    }

    /// Cuts one piece.
    ///
    /// @param first whether it starts the text
    void cut(Span s, boolean first, List<Span> to);

    /// One after the other.
    record All(List<PreTokenizer> steps) implements PreTokenizer {
        @Override
        public void cut(Span s, boolean first, List<Span> to) {
            var pieces = List.of(s);
            for (var step : steps) {
                var next = new ArrayList<Span>();
                for (int i = 0; i < pieces.size(); i++) {
                    step.cut(pieces.get(i), first && i == 0, next);
                }
                pieces = next;
            }
            to.addAll(pieces);
        }
    }

    /// GPT-2's words, as bytes.
    record ByteLevel(boolean prefixSpace, boolean useRegex) implements PreTokenizer {
        @Override
        public void cut(Span s, boolean first, List<Span> to) {
            if (prefixSpace && !s.text().isEmpty() && s.text().charAt(0) != ' ') {
                s = new Normalizer.Prepend(" ").apply(s);
            }
            if (!useRegex) {
                to.add(ByteAlphabet.encode(s));
                return;
            }
            int[] words = new Matcher.Gpt2().find(s.text());
            for (int i = 0; i < words.length; i += 2) {
                to.add(ByteAlphabet.encode(s.sub(words[i], words[i + 1])));
            }
        }
    }

    /// A pattern and what becomes of its matches.
    record Split(Matcher pattern, Behavior behavior, boolean invert) implements PreTokenizer {
        @Override
        public void cut(Span s, boolean first, List<Span> to) {
            int n = s.text().length();
            int[] found = pattern.find(s.text());
            var cuts = new IntList(found.length * 2 + 2); // start, end, matched
            int at = 0;
            for (int k = 0; k < found.length; k += 2) {
                part(cuts, at, found[k], invert);
                part(cuts, found[k], found[k + 1], !invert);
                at = found[k + 1];
            }
            part(cuts, at, n, invert);
            Pieces.emit(s, cuts, behavior, to);
        }

        private static void part(IntList cuts, int a, int b, boolean matched) {
            if (b > a) {
                cuts.add(a);
                cuts.add(b);
                cuts.add(matched ? 1 : 0);
            }
        }
    }

    /// A set of characters and what becomes of them.
    record Characters(Kind kind, Behavior behavior) implements PreTokenizer {
        enum Kind {
            SPACE,
            PUNCTUATION,
            DIGIT
        }

        @Override
        public void cut(Span s, boolean first, List<Span> to) {
            String text = s.text();
            var cuts = new IntList(32);
            int at = 0;
            for (int i = 0; i < text.length();) {
                int c = text.codePointAt(i);
                int n = Character.charCount(c);
                if (matches(c)) {
                    Split.part(cuts, at, i, false);
                    Split.part(cuts, i, i + n, true);
                    at = i + n;
                }
                i += n;
            }
            Split.part(cuts, at, text.length(), false);
            Pieces.emit(s, cuts, behavior, to);
        }

        private boolean matches(int c) {
            return switch (kind) {
                case SPACE -> CharKind.space(c);
                case PUNCTUATION -> CharKind.punctuation(c);
                case DIGIT -> CharKind.of(c) == CharKind.NUMBER;
            };
        }
    }

    /// SentencePiece's words: spaces become a mark that starts the next word.
    record Metaspace(String mark, Prefix prefix, boolean split) implements PreTokenizer {
        enum Prefix {
            ALWAYS,
            FIRST,
            NEVER
        }

        @Override
        public void cut(Span s, boolean first, List<Span> to) {
            s = new Normalizer.Replace(new Matcher.Literal(" "), mark).apply(s);
            boolean wanted = switch (prefix) {
                case ALWAYS -> true;
                case FIRST -> first;
                case NEVER -> false;
            };
            if (wanted && !s.text().startsWith(mark)) {
                s = new Normalizer.Prepend(mark).apply(s);
            }
            if (split) {
                new Split(new Matcher.Literal(mark), Behavior.MERGED_WITH_NEXT, false).cut(s, first, to);
            } else {
                to.add(s);
            }
        }
    }
}
