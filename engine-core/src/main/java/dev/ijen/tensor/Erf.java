package dev.ijen.tensor;

/// Error function in double, to about 1e-15: the Taylor series 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n+1)) rearranged with positive terms
/// near 0, and the continued fraction of erfc (Abramowitz and Stegun 7.1.6, 7.1.14) elsewhere.
public final class Erf {
    private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;

    private Erf() {}

    /// erf(x).
    public static double of(double x) {
        double a = Math.abs(x);
        if (!(a < 6)) {
            return Double.isNaN(x) ? x : Math.signum(x);
        }
        return a < 2.5 ? series(x) : Math.signum(x) * (1 - fraction(a));
    }

    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
    }

    private static double fraction(double a) {
        double f = a;
        for (int k = 60; k >= 1; k--) {
            f = a + k / 2.0 / f;
        }
        return TWO_OVER_SQRT_PI / 2 * Math.exp(-a * a) / f;
    }
}
