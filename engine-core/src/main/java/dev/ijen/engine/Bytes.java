package dev.ijen.engine;

import java.util.Locale;

/// Sizes in words.
public final class Bytes {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Bytes() {}

    /// `1.50 MiB`.
    public static String text(long n) {
        double v = n;
        int unit = 0;
        while (v >= 1024 && unit < UNITS.length - 1) {
            v /= 1024;
            unit++;
        }
        return unit == 0 ? n + " B" : String.format(Locale.ROOT, v < 10 ? "%.2f %s" : "%.1f %s", v, UNITS[unit]);
    }
}
