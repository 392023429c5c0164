package dev.ijen.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ijen.tensor.IjenException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Distances of textbooks: Jurafsky and Martin, Speech and Language Processing, 2.5; Wagner and Fischer 1974.
class EditDistanceTest {
    private static List<Character> letters(String s) {
        return s.chars().mapToObj(c -> (char) c).toList();
    }

    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "saturday, sunday, 3", "intention, execution, 5", "abc, abc, 0", "'', abc, 3",
        "abc, '', 3", "ab, ba, 2"})
    void knownDistances(String a, String b, int expected) {
        assertEquals(expected, EditDistance.of(letters(a), letters(b)));
        assertEquals(expected, EditDistance.of(letters(b), letters(a)));
    }

    @Test
    void theRateIsOfAllSymbolsTogether() {
        // 3 of 6 and 0 of 2: not the mean of the rates
        assertEquals(3.0 / 8, EditDistance.rate(List.of(letters("kitten"), letters("ab")),
                List.of(letters("sitting"), letters("ab"))));
        assertEquals(2, EditDistance.rate(List.of(letters("a")), List.of(letters("xyz"))) - 1);
        assertThrows(IjenException.class, () -> EditDistance.rate(List.of(List.of(1)), List.of()));
    }
}
