package dev.ijen.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.Locale;

/// SentencePiece's `precompiled_charsmap`: four bytes length, a double-array trie (Darts) of that length over UTF-8,
/// then the replacements, each ended by a zero.
final class Charsmap {
    private final int[] units;
    private final byte[] replacements;

    private Charsmap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /// Reads a table; null if the bytes are none.
    static Charsmap read(byte[] bytes) {
        if (bytes.length < 4) {
            return null;
        }
        var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = in.getInt();
        if (length < 4 || length % 4 != 0 || length > bytes.length - 4) {
            return null;
        }
        var units = new int[length / 4];
        in.asIntBuffer().get(units);
        return new Charsmap(units, java.util.Arrays.copyOfRange(bytes, 4 + length, bytes.length));
    }

    Span apply(Span s) {
        String text = s.text();
        var to = new Span.Builder(text.length());
        var clusters = BreakIterator.getCharacterInstance(Locale.ROOT);
        clusters.setText(text);
        int start = clusters.first();
        for (int end = clusters.next(); end != BreakIterator.DONE; start = end, end = clusters.next()) {
            String whole = text.substring(start, end);
            String replaced = whole.getBytes(StandardCharsets.UTF_8).length < 6 ? transform(whole) : null;
            if (replaced != null) {
                to.add(replaced, s.from(start), s.until(end - 1));
                continue;
            }
            for (int i = start; i < end;) {
                int n = Character.charCount(text.codePointAt(i));
                String one = transform(text.substring(i, i + n));
                if (one != null) {
                    to.add(one, s.from(i), s.until(i + n - 1));
                } else {
                    to.copy(s, i, i + n);
                }
                i += n;
            }
        }
        return to.build();
    }

    /// The replacement of the shortest prefix in the table, or null.
    private String transform(String chunk) {
        byte[] key = chunk.getBytes(StandardCharsets.UTF_8);
        int at = offset(units[0]);
        for (byte b : key) {
            if (b == 0) {
                return null;
            }
            at ^= b & 0xff;
            if (at < 0 || at >= units.length || (units[at] & (1 << 31 | 0xff)) != (b & 0xff)) {
                return null;
            }
            int unit = units[at];
            at ^= offset(unit);
            if ((unit >>> 8 & 1) == 1) {
                return at >= 0 && at < units.length ? replacement(units[at] & 0x7fffffff) : null;
            }
        }
        return null;
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & 1 << 9) >>> 6);
    }

    private String replacement(int from) {
        int end = from;
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        return from > replacements.length ? null
                : new String(replacements, from, end - from, StandardCharsets.UTF_8);
    }
}
