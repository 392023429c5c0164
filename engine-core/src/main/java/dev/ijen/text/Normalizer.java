package dev.ijen.text;

import java.text.Normalizer.Form;
import java.util.List;
import java.util.Locale;

/// A rewriting of the text before it is cut.
sealed interface Normalizer {
    Span apply(Span s);

    /// One after the other.
    record All(List<Normalizer> steps) implements Normalizer {
        @Override
        public Span apply(Span s) {
            for (var n : steps) {
                s = n.apply(s);
            }
            return s;
        }
    }

    /// Unicode normalisation forms. Alignment is kept a cluster (a character and the marks behind it) at a time.
    record Unicode(Form form) implements Normalizer {
        @Override
        public Span apply(Span s) {
            if (java.text.Normalizer.isNormalized(s.text(), form)) {
                return s;
            }
            String text = s.text();
            var to = new Span.Builder(text.length());
            for (int i = 0; i < text.length();) {
                int end = i + Character.charCount(text.codePointAt(i));
                while (end < text.length() && joins(text.codePointAt(end))) {
                    end += Character.charCount(text.codePointAt(end));
                }
                String part = text.substring(i, end);
                if (java.text.Normalizer.isNormalized(part, form)) {
                    to.copy(s, i, end);
                } else {
                    to.add(java.text.Normalizer.normalize(part, form), s.from(i), s.until(end - 1));
                }
                i = end;
            }
            return to.build();
        }

        private static boolean joins(int c) {
            return CharKind.mark(c) || c >= 0x1160 && c <= 0x11FF; // vowels and finals of Hangul compose
        }
    }

    /// Small letters.
    record Lowercase() implements Normalizer {
        @Override
        public Span apply(Span s) {
            String text = s.text();
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.equals(text)) {
                return s;
            }
            var to = new Span.Builder(text.length());
            for (int i = 0; i < text.length();) {
                int n = Character.charCount(text.codePointAt(i));
                to.add(text.substring(i, i + n).toLowerCase(Locale.ROOT), s.from(i), s.until(i + n - 1));
                i += n;
            }
            return to.build();
        }
    }

    /// Without characters of category Mn (or M*).
    record StripAccents(boolean allMarks) implements Normalizer {
        @Override
        public Span apply(Span s) {
            String text = s.text();
            var to = new Span.Builder(text.length());
            for (int i = 0; i < text.length();) {
                int c = text.codePointAt(i);
                int n = Character.charCount(c);
                if (!(allMarks ? CharKind.mark(c) : CharKind.nonSpacingMark(c))) {
                    to.copy(s, i, i + n);
                }
                i += n;
            }
            return to.build();
        }
    }

    /// Without white space at the ends.
    record Strip(boolean left, boolean right) implements Normalizer {
        @Override
        public Span apply(Span s) {
            int a = 0;
            int b = s.text().length();
            while (left && a < b && CharKind.space(s.text().charAt(a))) {
                a++;
            }
            while (right && a < b && CharKind.space(s.text().charAt(b - 1))) {
                b--;
            }
            return s.sub(a, b);
        }
    }

    /// A text in front of any that is not empty.
    record Prepend(String what) implements Normalizer {
        @Override
        public Span apply(Span s) {
            if (s.text().isEmpty()) {
                return s;
            }
            var to = new Span.Builder(s.text().length() + what.length());
            to.add(what, s.from(0), s.from(0));
            to.copy(s, 0, s.text().length());
            return to.build();
        }
    }

    /// One text for each match of a pattern.
    record Replace(Matcher pattern, String with) implements Normalizer {
        @Override
        public Span apply(Span s) {
            String text = s.text();
            int[] found = pattern.find(text);
            if (found.length == 0) {
                return s;
            }
            var to = new Span.Builder(text.length());
            int at = 0;
            for (int k = 0; k < found.length; k += 2) {
                int a = found[k];
                int b = found[k + 1];
                to.copy(s, at, a);
                if (b > a) {
                    to.add(with, s.from(a), s.until(b - 1));
                }
                at = b;
            }
            to.copy(s, at, text.length());
            return to.build();
        }
    }

    /// BERT's cleaning: no control characters, plain spaces, spaces around ideographs, no accents, small letters.
    record Bert(boolean clean, boolean chinese, boolean accents, boolean lower) implements Normalizer {
        @Override
        public Span apply(Span s) {
            String text = s.text();
            if (clean || chinese) {
                var to = new Span.Builder(text.length());
                for (int i = 0; i < text.length();) {
                    int c = text.codePointAt(i);
                    int n = Character.charCount(c);
                    if (clean && (c == 0 || c == 0xFFFD || CharKind.control(c))) {
                        i += n;
                        continue;
                    }
                    if (clean && CharKind.space(c)) {
                        to.add(' ', s.from(i), s.until(i));
                    } else if (chinese && CharKind.chinese(c)) {
                        to.add(' ', s.from(i), s.from(i));
                        to.copy(s, i, i + n);
                        to.add(' ', s.until(i + n - 1), s.until(i + n - 1));
                    } else {
                        to.copy(s, i, i + n);
                    }
                    i += n;
                }
                s = to.build();
            }
            if (accents) {
                s = new StripAccents(false).apply(new Unicode(Form.NFD).apply(s));
            }
            return lower ? new Lowercase().apply(s) : s;
        }
    }

    /// SentencePiece's NMT rules: control characters go, odd spaces become plain ones.
    record Nmt() implements Normalizer {
        @Override
        public Span apply(Span s) {
            String text = s.text();
            var to = new Span.Builder(text.length());
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                boolean gone = c >= 1 && c <= 8 || c == 0xB || c >= 0xE && c <= 0x1F || c == 0x7F || c == 0x8F
                        || c == 0x9F;
                boolean blank = c == 9 || c == 0xA || c == 0xC || c == 0xD || c == 0x1680
                        || c >= 0x200B && c <= 0x200F || c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF
                        || c == 0xFFFD;
                if (blank) {
                    to.add(' ', s.from(i), s.until(i));
                } else if (!gone) {
                    to.copy(s, i, i + 1);
                }
            }
            return to.build();
        }
    }

    /// Bytes as characters of [ByteAlphabet].
    record Bytes() implements Normalizer {
        @Override
        public Span apply(Span s) {
            return ByteAlphabet.encode(s);
        }
    }

    /// SentencePiece's own table of replacements.
    record Precompiled(Charsmap map) implements Normalizer {
        @Override
        public Span apply(Span s) {
            return map.apply(s);
        }
    }
}
