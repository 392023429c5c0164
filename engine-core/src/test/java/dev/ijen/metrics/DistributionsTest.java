package dev.ijen.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Numbers of NumPy and SciPy (`scipy.linalg.sqrtm`).
class DistributionsTest {
    private static double[] filled(int rows, int width, IntToDoubleFunction f) {
        return IntStream.range(0, rows * width).mapToDouble(f).toArray();
    }

    @Test
    void frechetOfThreeColumnsIsSciPys() {
        var a = filled(40, 3, x -> Math.sin(1 + 3 * (x / 3) * (x % 3 + 1) + x % 3 * (x % 3)) * (x % 3 + 1));
        var b = filled(30, 3,
                x -> Math.cos(2 + 5 * (x / 3) * (x % 3 + 1)) + 0.5 * (x % 3) + 0.3 * Math.sin(7 * (x / 3)));
        assertEquals(4.137719734736256, Distributions.frechet(a, b, 3), 1e-10);
        assertEquals(4.137719734736256, Distributions.frechet(b, a, 3), 1e-10);
        assertEquals(0, Distributions.frechet(a, a, 3), 1e-10);
    }

    /// Normal distributions of one number: (μ₁ − μ₂)² + (σ₁ − σ₂)².
    @Test
    void frechetOfOneColumnIsTheFormulas() {
        assertEquals(25 + 1, Distributions.frechet(new double[] {-1, 0, 1}, new double[] {3, 5, 7}, 1), 1e-12);
        // constant columns have no spread
        assertEquals(4, Distributions.frechet(new double[] {1, 1, 1}, new double[] {3, 3}, 1), 1e-12);
    }

    @Test
    void inceptionScore() {
        var p = new double[] {0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.25, 0.25, 0.5, 1, 0, 0};
        assertEquals(1.4783763529893708, Distributions.inceptionScore(p, 3), 1e-14);
        assertEquals(1, Distributions.inceptionScore(new double[] {0.2, 0.8, 0.2, 0.8}, 2), 1e-14);
        assertEquals(2, Distributions.inceptionScore(new double[] {1, 0, 0, 1}, 2), 1e-14);
    }
}
