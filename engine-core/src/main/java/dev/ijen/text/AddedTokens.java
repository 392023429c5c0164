package dev.ijen.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tokens that are looked for in the text before anything else cuts it, the leftmost and of these the longest first.
final class AddedTokens {
    private final Map<Integer, Added> byId = new HashMap<>();
    private final Index raw = new Index();
    private final Index normalized = new Index();

    /// One such token.
    ///
    /// @param special whether it stands for no text
    /// @param word whether it counts only as a whole word
    /// @param left whether it swallows the space before it
    /// @param right whether it swallows the space behind it
    /// @param normalized whether it is looked for in the normalised text
    /// @param sought whether it is looked for in text at all
    record Added(int id, String content, boolean special, boolean word, boolean left, boolean right,
            boolean normalized, boolean sought) {
        Added(int id, String content, boolean special, boolean word, boolean left, boolean right, boolean normalized) {
            this(id, content, special, word, left, right, normalized, true);
        }

        /// A special token that no text becomes.
        static Added symbol(int id, String content) {
            return new Added(id, content, true, false, false, false, false, false);
        }
    }

    /// A place of a token.
    record Match(int start, int end, int id) {}

    AddedTokens(List<Added> all, Normalizer normalizer) {
        for (var t : all) {
            byId.put(t.id(), t);
            if (t.content().isEmpty() || !t.sought()) {
                continue;
            }
            if (t.normalized() && normalizer != null) {
                String content = normalizer.apply(Span.of(t.content(), 0)).text();
                if (!content.isEmpty()) {
                    normalized.add(content, t);
                }
            } else {
                raw.add(t.content(), t);
            }
        }
    }

    Added get(int id) {
        return byId.get(id);
    }

    Index raw() {
        return raw;
    }

    Index normalized() {
        return normalized;
    }

    int largest() {
        return byId.keySet().stream().mapToInt(i -> i).max().orElse(-1);
    }

    /// Looks for tokens in a text.
    final class Index {
        private final Trie trie = new Trie(64);
        private final boolean[] starts = new boolean[1 << 16];
        private boolean empty = true;

        void add(String content, Added token) {
            trie.add(content, token.id());
            starts[content.charAt(0)] = true;
            empty = false;
        }

        /// The next token at or behind `from`, or null.
        ///
        Match next(String text, int from) {
            if (empty) {
                return null;
            }
            int n = text.length();
            for (int at = from; at < n; at++) {
                if (!starts[text.charAt(at)]) {
                    continue;
                }
                int node = Trie.ROOT;
                int id = -1;
                int end = at;
                for (int i = at; i < n && node >= 0; i++) {
                    node = trie.step(node, text.charAt(i));
                    if (node >= 0 && trie.end(node) >= 0) {
                        id = trie.end(node);
                        end = i + 1;
                    }
                }
                if (id < 0) {
                    continue;
                }
                var token = byId.get(id);
                if (token.word() && (wordBefore(text, at) || wordAt(text, end))) {
                    at = end - 1;
                    continue;
                }
                int start = at;
                while (token.left() && start > from && CharKind.space(text.charAt(start - 1))) {
                    start--;
                }
                while (token.right() && end < n && CharKind.space(text.charAt(end))) {
                    end++;
                }
                return new Match(start, end, id);
            }
            return null;
        }

        private static boolean wordBefore(String text, int at) {
            return at > 0 && letter(text.codePointBefore(at));
        }

        private static boolean wordAt(String text, int at) {
            return at < text.length() && letter(text.codePointAt(at));
        }

        private static boolean letter(int c) {
            return c == '_' || Character.isLetterOrDigit(c) || CharKind.mark(c);
        }
    }
}
