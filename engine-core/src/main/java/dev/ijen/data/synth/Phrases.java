package dev.ijen.data.synth;

import dev.ijen.data.SeededRandom;
import dev.ijen.data.text.TextPair;
import dev.ijen.tensor.IjenException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// Phrases with one right answer, for translators to learn: dates as people write them and as ISO 8601 has them, numbers in words and
/// in digits. Every phrase comes once; the same seed gives the same phrases.
public final class Phrases {
    private static final int STREAM = 0x7e7;
    /// Draws for each phrase before there are taken to be no more.
    private static final int PATIENCE = 50;
    private static final LocalDate FIRST = LocalDate.of(1900, 1, 1);
    private static final int DAYS = 73_049; // up to 2099-12-31
    private static final int DIGITS = 6;

    private static final List<String> MONTHS = List.of("January", "February", "March", "April", "May", "June", "July",
            "August", "September", "October", "November", "December");
    private static final List<String> WEEKDAYS = List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
            "Saturday", "Sunday");
    private static final List<String> SMALL = List.of("zero", "one", "two", "three", "four", "five", "six", "seven",
            "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
            "eighteen", "nineteen");
    private static final List<String> TENS = List.of("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy",
            "eighty", "ninety");
    private static final List<String> ORDINALS = List.of("", "first", "second", "third", "fourth", "fifth", "sixth",
            "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
            "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth");

    private Phrases() {}

    /// Days from 1900 to 2099: `the third of March 1999`, `Mar 3rd, 1999`, `3.3.1999` → `1999-03-03`. Where only numbers stand, the day
    /// comes first after a dot, the month after a slash.
    public static List<TextPair> dates(int n, long seed) {
        return drawn(n, seed, 1, Phrases::date);
    }

    /// Whole numbers up to six digits: `two hundred and five` → `205`.
    public static List<TextPair> numbers(int n, long seed) {
        return drawn(n, seed, 2, random -> {
            int below = (int) Math.round(Math.pow(10, 1 + random.nextInt(DIGITS)));
            int number = random.nextInt(below);
            return new TextPair(words(number, random.nextInt(2) == 0), Integer.toString(number));
        });
    }

    private static List<TextPair> drawn(int n, long seed, int kind, Function<SeededRandom, TextPair> draw) {
        if (n < 1) {
            throw new IjenException("phrases: how many", String.valueOf(n), "at least 1", "ask for more");
        }
        var seen = new HashSet<String>();
        var all = new ArrayList<TextPair>();
        for (long i = 0; all.size() < n; i++) {
            if (i > (long) PATIENCE * n) {
                throw new IjenException("phrases: too many asked for", String.valueOf(n),
                        "about " + all.size() + ", as there are not many more", "set a smaller data.count");
            }
            var pair = draw.apply(new SeededRandom(seed, STREAM, kind, i));
            if (seen.add(pair.text())) {
                all.add(pair);
            }
        }
        return all;
    }

    private static TextPair date(SeededRandom random) {
        var date = FIRST.plusDays(random.nextInt(DAYS));
        int d = date.getDayOfMonth();
        int m = date.getMonthValue();
        var long0 = MONTHS.get(m - 1);
        var month = random.nextInt(3) == 0 ? long0.substring(0, 3) : long0;
        int year = date.getYear();
        var weekday = WEEKDAYS.get(date.getDayOfWeek().getValue() - 1);
        var text = switch (random.nextInt(12)) {
            case 0 -> d + " " + month + " " + year;
            case 1 -> month + " " + d + ", " + year;
            case 2 -> numbered(d) + " of " + month + " " + year;
            case 3 -> "the " + ordinal(d) + " of " + long0 + " " + year;
            case 4 -> month + " " + numbered(d) + ", " + year;
            case 5 -> long0 + " the " + ordinal(d) + ", " + year;
            case 6 -> d + "." + m + "." + year;
            case 7 -> "%02d/%02d/%d".formatted(m, d, year);
            case 8 -> weekday + ", " + d + " " + month + " " + year;
            case 9 -> weekday + " " + month + " " + numbered(d) + " " + year;
            case 10 -> "the " + numbered(d) + " of " + month + ", " + year;
            default -> year + " " + month + " " + d;
        };
        return new TextPair(random.nextInt(2) == 0 ? text : text.toLowerCase(Locale.ROOT), date.toString());
    }

    /// 1 → 1st.
    private static String numbered(int d) {
        boolean teen = d / 10 == 1;
        return d + (teen ? "th" : switch (d % 10) {
            case 1 -> "st";
            case 2 -> "nd";
            case 3 -> "rd";
            default -> "th";
        });
    }

    /// 21 → twenty-first.
    private static String ordinal(int d) {
        return d <= 20 ? ORDINALS.get(d) : d == 30 ? "thirtieth" : TENS.get(d / 10) + "-" + ORDINALS.get(d % 10);
    }

    /// A number below a million in words.
    ///
    /// @param and whether `and` stands before what comes behind the hundreds
    static String words(int n, boolean and) {
        if (n < SMALL.size()) {
            return SMALL.get(n);
        }
        if (n < 100) {
            return TENS.get(n / 10) + (n % 10 == 0 ? "" : "-" + SMALL.get(n % 10));
        }
        if (n < 1000) {
            return SMALL.get(n / 100) + " hundred" + (n % 100 == 0 ? "" : (and ? " and " : " ") + words(n % 100, and));
        }
        int rest = n % 1000;
        return words(n / 1000, and) + " thousand"
                + (rest == 0 ? "" : (rest < 100 && and ? " and " : " ") + words(rest, and));
    }
}
