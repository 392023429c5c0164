package dev.ijen.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/// Damages files. Everything follows from the generator, so a seed repeats a file.
final class Mutator {
    /// Lengths, counts and offsets that readers get wrong.
    private static final long[] EDGES = {
        0, 1, 2, 3, 7, 8, 9, 63, 64, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 100_000_000, 100_000_001,
        (1L << 31) - 1, 1L << 31, (1L << 32) - 1, 1L << 32, (1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE, -1, -2,
        -8, -65536};
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");
    private static final String[] NUMBERS = {
        "-1", "-0", "00", "1e999", "1e-999", "1e308", "-1e5", "0.5", "NaN", "Infinity", "18446744073709551616",
        "9".repeat(40), "0x10", "1_000", "2147483648", "9007199254740993", "true", "null", "[]", "{}", "''"};

    private final Random random;

    Mutator(Random random) {
        this.random = random;
    }

    Random random() {
        return random;
    }

    /// One to four changes of any kind.
    byte[] bytes(byte[] good, List<byte[]> others) {
        byte[] b = good.clone();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            b = change(b, others);
        }
        return b;
    }

    private byte[] change(byte[] b, List<byte[]> others) {
        return switch (random.nextInt(9)) {
            case 0 -> flips(b);
            case 1 -> values(b);
            case 2 -> truncated(b);
            case 3 -> length(b);
            case 4 -> spliced(b, others.get(random.nextInt(others.size())));
            case 5 -> repeated(b);
            case 6 -> without(b);
            case 7 -> inserted(b);
            default -> swapped(b);
        };
    }

    private byte[] flips(byte[] b) {
        for (int n = b.length == 0 ? 0 : 1 + random.nextInt(8); n > 0; n--) {
            b[place(b)] ^= (byte) (1 << random.nextInt(8));
        }
        return b;
    }

    private byte[] values(byte[] b) {
        for (int n = b.length == 0 ? 0 : 1 + random.nextInt(4); n > 0; n--) {
            b[place(b)] = random.nextBoolean() ? (byte) random.nextInt() : (byte) edge();
        }
        return b;
    }

    private byte[] truncated(byte[] b) {
        return Arrays.copyOf(b, b.length == 0 ? 0 : random.nextInt(b.length));
    }

    /// Overwrites a number of 1, 2, 4 or 8 bytes.
    private byte[] length(byte[] b) {
        int width = 1 << random.nextInt(4);
        if (b.length < width) {
            return b;
        }
        int at = Math.min(place(b), b.length - width);
        long value = random.nextInt(3) == 0 ? b.length + random.nextInt(17) - 8 : edge();
        var number = ByteBuffer.allocate(8)
                .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        number.putLong(value);
        int from = number.order() == ByteOrder.LITTLE_ENDIAN ? 0 : 8 - width;
        System.arraycopy(number.array(), from, b, at, width);
        return b;
    }

    private byte[] spliced(byte[] b, byte[] other) {
        int head = random.nextInt(b.length + 1);
        int from = random.nextInt(other.length + 1);
        return join(Arrays.copyOf(b, head), Arrays.copyOfRange(other, from, other.length));
    }

    private byte[] repeated(byte[] b) {
        int from = random.nextInt(b.length + 1);
        int to = Math.min(b.length, from + 1 + random.nextInt(64));
        byte[] out = Arrays.copyOf(b, to);
        byte[] block = Arrays.copyOfRange(b, Math.min(from, to), to);
        for (int n = 1 + random.nextInt(30); n > 0; n--) {
            out = join(out, block);
        }
        return join(out, Arrays.copyOfRange(b, to, b.length));
    }

    private byte[] without(byte[] b) {
        int from = random.nextInt(b.length + 1);
        int to = Math.min(b.length, from + 1 + random.nextInt(32));
        return join(Arrays.copyOf(b, from), Arrays.copyOfRange(b, to, b.length));
    }

    private byte[] inserted(byte[] b) {
        var block = new byte[1 + random.nextInt(16)];
        random.nextBytes(block);
        int at = random.nextInt(b.length + 1);
        return join(Arrays.copyOf(b, at), block, Arrays.copyOfRange(b, at, b.length));
    }

    private byte[] swapped(byte[] b) {
        int size = 1 + random.nextInt(16);
        if (b.length < 2 * size) {
            return b;
        }
        int one = random.nextInt(b.length - size + 1);
        int two = random.nextInt(b.length - size + 1);
        byte[] block = Arrays.copyOfRange(b, one, one + size);
        System.arraycopy(b, two, b, one, size);
        System.arraycopy(block, 0, b, two, size);
        return b;
    }

    /// Half of the changes hit the first 64 bytes, where headers are.
    private int place(byte[] b) {
        return random.nextInt(random.nextBoolean() ? Math.min(b.length, 64) : b.length);
    }

    long edge() {
        return EDGES[random.nextInt(EDGES.length)];
    }

    /// Text that is still mostly text: numbers replaced, words of the format put in, pieces repeated.
    String text(String good, String... words) {
        var text = good;
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            text = switch (random.nextInt(5)) {
                case 0, 1 -> number(text);
                case 2 -> put(text, words[random.nextInt(words.length)]);
                case 3 -> put(text, words[random.nextInt(words.length)].repeat(1 + random.nextInt(200)));
                default -> cut(text);
            };
        }
        return text;
    }

    private String number(String text) {
        var all = NUMBER.matcher(text).results().toList();
        if (all.isEmpty()) {
            return text;
        }
        var one = all.get(random.nextInt(all.size()));
        var with = random.nextBoolean() ? String.valueOf(edge()) : NUMBERS[random.nextInt(NUMBERS.length)];
        return text.substring(0, one.start()) + with + text.substring(one.end());
    }

    private String put(String text, String word) {
        int at = random.nextInt(text.length() + 1);
        int to = random.nextBoolean() ? at : Math.min(text.length(), at + word.length());
        return text.substring(0, at) + word + text.substring(to);
    }

    private String cut(String text) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(40));
        var piece = text.substring(from, to);
        return random.nextBoolean()
                ? text.substring(0, from) + text.substring(to)
                : text.substring(0, to) + piece.repeat(1 + random.nextInt(20)) + text.substring(to);
    }

    static byte[] join(byte[]... parts) {
        var out = new byte[Arrays.stream(parts).mapToInt(p -> p.length).sum()];
        int at = 0;
        for (var p : parts) {
            System.arraycopy(p, 0, out, at, p.length);
            at += p.length;
        }
        return out;
    }

    /// Bytes as text and back without loss.
    static String latin(byte[] b) {
        return new String(b, StandardCharsets.ISO_8859_1);
    }

    static byte[] latin(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }
}
