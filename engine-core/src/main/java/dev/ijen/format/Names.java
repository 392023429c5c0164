package dev.ijen.format;

import java.util.Collection;

/// Suggestions for misspelt names.
final class Names {
    private Names() {}

    /// `; did you mean 'x'?` for the candidate with the fewest edits, or nothing if none is near.
    static String nearest(String name, Collection<String> candidates) {
        String best = null;
        int fewest = Math.max(2, name.length() / 3) + 1;
        int looked = 0;
        for (String c : candidates) {
            if (looked++ == 5_000) {
                break;
            }
            if (c.length() > 200 || name.length() > 200) {
                continue;
            }
            int d = edits(name, c);
            if (d < fewest) {
                fewest = d;
                best = c;
            }
        }
        return best == null ? "" : "; did you mean '" + best + "'?";
    }

    private static int edits(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
