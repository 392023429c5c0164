package dev.ijen.projection;

import dev.ijen.tensor.IjenException;
import java.util.stream.IntStream;

/// A plane in which those are neighbours that were neighbours before (van der Maaten and Hinton, JMLR 9, 2008), computed exactly: all
/// pairs, in time that grows with the square of their number. It begins with the first two principal components and draws nothing, so
/// the same data gives the same picture.
public final class Tsne {
    private static final int ITERATIONS = 1000;
    /// Iterations in which neighbours pull so many times as much.
    private static final int EARLY = 250;
    private static final double EXAGGERATION = 12;
    private static final int SEARCH = 100;
    private static final double LEAST = 1e-12;

    private Tsne() {}

    /// Places of rows [N][D], [N][2].
    ///
    /// @param perplexity about how many neighbours each has; at most (N − 1) / 3 is taken
    public static double[][] of(double[][] x, double perplexity) {
        int n = x.length;
        if (n < 4 || !(perplexity >= 1)) {
            throw new IjenException("t-SNE: not possible", n + " examples, perplexity " + perplexity,
                    "at least 4 examples and a perplexity of at least 1", "give more examples");
        }
        var p = affinities(x, Math.min(perplexity, (n - 1) / 3.0));
        var y = start(x);
        var speed = new double[n][2];
        var gains = new double[n][2];
        for (var g : gains) {
            java.util.Arrays.fill(g, 1);
        }
        // as scikit-learn's 'auto' (Belkina et al., Nature Communications 10, 2019)
        double rate = Math.max(n / EXAGGERATION / 4, 50);
        for (int i = 0; i < ITERATIONS; i++) {
            boolean early = i < EARLY;
            step(y, speed, gains, gradient(p, y, early ? EXAGGERATION : 1), rate, early ? 0.5 : 0.8);
        }
        return y;
    }

    private static double[][] start(double[][] x) {
        var y = x[0].length > 1 ? Pca.fit(x, 2).project(x) : java.util.Arrays.stream(x)
                .map(r -> new double[] {r[0], 0}).toArray(double[][]::new);
        double squares = 0;
        for (var row : y) {
            squares += row[0] * row[0];
        }
        double scale = 1e-4 / Math.sqrt(Math.max(LEAST, squares / x.length));
        for (var row : y) {
            row[0] *= scale;
            row[1] *= scale;
        }
        return y;
    }

    /// Symmetric probabilities of pairs, [N][N], with sum 1.
    private static double[][] affinities(double[][] x, double perplexity) {
        int n = x.length;
        var one = IntStream.range(0, n).parallel().mapToObj(i -> conditional(distances(x, i), i, Math.log(perplexity)))
                .toArray(double[][]::new);
        var p = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                p[i][j] = Math.max(LEAST, (one[i][j] + one[j][i]) / (2.0 * n));
            }
        }
        return p;
    }

    private static double[] distances(double[][] x, int i) {
        var d = new double[x.length];
        for (int j = 0; j < d.length; j++) {
            for (int k = 0; k < x[i].length; k++) {
                d[j] += (x[i][k] - x[j][k]) * (x[i][k] - x[j][k]);
            }
        }
        return d;
    }

    /// Probabilities of one example's neighbours, whose width is such that their entropy is as asked for.
    private static double[] conditional(double[] squares, int self, double entropy) {
        double least = Double.POSITIVE_INFINITY;
        for (int j = 0; j < squares.length; j++) {
            least = j == self ? least : Math.min(least, squares[j]);
        }
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double beta = 1;
        var p = new double[squares.length];
        for (int i = 0; i < SEARCH; i++) {
            double sum = 0;
            double weighted = 0;
            for (int j = 0; j < p.length; j++) {
                p[j] = j == self ? 0 : Math.exp(-beta * (squares[j] - least));
                sum += p[j];
                weighted += p[j] * (squares[j] - least);
            }
            double h = Math.log(sum) + beta * weighted / sum;
            for (int j = 0; j < p.length; j++) {
                p[j] /= sum;
            }
            if (Math.abs(h - entropy) < 1e-5) {
                break;
            }
            if (h > entropy) {
                low = beta;
                beta = high == Double.POSITIVE_INFINITY ? beta * 2 : (beta + high) / 2;
            } else {
                high = beta;
                beta = (beta + low) / 2;
            }
        }
        return p;
    }

    /// Of the Kullback-Leibler divergence: 4 Σ (e p − q) w (yᵢ − yⱼ), w = 1 / (1 + |yᵢ − yⱼ|²), q = w / Σ w.
    private static double[][] gradient(double[][] p, double[][] y, double exaggeration) {
        int n = y.length;
        var sums = IntStream.range(0, n).parallel().mapToDouble(i -> {
            double s = 0;
            for (int j = 0; j < n; j++) {
                s += i == j ? 0 : weight(y[i], y[j]);
            }
            return s;
        }).toArray();
        double sum = 0;
        for (double s : sums) {
            sum += s; // in this order, at any number of threads
        }
        double all = sum;
        return IntStream.range(0, n).parallel().mapToObj(i -> {
            var g = new double[2];
            for (int j = 0; j < n; j++) {
                double w = weight(y[i], y[j]);
                double f = i == j ? 0 : 4 * (exaggeration * p[i][j] - Math.max(LEAST, w / all)) * w;
                g[0] += f * (y[i][0] - y[j][0]);
                g[1] += f * (y[i][1] - y[j][1]);
            }
            return g;
        }).toArray(double[][]::new);
    }

    private static double weight(double[] a, double[] b) {
        double x = a[0] - b[0];
        double y = a[1] - b[1];
        return 1 / (1 + x * x + y * y);
    }

    private static void step(
            double[][] y, double[][] speed, double[][] gains, double[][] gradient, double rate, double momentum) {
        for (int i = 0; i < y.length; i++) {
            for (int k = 0; k < 2; k++) {
                boolean turned = gradient[i][k] * speed[i][k] < 0;
                gains[i][k] = Math.max(0.01, turned ? gains[i][k] + 0.2 : gains[i][k] * 0.8);
                speed[i][k] = momentum * speed[i][k] - rate * gains[i][k] * gradient[i][k];
                y[i][k] += speed[i][k];
            }
        }
    }
}
