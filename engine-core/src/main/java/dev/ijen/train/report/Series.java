package dev.ijen.train.report;

/// A line of a chart.
///
/// @param name in the legend
/// @param style `a`, `b` or `c`, and `thin` for background
/// @param x ascending
/// @param y as many; what is no number leaves a gap
public record Series(String name, String style, double[] x, double[] y) {
    /// How many points are drawn at most.
    static final int MOST = 600;

    /// Fewer points: means of neighbours.
    Series thinned() {
        int n = x.length;
        if (n <= MOST) {
            return this;
        }
        var tx = new double[MOST];
        var ty = new double[MOST];
        for (int i = 0; i < MOST; i++) {
            int from = (int) ((long) i * n / MOST);
            int to = (int) ((long) (i + 1) * n / MOST);
            for (int k = from; k < to; k++) {
                tx[i] += x[k] / (to - from);
                ty[i] += y[k] / (to - from);
            }
        }
        return new Series(name, style, tx, ty);
    }
}
