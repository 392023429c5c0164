package dev.ijen.data.series;

import java.util.ArrayList;
import java.util.List;

/// The linear baseline of forecasting: each step ahead is a weighted sum of the target's own past, by least squares with a small ridge.
///
/// @param weights for each step ahead: one of each step seen, and a constant
public record LinearForecast(List<List<Double>> weights) {
    private static final double RIDGE = 1e-4;

    /// Copies the lists.
    public LinearForecast {
        weights = weights.stream().map(List::copyOf).toList();
    }

    /// Fitted to a part.
    public static LinearForecast fit(SeriesWindows data) {
        int n = data.length() + 1;
        int h = data.horizon();
        var gram = new double[n][n + h];
        var x = new double[n + h];
        for (int from = 0; from < data.size(); from++) {
            for (int t = 0; t < n + h - 1; t++) {
                x[t < n - 1 ? t : t + 1] = data.rows()[from + t][data.target()];
            }
            x[n - 1] = 1;
            for (int i = 0; i < n; i++) {
                for (int j = i; j < n + h; j++) {
                    gram[i][j] += x[i] * x[j];
                }
            }
        }
        for (int i = 0; i < n; i++) {
            gram[i][i] += RIDGE * data.size();
            for (int j = 0; j < i; j++) {
                gram[i][j] = gram[j][i];
            }
        }
        solve(gram, n);
        var all = new ArrayList<List<Double>>();
        for (int k = 0; k < h; k++) {
            var one = new ArrayList<Double>();
            for (int i = 0; i < n; i++) {
                one.add(gram[i][n + k]);
            }
            all.add(one);
        }
        return new LinearForecast(all);
    }

    /// Gauss-Jordan; the matrix is positive definite, so no pivots are sought.
    private static void solve(double[][] a, int n) {
        for (int p = 0; p < n; p++) {
            double pivot = a[p][p];
            for (int j = p; j < a[p].length; j++) {
                a[p][j] /= pivot;
            }
            for (int i = 0; i < n; i++) {
                double f = a[i][p];
                if (i != p && f != 0) {
                    for (int j = p; j < a[i].length; j++) {
                        a[i][j] -= f * a[p][j];
                    }
                }
            }
        }
    }

    /// The value `step` steps ahead.
    ///
    /// @param past of the target
    public double predict(double[] past, int step) {
        var w = weights.get(step);
        double sum = w.getLast();
        for (int i = 0; i < past.length; i++) {
            sum += w.get(i) * past[i];
        }
        return sum;
    }
}
