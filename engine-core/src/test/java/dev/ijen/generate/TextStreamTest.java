package dev.ijen.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.text.Vocabulary;
import dev.ijen.data.text.Words;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextStreamTest {
    /// A symbol for each byte of UTF-8; counts what is decoded.
    private static final class Bytes implements Vocabulary {
        private long decoded;

        @Override
        public int size() {
            return 256;
        }

        @Override
        public int[] encode(String text) {
            var b = text.getBytes(StandardCharsets.UTF_8);
            var ids = new int[b.length];
            for (int i = 0; i < b.length; i++) {
                ids[i] = b[i] & 0xff;
            }
            return ids;
        }

        @Override
        public String decode(int[] ids) {
            decoded += ids.length;
            var b = new byte[ids.length];
            for (int i = 0; i < b.length; i++) {
                b[i] = (byte) ids[i];
            }
            return new String(b, StandardCharsets.UTF_8);
        }

        @Override
        public List<String> symbols() {
            return List.of();
        }
    }

    private static String streamed(Vocabulary v, String before, int[] ids) {
        var stream = new TextStream(v, v.encode(before));
        var all = new StringBuilder();
        for (int id : ids) {
            var news = stream.add(id);
            assertTrue(news.indexOf('\uFFFD') < 0, news);
            all.append(news);
        }
        return all.append(stream.end()).toString();
    }

    @Test
    void charactersWaitForTheirLastByte() {
        var v = new Bytes();
        var text = "aé中😀 ¼";
        assertEquals(text, streamed(v, "", v.encode(text)));
        assertEquals(text, streamed(v, "before ", v.encode(text)));
        var stream = new TextStream(v, new int[0]);
        var bytes = v.encode("é");
        assertEquals("", stream.add(bytes[0]));
        assertEquals("é", stream.add(bytes[1]));
        // cut off in the middle of a character
        assertEquals("", stream.add(bytes[0]));
        assertEquals("\uFFFD", stream.end());
        assertEquals("", stream.end());
    }

    @Test
    void wordsGetTheirBlanks() {
        var v = Words.of(List.of("once upon a time"), 1, 100);
        var ids = v.encode("once upon a time a");
        assertEquals("once upon a time a", streamed(v, "", ids));
        assertEquals(" once upon a time a", streamed(v, "time", ids));
    }

    /// Four tokens are decoded for a new one at most, and twice those of a prompt, however long the text is.
    @Test
    void theWorkGrowsWithTheTextAndNotWithItsSquare() {
        var v = new Bytes();
        var text = new StringBuilder();
        var random = new Random(1);
        for (int i = 0; i < 5000; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        assertEquals(text.toString(), streamed(v, "", v.encode(text.toString())));
        assertTrue(v.decoded <= 4L * text.length(), "decoded " + v.decoded);
    }
}
