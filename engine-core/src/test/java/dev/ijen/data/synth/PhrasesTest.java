package dev.ijen.data.synth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.text.TextPair;
import dev.ijen.tensor.IjenException;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.HashSet;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PhrasesTest {
    @Test
    void wordsOfNumbers() {
        assertEquals("zero", Phrases.words(0, true));
        assertEquals("nineteen", Phrases.words(19, true));
        assertEquals("forty-two", Phrases.words(42, false));
        assertEquals("two hundred and five", Phrases.words(205, true));
        assertEquals("two hundred five", Phrases.words(205, false));
        assertEquals("twelve thousand three hundred and four", Phrases.words(12_304, true));
        assertEquals("nine hundred and ninety-nine thousand and one", Phrases.words(999_001, true));
        assertEquals("seventy thousand", Phrases.words(70_000, true));
    }

    /// Every phrase once, the same for the same seed, and true: a date names its year's digits or words, its month and its day.
    @Test
    void datesAreTrueAndDistinct() {
        var all = Phrases.dates(3000, 4);
        assertEquals(all, Phrases.dates(3000, 4));
        assertNotEquals(all, Phrases.dates(3000, 5));
        assertEquals(3000, new HashSet<>(all.stream().map(TextPair::text).toList()).size());
        int weekdays = 0;
        for (var p : all) {
            var day = LocalDate.parse(p.answer());
            assertTrue(day.getYear() >= 1900 && day.getYear() < 2100, p.toString());
            var text = p.text().toLowerCase(Locale.ROOT);
            var month = day.getMonth().getDisplayName(TextStyle.FULL, Locale.ROOT).toLowerCase(Locale.ROOT);
            var name = Locale.ENGLISH;
            var english = day.getMonth().getDisplayName(TextStyle.SHORT, name).toLowerCase(name);
            assertTrue(text.contains(english.substring(0, 3)) || text.contains("." + day.getMonthValue() + ".")
                    || text.startsWith("%02d/".formatted(day.getMonthValue())), p + " " + month);
            var weekday = day.getDayOfWeek().getDisplayName(TextStyle.FULL, name).toLowerCase(name);
            if (text.contains("day")) {
                assertTrue(text.startsWith(weekday), p.toString());
                weekdays++;
            }
            assertTrue(text.length() <= 36, text);
        }
        assertTrue(weekdays > 300);
        var texts = Phrases.dates(20_000, 0).stream().map(TextPair::text).toList();
        assertTrue(texts.stream().anyMatch("the third of march 1999"::equalsIgnoreCase) || texts.size() == 20_000);
    }

    @Test
    void numbers() {
        for (var p : Phrases.numbers(500, 1)) {
            int n = Integer.parseInt(p.answer());
            assertTrue(p.text().equals(Phrases.words(n, true)) || p.text().equals(Phrases.words(n, false)), p.text());
        }
        assertThrows(IjenException.class, () -> Phrases.dates(0, 0));
    }
}
