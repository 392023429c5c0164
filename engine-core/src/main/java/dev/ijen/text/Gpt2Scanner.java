package dev.ijen.text;

/// The cut of GPT-2 without a regular expression:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
final class Gpt2Scanner {
    static final String PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private Gpt2Scanner() {}

    /// The end of the piece that starts at `at`.
    static int next(char[] text, int at, int end) {
        char c = text[at];
        byte kind = kind(text, at, end);
        if (c == '\'' && at + 1 < end) {
            int n = contraction(text, at + 1, end);
            if (n > 0) {
                return at + 1 + n;
            }
        }
        if (kind == CharKind.SPACE) {
            if (c == ' ' && at + 1 < end) {
                byte next = kind(text, at + 1, end);
                if (next != CharKind.SPACE) {
                    return run(text, at + 1, end, next);
                }
            }
            int stop = run(text, at, end, CharKind.SPACE);
            return stop < end && stop - at > 1 ? stop - 1 : stop; // the last space goes with what follows
        }
        return run(text, at, end, kind);
    }

    private static int run(char[] text, int at, int end, byte kind) {
        while (at < end) {
            char c = text[at];
            if (Character.isHighSurrogate(c)) {
                if (kind(text, at, end) != kind) {
                    return at;
                }
                at += at + 1 < end && Character.isLowSurrogate(text[at + 1]) ? 2 : 1;
            } else if (CharKind.of(c) == kind) {
                at++;
            } else {
                return at;
            }
        }
        return at;
    }

    private static byte kind(char[] text, int at, int end) {
        char c = text[at];
        return Character.isHighSurrogate(c) && at + 1 < end && Character.isLowSurrogate(text[at + 1])
                ? CharKind.of(Character.toCodePoint(c, text[at + 1]))
                : CharKind.of(c);
    }

    private static int contraction(char[] text, int at, int end) {
        char a = text[at];
        if (a == 's' || a == 't' || a == 'm' || a == 'd') {
            return 1;
        }
        char b = at + 1 < end ? text[at + 1] : 0;
        return (a == 'r' || a == 'v') && b == 'e' || a == 'l' && b == 'l' ? 2 : 0;
    }
}
