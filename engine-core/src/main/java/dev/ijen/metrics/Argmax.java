package dev.ijen.metrics;

/// Where the greatest of several numbers stands.
public final class Argmax {
    private Argmax() {}

    /// The index of the greatest of `x[from .. from + n)`, counted from `from`; of equals, the first.
    public static int of(double[] x, int from, int n) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            best = x[from + i] > x[from + best] ? i : best;
        }
        return best;
    }
}
