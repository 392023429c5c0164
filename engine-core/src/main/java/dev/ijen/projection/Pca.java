package dev.ijen.projection;

import dev.ijen.tensor.IjenException;

/// Principal components: the directions of greatest variance, from the eigen-decomposition of the covariance (Pearson 1901; Hotelling
/// 1933). Of each direction, the sign is that which makes its greatest number positive.
///
/// @param mean of the data, [D]
/// @param components directions of length 1, greatest variance first, [K][D]
/// @param variance along each, with N − 1 as divisor
public record Pca(double[] mean, double[][] components, double[] variance) {
    /// Fitted to rows [N][D].
    ///
    /// @param count K, at most D
    public static Pca fit(double[][] x, int count) {
        int n = x.length;
        int d = n == 0 ? 0 : x[0].length;
        if (n < 2 || count < 1 || count > d) {
            throw new IjenException("PCA: not possible", n + " examples of " + d + " numbers, " + count + " components",
                    "at least 2 examples, and at most as many components as numbers", "give more examples");
        }
        var mean = new double[d];
        for (var row : x) {
            for (int j = 0; j < d; j++) {
                mean[j] += row[j] / n;
            }
        }
        var covariance = new double[d][d];
        for (var row : x) {
            for (int i = 0; i < d; i++) {
                double a = row[i] - mean[i];
                for (int j = i; j < d; j++) {
                    covariance[i][j] += a * (row[j] - mean[j]) / (n - 1);
                }
            }
        }
        for (int i = 0; i < d; i++) {
            for (int j = 0; j < i; j++) {
                covariance[i][j] = covariance[j][i];
            }
        }
        var eigen = SymmetricEigen.of(covariance);
        var components = new double[count][];
        for (int k = 0; k < count; k++) {
            components[k] = signed(eigen.vectors()[k]);
        }
        return new Pca(mean, components, java.util.Arrays.copyOf(eigen.values(), count));
    }

    private static double[] signed(double[] v) {
        int greatest = 0;
        for (int j = 1; j < v.length; j++) {
            greatest = Math.abs(v[j]) > Math.abs(v[greatest]) ? j : greatest;
        }
        if (v[greatest] < 0) {
            for (int j = 0; j < v.length; j++) {
                v[j] = -v[j];
            }
        }
        return v;
    }

    /// Rows in the directions' coordinates, [N][K].
    public double[][] project(double[][] x) {
        var y = new double[x.length][components.length];
        for (int i = 0; i < x.length; i++) {
            for (int k = 0; k < components.length; k++) {
                for (int j = 0; j < mean.length; j++) {
                    y[i][k] += (x[i][j] - mean[j]) * components[k][j];
                }
            }
        }
        return y;
    }
}
