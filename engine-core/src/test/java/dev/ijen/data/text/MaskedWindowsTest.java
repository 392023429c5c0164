package dev.ijen.data.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ijen.tensor.IjenException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaskedWindowsTest {
    private static final Marked LETTERS = new Marked(Characters.of("a cat sat."), List.of(Marked.MASK));

    @Test
    void marksStandByTheirNames() {
        int[] ids = LETTERS.encode("a [MASK]at[MASK]");
        assertEquals(6, ids.length);
        assertEquals(0, ids[2]);
        assertEquals(0, ids[5]);
        assertEquals("a at", LETTERS.decode(ids));
        assertEquals("a [MASK]at[MASK]", LETTERS.shown(ids));
        assertEquals("a cat sat.", LETTERS.decode(LETTERS.encode("a cat sat.")));
        assertEquals(LETTERS.size(), LETTERS.symbols().size());
        assertEquals(-1, LETTERS.id(Marked.PAD));
        assertFalse(LETTERS.isEnd(0));
        var answers = new Marked(Characters.of("xy"), List.of(Marked.PAD, Marked.BEGIN, Marked.END));
        assertEquals("x", answers.shown(new int[] {4, 0, 0}));
    }

    /// 15 % of all are told; of these 80 % are hidden, 10 % are another, 10 % as they were; the same ones whichever batch they are in.
    @Test
    void sharesAreThoseOfThePaper() {
        var tokens = IntStream.range(0, 64_001).map(i -> 1 + i % 100).toArray();
        var data = new MaskedWindows(new TokenWindows(tokens, 64, 64), new Masking(0.15, 0, 1, 101), 0);
        var batch = data.batch(IntStream.range(0, data.size()).toArray());
        int[] x = batch.input().toIntArray();
        int[] y = batch.labels().toIntArray();
        int told = 0;
        int hidden = 0;
        int kept = 0;
        for (int i = 0; i < x.length; i++) {
            if (y[i] < 0) {
                assertEquals(tokens[i], x[i]);
                continue;
            }
            assertEquals(tokens[i], y[i]);
            told++;
            hidden += x[i] == 0 ? 1 : 0;
            kept += x[i] == y[i] ? 1 : 0;
        }
        // within four deviations of the binomial distribution
        assertEquals(0.15, told / (double) x.length, 4 * Math.sqrt(0.15 * 0.85 / x.length));
        assertEquals(0.8, hidden / (double) told, 4 * Math.sqrt(0.8 * 0.2 / told));
        assertEquals(0.101, kept / (double) told, 4 * Math.sqrt(0.1 * 0.9 / told));
        var one = data.batch(new int[] {7});
        assertArrayEquals(Arrays.copyOfRange(x, 7 * 64, 8 * 64), one.input().toIntArray());
        assertThrows(IjenException.class, () -> new Masking(0, 0, 1, 10));
    }
}
