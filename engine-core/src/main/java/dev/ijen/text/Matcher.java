package dev.ijen.text;

import java.util.regex.Pattern;

/// Where something stands in a text.
sealed interface Matcher {
    /// Starts and ends of all matches, in order, not overlapping.
    int[] find(String text);

    /// A text as it is.
    record Literal(String what) implements Matcher {
        @Override
        public int[] find(String text) {
            var found = new IntList(8);
            for (int i = text.indexOf(what); i >= 0; i = text.indexOf(what, i + what.length())) {
                found.add(i);
                found.add(i + what.length());
            }
            return found.toArray();
        }
    }

    /// A regular expression.
    record Regex(Pattern pattern) implements Matcher {
        @Override
        public int[] find(String text) {
            var found = new IntList(64);
            var m = pattern.matcher(text);
            while (m.find()) {
                if (m.end() > m.start()) {
                    found.add(m.start());
                    found.add(m.end());
                }
            }
            return found.toArray();
        }
    }

    /// GPT-2's expression, by hand: without backtracking, and some twenty times as fast.
    record Gpt2() implements Matcher {
        @Override
        public int[] find(String text) {
            char[] chars = text.toCharArray();
            var found = new IntList(chars.length / 2);
            for (int i = 0; i < chars.length;) {
                int end = Gpt2Scanner.next(chars, i, chars.length);
                found.add(i);
                found.add(end);
                i = end;
            }
            return found.toArray();
        }
    }
}
