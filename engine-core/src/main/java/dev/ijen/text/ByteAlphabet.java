package dev.ijen.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// GPT-2's printable character for every byte: itself where it is printable Latin-1, from U+0100 on for the others.
final class ByteAlphabet {
    private static final char[] CHARS = new char[256];
    private static final short[] BYTES = new short[512];

    static {
        Arrays.fill(BYTES, (short) -1);
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            CHARS[b] = (char) (printable ? b : next++);
            BYTES[CHARS[b]] = (short) b;
        }
    }

    private ByteAlphabet() {}

    static char of(int unsignedByte) {
        return CHARS[unsignedByte];
    }

    /// The byte of a character, or -1.
    static int toByte(char c) {
        return c < BYTES.length ? BYTES[c] : -1;
    }

    /// Every byte of every character; each output character knows the characters it came from.
    static Span encode(Span span) {
        var to = new Span.Builder(span.text().length());
        String text = span.text();
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            int n = Character.charCount(c);
            int from = span.from(i);
            int until = span.until(i + n - 1);
            if (c < 0x80) {
                to.add(CHARS[c], from, until);
            } else {
                for (byte b : text.substring(i, i + n).getBytes(StandardCharsets.UTF_8)) {
                    to.add(CHARS[b & 0xff], from, until);
                }
            }
            i += n;
        }
        return to.build();
    }
}
