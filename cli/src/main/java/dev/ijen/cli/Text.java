package dev.ijen.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Numbers and tables for people.
final class Text {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Text() {}

    /// `1.5 MiB`.
    static String bytes(long n) {
        double v = n;
        int unit = 0;
        while (v >= 1024 && unit < UNITS.length - 1) {
            v /= 1024;
            unit++;
        }
        return unit == 0 ? n + " B" : String.format(Locale.ROOT, v < 10 ? "%.2f %s" : "%.1f %s", v, UNITS[unit]);
    }

    /// `1,234`.
    static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /// `0:07`, `1:02:03`.
    static String duration(double seconds) {
        long s = Math.round(seconds);
        return s < 3600
                ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    /// Four significant digits, without an exponent where that is short.
    static String number(double v) {
        if (Double.isNaN(v) || Double.isInfinite(v)) {
            return Double.toString(v);
        }
        double a = Math.abs(v);
        if (v == Math.rint(v) && a < 1e7) {
            return Long.toString((long) v);
        }
        return String.format(Locale.ROOT, a < 1e-3 || a >= 1e6 ? "%.3g" : a < 1 ? "%.4f" : a < 100 ? "%.3f" : "%.1f",
                v);
    }

    /// Rows as columns of equal width. A column whose name starts with `>` is aligned to the right.
    static String table(List<String> names, List<List<String>> rows) {
        var all = new ArrayList<List<String>>();
        all.add(names.stream().map(n -> n.startsWith(">") ? n.substring(1) : n).toList());
        all.addAll(rows);
        var widths = new int[names.size()];
        for (var row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (var row : all) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                var gap = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ");
                line.append(names.get(i).startsWith(">") ? gap + row.get(i) : row.get(i) + gap);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
