package dev.ijen.metrics;

import java.util.Arrays;

/// How good a set of made examples is as a whole.
public final class Distributions {
    private static final int SWEEPS = 100;

    private Distributions() {}

    /// Fréchet distance of two sets taken for normal distributions, `|μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½)` (Heusel et al.,
    /// arXiv:1706.08500); 0 for equal ones. Few samples make it larger: compare only sets of the same size.
    ///
    /// @param a [N, width], row after row
    /// @param b [M, width]
    /// @param width numbers an example has
    public static double frechet(double[] a, double[] b, int width) {
        var ma = means(a, width);
        var mb = means(b, width);
        var ca = covariance(a, ma, width);
        var cb = covariance(b, mb, width);
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += (ma[i] - mb[i]) * (ma[i] - mb[i]) + ca[i * width + i] + cb[i * width + i];
        }
        // Σ₁ Σ₂ and the symmetric Σ₁^½ Σ₂ Σ₁^½ have the same eigenvalues
        var half = root(ca, width);
        var product = product(product(half, cb, width), half, width);
        var values = product.clone();
        eigen(values, identity(width), width);
        for (int i = 0; i < width; i++) {
            sum -= 2 * Math.sqrt(Math.max(0, values[i * width + i]));
        }
        return Math.max(0, sum);
    }

    /// `exp(mean KL(p(y|x) ‖ p(y)))` of a classifier's probabilities (Salimans et al., arXiv:1606.03498): the number of classes for sure and
    /// evenly spread examples, 1 at worst.
    ///
    /// @param p [N, classes], each row adding up to 1
    /// @param classes numbers a row has
    public static double inceptionScore(double[] p, int classes) {
        var mean = means(p, classes);
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += p[i] > 0 ? p[i] * Math.log(p[i] / mean[i % classes]) : 0;
        }
        int rows = p.length / classes;
        return Math.exp(sum / rows);
    }

    private static double[] means(double[] x, int width) {
        var mean = new double[width];
        for (int i = 0; i < x.length; i++) {
            mean[i % width] += x[i];
        }
        int n = x.length / width;
        return Arrays.stream(mean).map(v -> v / n).toArray();
    }

    /// With N − 1 below.
    private static double[] covariance(double[] x, double[] mean, int width) {
        var c = new double[width * width];
        int n = x.length / width;
        for (int r = 0; r < n; r++) {
            for (int i = 0; i < width; i++) {
                for (int j = 0; j < width; j++) {
                    c[i * width + j] += (x[r * width + i] - mean[i]) * (x[r * width + j] - mean[j]);
                }
            }
        }
        double below = Math.max(1, n - 1);
        return Arrays.stream(c).map(v -> v / below).toArray();
    }

    /// The symmetric root of a symmetric matrix without negative eigenvalues.
    private static double[] root(double[] m, int n) {
        var values = m.clone();
        var vectors = identity(n);
        eigen(values, vectors, n);
        var r = new double[n * n];
        for (int k = 0; k < n; k++) {
            double root = Math.sqrt(Math.max(0, values[k * n + k]));
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    r[i * n + j] += root * vectors[i * n + k] * vectors[j * n + k];
                }
            }
        }
        return r;
    }

    /// Jacobi's rotations: afterwards the eigenvalues are `m`'s diagonal, the eigenvectors the columns of `v`.
    private static void eigen(double[] m, double[] v, int n) {
        double all = Arrays.stream(m).map(x -> x * x).sum();
        for (int sweep = 0; sweep < SWEEPS && beside(m, n) > 1e-30 * all; sweep++) {
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    rotate(m, v, n, p, q);
                }
            }
        }
    }

    private static void rotate(double[] m, double[] v, int n, int p, int q) {
        double off = m[p * n + q];
        if (off == 0) {
            return;
        }
        double theta = (m[q * n + q] - m[p * n + p]) / (2 * off);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(1, theta));
        double c = 1 / Math.hypot(1, t);
        double s = t * c;
        for (int k = 0; k < n; k++) {
            double a = m[k * n + p];
            double b = m[k * n + q];
            m[k * n + p] = c * a - s * b;
            m[k * n + q] = s * a + c * b;
        }
        for (int k = 0; k < n; k++) {
            double a = m[p * n + k];
            double b = m[q * n + k];
            m[p * n + k] = c * a - s * b;
            m[q * n + k] = s * a + c * b;
            double x = v[k * n + p];
            double y = v[k * n + q];
            v[k * n + p] = c * x - s * y;
            v[k * n + q] = s * x + c * y;
        }
    }

    /// Squares beside the diagonal.
    private static double beside(double[] m, int n) {
        double sum = 0;
        for (int i = 0; i < n * n; i++) {
            sum += i % (n + 1) == 0 ? 0 : m[i] * m[i];
        }
        return sum;
    }

    private static double[] identity(int n) {
        var all = new double[n * n];
        for (int i = 0; i < n; i++) {
            all[i * (n + 1)] = 1;
        }
        return all;
    }

    private static double[] product(double[] a, double[] b, int n) {
        var c = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                for (int j = 0; j < n; j++) {
                    c[i * n + j] += a[i * n + k] * b[k * n + j];
                }
            }
        }
        return c;
    }
}
