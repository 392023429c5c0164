package dev.ijen.data;

import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Divides row numbers at random.
final class Splits {
    private static final int STREAM = 0x51;
    private static final int NONE = -1;

    private Splits() {}

    /// Parts of `0 … n-1`, each ascending. Sizes are the fractions of n (of every class, if classes are given), rounded
    /// so that nothing is lost; fractions may add up to less than 1.
    ///
    /// @param classes of the rows, or null
    static List<int[]> of(int n, int[] classes, double[] fractions, long seed) {
        double sum = 0;
        for (double f : fractions) {
            if (!(f >= 0 && f <= 1)) {
                throw bad(fractions);
            }
            sum += f;
        }
        if (fractions.length == 0 || sum > 1 + 1e-9) {
            throw bad(fractions);
        }
        int groups = 1;
        for (int i = 0; classes != null && i < n; i++) {
            groups = Math.max(groups, classes[i] + 1);
        }
        // cumulated over classes, so that roundings do not add up in one part
        var owed = new double[fractions.length];
        var part = new int[n];
        Arrays.fill(part, NONE);
        for (int g = 0; g < groups; g++) {
            int[] rows = rows(n, classes, g);
            new SeededRandom(seed, STREAM, g).shuffle(rows);
            int[] sizes = sizes(rows.length, fractions, sum, owed);
            for (int p = 0, at = 0; p < sizes.length; p++) {
                for (int k = 0; k < sizes[p]; k++) {
                    part[rows[at++]] = p;
                }
            }
        }
        var parts = new ArrayList<int[]>();
        for (int p = 0; p < fractions.length; p++) {
            parts.add(rows(n, part, p));
        }
        return parts;
    }

    /// Those of 0 to n − 1 of which `of` says `wanted`; all if there is no `of`. Loops and no streams: small ones are compiled while they
    /// run for the first time.
    private static int[] rows(int n, int[] of, int wanted) {
        var rows = new int[n];
        int count = 0;
        for (int i = 0; i < n; i++) {
            if (of == null || of[i] == wanted) {
                rows[count++] = i;
            }
        }
        return Arrays.copyOf(rows, count);
    }

    /// Largest remainders, those of earlier groups included.
    private static int[] sizes(int n, double[] fractions, double sum, double[] owed) {
        var sizes = new int[fractions.length];
        int total = (int) Math.round(n * Math.min(1, sum));
        int given = 0;
        for (int p = 0; p < sizes.length; p++) {
            owed[p] += n * fractions[p];
            sizes[p] = (int) Math.floor(n * fractions[p]);
            given += sizes[p];
            owed[p] -= sizes[p];
        }
        for (; given < total; given++) {
            int most = 0;
            for (int p = 1; p < sizes.length; p++) {
                most = owed[p] > owed[most] + 1e-9 ? p : most;
            }
            sizes[most]++;
            owed[most]--;
        }
        return sizes;
    }

    private static IjenException bad(double[] fractions) {
        return new IjenException(
                "split: bad fractions",
                Arrays.toString(fractions),
                "numbers from 0 to 1 that add up to at most 1",
                "for example 0.8, 0.1, 0.1");
    }
}
