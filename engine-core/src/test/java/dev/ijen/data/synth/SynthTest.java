package dev.ijen.data.synth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.Dataset;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SynthTest {
    private static float[] inputs(Dataset d) {
        return d.batch(IntStream.range(0, d.size()).toArray()).input().toFloatArray();
    }

    @Test
    void digitsAreAFunctionOfSeedAndIndex() throws Exception {
        var labels = Digits.labels(200);
        byte[] all = Digits.images(labels, 3).data().toArray(ValueLayout.JAVA_BYTE);
        try (var one = new ForkJoinPool(1)) {
            assertArrayEquals(
                    all, one.submit(() -> Digits.images(labels, 3)).get().data().toArray(ValueLayout.JAVA_BYTE));
        }
        for (int i : new int[] {0, 7, 199}) {
            assertArrayEquals(Arrays.copyOfRange(all, i * 784, (i + 1) * 784), Digits.render(labels[i], 3, i));
        }
        assertFalse(Arrays.equals(Digits.render(5, 3, 0), Digits.render(5, 4, 0)));
        assertFalse(Arrays.equals(Digits.render(5, 3, 0), Digits.render(5, 3, 1)));
    }

    @Test
    void digitsLookLikeInk() {
        var d = Digits.dataset(1_000, 1);
        assertEquals(Shape.of(1, 28, 28), d.input().shape());
        assertEquals(10, d.classes());
        int[] classes = d.classIndices();
        for (int c = 0; c < 10; c++) {
            int wanted = c;
            assertEquals(100, Arrays.stream(classes).filter(k -> k == wanted).count());
        }
        float[] x = inputs(d);
        for (int i = 0; i < d.size(); i++) {
            double ink = 0;
            double border = 0;
            double most = 0;
            for (int p = 0; p < 784; p++) {
                float v = x[i * 784 + p];
                ink += v;
                most = Math.max(most, v);
                boolean edge = p < 28 || p >= 756 || p % 28 == 0 || p % 28 == 27;
                border += edge ? v : 0;
            }
            assertTrue(ink > 15 && ink < 300, "ink " + ink + " in image " + i);
            assertTrue(most > 0.6, "faint image " + i);
            assertTrue(border < 6, "cut image " + i);
        }
    }

    @Test
    void digitsOfAClassAreAlikeButNotTrivial() {
        // nearest class mean, a linear rule: far above chance, far from perfect
        float[] train = inputs(Digits.dataset(3_000, 1));
        float[] test = inputs(Digits.dataset(1_000, 2));
        var means = new double[10][784];
        for (int i = 0; i < 3_000; i++) {
            for (int p = 0; p < 784; p++) {
                means[i % 10][p] += train[i * 784 + p] / 300;
            }
        }
        int right = 0;
        for (int i = 0; i < 1_000; i++) {
            int best = 0;
            double least = Double.MAX_VALUE;
            for (int c = 0; c < 10; c++) {
                double s = 0;
                for (int p = 0; p < 784; p++) {
                    double e = test[i * 784 + p] - means[c][p];
                    s += e * e;
                }
                if (s < least) {
                    least = s;
                    best = c;
                }
            }
            right += best == i % 10 ? 1 : 0;
        }
        assertTrue(right > 600 && right < 960, right + " of 1000");
    }

    @Test
    void linearDataHasItsWeights() {
        var d = Synthetic.linear(2_000, new float[] {2, -3}, 0.5f, 0, 1);
        var b = d.batch(IntStream.range(0, 2_000).toArray());
        float[] x = b.input().toFloatArray();
        float[] y = b.labels().toFloatArray();
        double mean = 0;
        for (int i = 0; i < 2_000; i++) {
            assertEquals(2 * x[2 * i] - 3 * x[2 * i + 1] + 0.5, y[i], 1e-5);
            mean += x[i] / 2_000;
        }
        assertEquals(0, mean, 0.1);
    }

    @Test
    void pointsLieWhereTheyShould() {
        float[] moons = inputs(Synthetic.moons(400, 0, 1));
        for (int i = 0; i < 400; i++) {
            double x = i % 2 == 0 ? moons[2 * i] : 1 - moons[2 * i];
            double y = i % 2 == 0 ? moons[2 * i + 1] : 0.5 - moons[2 * i + 1];
            assertEquals(1, Math.hypot(x, y), 1e-5);
            assertTrue(y >= -1e-6);
        }
        float[] spirals = inputs(Synthetic.spirals(300, 3, 0, 1));
        for (int i = 0; i < 300; i++) {
            double r = Math.hypot(spirals[2 * i], spirals[2 * i + 1]);
            double angle = Math.atan2(spirals[2 * i + 1], spirals[2 * i]);
            double turns = (angle - 3 * Math.PI * r - 2 * Math.PI * (i % 3) / 3) / (2 * Math.PI);
            assertEquals(Math.rint(turns), turns, 1e-4);
        }
        var blobs = Synthetic.blobs(3_000, 3, 4, 0.5, 1);
        float[] x = inputs(blobs);
        for (int c = 0; c < 3; c++) {
            for (int f = 0; f < 4; f++) {
                double mean = 0;
                double squares = 0;
                for (int i = c; i < 3_000; i += 3) {
                    mean += x[i * 4 + f] / 1_000.0;
                }
                for (int i = c; i < 3_000; i += 3) {
                    squares += (x[i * 4 + f] - mean) * (x[i * 4 + f] - mean) / 1_000;
                }
                assertEquals(0.5, Math.sqrt(squares), 0.05);
                assertTrue(Math.abs(mean) < 10.1);
            }
        }
        assertArrayEquals(x, inputs(Synthetic.blobs(3_000, 3, 4, 0.5, 1)));
        assertThrows(IjenException.class, () -> Synthetic.moons(0, 0.1, 1));
        assertThrows(IjenException.class, () -> Digits.labels(0));
        assertThrows(IjenException.class, () -> Digits.render(10, 1, 1));
    }
}
