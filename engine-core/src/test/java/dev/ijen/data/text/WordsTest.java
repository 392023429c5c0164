package dev.ijen.data.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
    private static final List<String> TEXTS = List.of("not good", "Not good at all", "good");

    @Test
    void pairsStandBehindWords() {
        var words = Words.of(TEXTS, 2, 100, 2);
        // good 3 times, not and 'not good' twice
        assertEquals(List.of("<pad>", "<unk>", "good", "not", "not good"), words.symbols());
        assertArrayEquals(new int[] {3, 2, 1, 4}, words.encode("not good indeed"));
        assertArrayEquals(new int[] {2, 3}, words.encode("good not"), "pairs that are not known are left out");
        assertArrayEquals(new int[] {3, 2, 4, 0, 0}, words.encode("not good", 5));
        assertEquals("not good", words.decode(words.encode("not good", 5)), "each word once");
    }

    @Test
    void groupsSurviveTheirSymbols() {
        var words = Words.of(List.of("a b c", "a b c"), 2, 100, 3);
        var back = Words.ofSymbols(words.symbols());
        assertArrayEquals(words.encode("a b c"), back.encode("a b c"));
        assertEquals(6, back.encode("a b c").length);
    }

    @Test
    void wordsAloneAreAsBefore() {
        var words = Words.of(TEXTS, 2, 100);
        assertEquals(List.of("<pad>", "<unk>", "good", "not"), words.symbols());
        assertArrayEquals(new int[] {3, 2, 1}, words.encode("not good indeed"));
    }
}
