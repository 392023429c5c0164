package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.HostRandom;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Mean, standard deviation and bounds of first weights, over at least 10⁶ of them.
class InitTest {
    private static final Shape LINEAR = Shape.of(800, 1250);
    private static final Shape CONV = Shape.of(256, 448, 3, 3);

    /// Weights, their standard deviation by formula, and the greatest absolute value.
    record Case(String name, Init init, Shape shape, double std, double bound) {
        @Override
        public String toString() {
            return name + " " + shape;
        }
    }

    static Stream<Case> cases() {
        double none = Double.POSITIVE_INFINITY;
        int in = 448 * 9;
        int out = 256 * 9;
        return Stream.of(
                new Case("xavier uniform", Init.xavierUniform(), LINEAR, Math.sqrt(2.0 / 2050), Math.sqrt(6.0 / 2050)),
                new Case("xavier normal", Init.xavierNormal(), LINEAR, Math.sqrt(2.0 / 2050), none),
                new Case("xavier uniform", Init.xavierUniform(), CONV, Math.sqrt(2.0 / (in + out)),
                        Math.sqrt(6.0 / (in + out))),
                new Case("he uniform", Init.heUniform(), LINEAR, Math.sqrt(2.0 / 1250), Math.sqrt(6.0 / 1250)),
                new Case("he normal", Init.heNormal(), LINEAR, Math.sqrt(2.0 / 1250), none),
                new Case("he normal", Init.heNormal(), CONV, Math.sqrt(2.0 / in), none),
                new Case("lecun uniform", Init.lecunUniform(), LINEAR, Math.sqrt(1.0 / 1250), Math.sqrt(3.0 / 1250)),
                new Case("lecun normal", Init.lecunNormal(), LINEAR, Math.sqrt(1.0 / 1250), none),
                new Case("truncated normal", Init.truncatedNormal(0.02), LINEAR, 0.02, 0.02 * 2 / 0.8796),
                new Case("normal", Init.normal(0, 0.3), LINEAR, 0.3, none),
                new Case("uniform", Init.uniform(-0.5, 0.5), LINEAR, Math.sqrt(1.0 / 12), 0.5));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void standardDeviationIsWithinTwoPercent(Case c) {
        var w = c.init.create(new HostRandom(3, 1), c.shape, Init.Fan.of(c.shape)).toFloatArray();
        assertTrue(w.length >= 1_000_000);
        double sum = 0;
        double squares = 0;
        double greatest = 0;
        for (float v : w) {
            sum += v;
            squares += (double) v * v;
            greatest = Math.max(greatest, Math.abs(v));
        }
        double mean = sum / w.length;
        double std = Math.sqrt(squares / w.length - mean * mean);
        assertEquals(0, mean / c.std, 0.01, "mean");
        assertEquals(1, std / c.std, 0.02, "standard deviation");
        assertTrue(greatest <= c.bound * (1 + 1e-6), "greatest " + greatest);
        assertTrue(greatest > 1.6 * c.std, "greatest " + greatest);
    }

    @Test
    void fansOfGroupedConvolutions() {
        assertEquals(new Init.Fan(2 * 9, 6 * 9), Init.Fan.of(Shape.of(6, 2, 3, 3)));
        assertEquals(new Init.Fan(7, 5), Init.Fan.of(Shape.of(5, 7)));
    }

    private static void assertOrthonormalRows(double gain, int rows, int columns, HostTensor w, boolean transposed) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                double dot = 0;
                for (int k = 0; k < columns; k++) {
                    dot += transposed ? w.get(k * rows + i) * w.get(k * rows + j)
                            : w.get(i * columns + k) * w.get(j * columns + k);
                }
                assertEquals(i == j ? gain * gain : 0, dot, 1e-5);
            }
        }
    }

    @Test
    void orthogonal() {
        var fan = new Init.Fan(1, 1);
        assertOrthonormalRows(1.5, 16, 27,
                Init.orthogonal(1.5).create(new HostRandom(1, 1), Shape.of(16, 3, 3, 3), fan), false);
        assertOrthonormalRows(1, 12, 40, Init.orthogonal(1).create(new HostRandom(1, 1), Shape.of(40, 12), fan), true);
    }

    @Test
    void sameSeedSameWeights() {
        var a = Init.heNormal().create(new HostRandom(5, 2), Shape.of(3, 4), new Init.Fan(4, 3));
        var b = Init.heNormal().create(new HostRandom(5, 2), Shape.of(3, 4), new Init.Fan(4, 3));
        assertArrayEquals(a.toFloatArray(), b.toFloatArray());
        assertEquals(0.25, Init.constant(0.25).create(new HostRandom(1, 1), Shape.of(2), new Init.Fan(1, 1)).get(1));
    }

    @Test
    void names() {
        assertTrue(Init.of("he") != null && Init.of("Xavier_Uniform") != null);
        var e = assertThrows(IjenException.class, () -> Init.of("hee"));
        assertTrue(e.getMessage().contains("he-normal"), e.getMessage());
    }
}
