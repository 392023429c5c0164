package dev.ijen.format;

import java.util.Comparator;

/// What single cells of a table mean.
final class Cells {
    /// Numbers by value before texts, equal values by spelling.
    static final Comparator<String> ORDER = Comparator.comparingDouble(Cells::sortKey)
            .thenComparing(Comparator.naturalOrder());

    private Cells() {}

    private static double sortKey(String s) {
        double v = isTruth(s) ? Double.NaN : number(s);
        return Double.isNaN(v) ? Double.POSITIVE_INFINITY : v;
    }

    private static boolean isTruth(String s) {
        return s.equalsIgnoreCase("true") || s.equalsIgnoreCase("false");
    }

    /// The finite decimal number a text is, 1 and 0 for `true` and `false`, NaN for anything else. Java's own suffixes,
    /// hexadecimal and words are no numbers in a table.
    static double number(String s) {
        int n = s.length();
        if (n == 0 || n > 64) {
            return Double.NaN;
        }
        boolean digit = false;
        for (int i = 0; i < n; i++) {
            char c = s.charAt(i);
            if (c >= '0' && c <= '9') {
                digit = true;
            } else if (c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
                return s.equalsIgnoreCase("true") ? 1 : s.equalsIgnoreCase("false") ? 0 : Double.NaN;
            }
        }
        if (!digit) {
            return Double.NaN;
        }
        try {
            double v = Double.parseDouble(s);
            return Double.isFinite(v) ? v : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN; // such as a date or 1.2.3
        }
    }
}
