package dev.ijen.train.config;

import java.util.Collection;

/// Suggestions for misspelt names.
final class Nearest {
    private Nearest() {}

    /// The candidate with the fewest edits, or null if none is near.
    static String of(String name, Collection<String> candidates) {
        String best = null;
        int fewest = Math.max(2, name.length() / 3) + 1;
        for (var c : candidates) {
            if (name.length() > 100) {
                break;
            }
            int d = edits(plain(name), plain(c));
            if (d < fewest) {
                fewest = d;
                best = c;
            }
        }
        return best;
    }

    /// Letters and digits only: `max-pool`, `max_pool` and `MaxPool` are one name.
    static String plain(String name) {
        return name.toLowerCase(java.util.Locale.ROOT).replace("-", "").replace("_", "");
    }

    /// What to do about a name that is not there.
    static String fix(String name, Collection<String> candidates) {
        var here = candidates.stream().filter(c -> plain(c).equals(plain(name))).toList();
        if (!here.isEmpty() && !candidates.contains(name)) {
            return "did you mean '" + String.join("' or '", here) + "'?";
        }
        var elsewhere = ConfigKeys.paths(plain(name));
        if (!elsewhere.isEmpty() && !candidates.contains(name)) {
            return "did you mean '" + String.join("' or '", elsewhere) + "'?";
        }
        var near = of(name, candidates);
        if (near != null) {
            return "did you mean '" + near + "'?";
        }
        var begun = candidates.stream().filter(c -> name.length() > 2 && plain(c).startsWith(plain(name))).toList();
        return begun.isEmpty() ? "see 'ijen config schema'" : "did you mean '" + String.join("' or '", begun) + "'?";
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
