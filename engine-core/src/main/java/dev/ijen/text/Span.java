package dev.ijen.text;

import java.util.Arrays;

/// A piece of text on its way through the tokenizer, each of whose UTF-16 units knows the units of the user's text it
/// came from.
///
/// @param text as normalised so far
/// @param from first unit of the source for each unit; null: `base + i`
/// @param until behind the last unit of the source for each unit; null with `from`
/// @param base where the text starts in the source if it was not changed
record Span(String text, int[] from, int[] until, int base) {
    static Span of(String text, int base) {
        return new Span(text, null, null, base);
    }

    int from(int i) {
        return from == null ? base + i : from[i];
    }

    int until(int i) {
        return until == null ? base + i + 1 : until[i];
    }

    Span sub(int a, int b) {
        if (a == 0 && b == text.length()) {
            return this;
        }
        return from == null
                ? of(text.substring(a, b), base + a)
                : new Span(text.substring(a, b), Arrays.copyOfRange(from, a, b), Arrays.copyOfRange(until, a, b), 0);
    }

    /// Collects text and where it came from.
    static final class Builder {
        private final StringBuilder text;
        private final IntList from;
        private final IntList until;

        Builder(int capacity) {
            text = new StringBuilder(capacity);
            from = new IntList(capacity);
            until = new IntList(capacity);
        }

        void add(char c, int a, int b) {
            text.append(c);
            from.add(a);
            until.add(b);
        }

        void add(CharSequence s, int a, int b) {
            for (int i = 0; i < s.length(); i++) {
                add(s.charAt(i), a, b);
            }
        }

        /// Units `a` until `b` of a span as they are.
        void copy(Span s, int a, int b) {
            for (int i = a; i < b; i++) {
                add(s.text().charAt(i), s.from(i), s.until(i));
            }
        }

        Span build() {
            return new Span(text.toString(), from.toArray(), until.toArray(), 0);
        }
    }
}
