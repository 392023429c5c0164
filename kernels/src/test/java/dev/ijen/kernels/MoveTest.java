package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.ValueSource;

/// Fill, copy and random bits.
class MoveTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 15, 16, 17, 4099})
    void fill(int bytes) {
        long pattern = 0x1122334455667788L;
        byte[] y = Device.run(d -> {
            var p = d.allocate(bytes);
            d.launch("move", "fill", Device.grid(bytes / 16, 64), 64, p, pattern, (long) bytes);
            return d.down(p, bytes);
        });
        var expected = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            expected[i] = (byte) (pattern >>> (i & 7) * 8);
        }
        assertArrayEquals(expected, y);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 33, 5003})
    void copy(int bytes) {
        var x = new byte[bytes];
        new Random(1).nextBytes(x);
        byte[] y = Device.run(d -> {
            var p = d.allocate(bytes);
            d.launch("move", "copy", Device.grid(bytes / 16, 64), 64, p, d.up(x), (long) bytes);
            return d.down(p, bytes);
        });
        assertArrayEquals(x, y);
    }

    private static int[] random(long seed, long step, int stream, int first, int n) {
        byte[] y = Device.run(d -> {
            byte[] state = ByteBuffer.allocate(16)
                    .order(ByteOrder.nativeOrder())
                    .putLong(seed)
                    .putLong(step)
                    .array();
            var p = d.allocate(4L * n);
            d.launch("random", "random_bits", Device.grid(n, 64), 64, d.up(state), p, stream, first, n);
            return d.down(p, 4L * n);
        });
        var words = new int[n];
        ByteBuffer.wrap(y).order(ByteOrder.nativeOrder()).asIntBuffer().get(words);
        return words;
    }

    /// The known answers of Random123 (kat_vectors, philox4x32 10).
    @Test
    void philoxKnownAnswers() {
        assertEquals("6627e8d5e169c58dbc57ac4c9b00dbd8", hex(random(0, 0, 0, 0, 4)));
        long seed = 0x299f31d0a4093822L;
        long step = 0x0370734413198a2eL;
        assertEquals("d16cfe0994fdcceb5001e42024126ea1", hex(random(seed, step, 0x85a308d3, 0x243f6a88 << 2, 4)));
    }

    private static String hex(int[] words) {
        var s = new StringBuilder();
        for (int w : words) {
            s.append(HexFormat.of().toHexDigits(w));
        }
        return s.toString();
    }

    /// Philox 4x32-10 as in the paper (Salmon et al., SC 2011, section 3.3): counter (block, stream, step low, step high), key (seed low,
    /// seed high); element `e` has word `e & 3` of block `e >>> 2`. The known answers above are answers of this, too.
    private static int philox(long seed, long step, int stream, int element) {
        int[] c = {element >>> 2, stream, (int) step, (int) (step >>> 32)};
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < 10; round++) {
            long p = 0xD2511F53L * Integer.toUnsignedLong(c[0]);
            long q = 0xCD9E8D57L * Integer.toUnsignedLong(c[2]);
            c = new int[] {(int) (q >>> 32) ^ c[1] ^ k0, (int) q, (int) (p >>> 32) ^ c[3] ^ k1, (int) p};
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return c[element & 3];
    }

    @Test
    void philoxFromAnyElementOn() {
        assertEquals(0xd16cfe09, philox(0x299f31d0a4093822L, 0x0370734413198a2eL, 0x85a308d3, 0x243f6a88 << 2));
        int first = 1234567;
        int[] words = random(0x0123456789abcdefL, 1L << 35 | 77, 9, first, 301);
        for (int i = 0; i < words.length; i++) {
            assertEquals(philox(0x0123456789abcdefL, 1L << 35 | 77, 9, first + i), words[i]);
        }
    }
}
