package dev.ijen.data.synth;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.data.SeededRandom;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.List;
import java.util.stream.IntStream;

/// Handwritten-looking digits, 28 × 28 gray, light on dark as in MNIST. Strokes of one of several ways to write the
/// digit are shaken, bent by a smooth random field, slanted, turned and stretched, then drawn with a pen of varying
/// width, fitted to 20 pixels and centred by mass. No fonts, no files; an image is a function of (digit, seed, index).
public final class Digits {
    /// Width and height of an image.
    public static final int SIDE = 28;

    private static final int STREAM = 0xd161;
    private static final double BOX = 20;
    private static final int WAVES = 3;

    private Digits() {}

    /// `count` images as F32 `[N, 1, 28, 28]` from 0 to 1; example i shows the digit i mod 10.
    public static Dataset dataset(int count, long seed) {
        int[] labels = labels(count);
        return ArrayDataset.images(
                images(labels, seed), labels, List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
    }

    /// The digits of [#dataset]: i mod 10.
    public static int[] labels(int count) {
        if (count < 1) {
            throw new IjenException("digits: bad count", "" + count, "at least 1", "for example 6000");
        }
        var all = new int[count];
        for (int i = 0; i < count; i++) {
            all[i] = i % 10;
        }
        return all;
    }

    /// Images of these digits, U8 `[N, 28, 28]`; image i is `render(digits[i], seed, i)`.
    public static HostTensor images(int[] digits, long seed) {
        if ((long) digits.length * SIDE * SIDE > Integer.MAX_VALUE - 8) {
            throw new IjenException("digits: too many", digits.length + "", "at most 2.7 million", "make fewer");
        }
        var all = new byte[digits.length * SIDE * SIDE];
        IntStream.range(0, digits.length)
                .parallel()
                .forEach(i -> System.arraycopy(render(digits[i], seed, i), 0, all, i * SIDE * SIDE, SIDE * SIDE));
        return HostTensor.ofBytes(all, digits.length, SIDE, SIDE);
    }

    /// One image, row by row, 0 is the background.
    ///
    /// @param digit 0 to 9
    public static byte[] render(int digit, long seed, long index) {
        if (digit < 0 || digit > 9) {
            throw new IjenException("digits: no digit", "" + digit, "0 to 9", "ask for a digit");
        }
        var random = new SeededRandom(seed, STREAM, digit, index);
        var variants = Strokes.of(digit);
        var variant = variants[random.nextInt(variants.length)];
        // how careful this writer is
        double haste = random.uniform(0.3, 1.05);
        double[][] points = new double[variant.points().length][];
        for (int i = 0; i < points.length; i++) {
            double[] p = variant.points()[i];
            points[i] = new double[] {
                p[0] + 0.034 * haste * random.nextGaussian(), p[1] + 0.03 * haste * random.nextGaussian()
            };
        }
        var strokes = Strokes.trace(variant, points);
        bend(strokes, random, 0.036 * haste);
        writeSlanted(strokes, random);
        fit(strokes, BOX * random.uniform(0.88, 1.08));
        var pen = new Pen(random.uniform(0.75, 1.75), random.uniform(0.1, 0.3), random);
        return pen.draw(strokes, SIDE, random);
    }

    /// Moves all points by a sum of a few long waves.
    private static void bend(List<double[][]> strokes, SeededRandom random, double amount) {
        var waves = new double[WAVES][];
        for (int w = 0; w < WAVES; w++) {
            waves[w] = new double[] {
                random.uniform(-5, 5),
                random.uniform(-5, 5),
                random.uniform(0, 2 * Math.PI),
                amount * random.nextGaussian(),
                amount * random.nextGaussian()
            };
        }
        for (double[][] line : strokes) {
            for (double[] p : line) {
                double dx = 0;
                double dy = 0;
                for (double[] w : waves) {
                    double s = StrictMath.sin(w[0] * p[0] + w[1] * p[1] + w[2]);
                    dx += w[3] * s;
                    dy += w[4] * s;
                }
                p[0] += dx;
                p[1] += dy;
            }
        }
    }

    /// Proportions, slant and turn.
    private static void writeSlanted(List<double[][]> strokes, SeededRandom random) {
        double width = random.uniform(0.55, 1);
        double slant = 0.12 + 0.22 * random.nextGaussian();
        double angle = 0.09 * random.nextGaussian();
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        slant = Math.clamp(slant, -0.45, 0.65);
        for (double[][] line : strokes) {
            for (double[] p : line) {
                double x = (p[0] - 0.5) * width - slant * (p[1] - 0.5);
                double y = p[1] - 0.5;
                p[0] = cos * x - sin * y;
                p[1] = sin * x + cos * y;
            }
        }
    }

    /// Scales so that the longer side has `size` pixels.
    private static void fit(List<double[][]> strokes, double size) {
        double minX = Double.POSITIVE_INFINITY;
        double minY = minX;
        double maxX = -minX;
        double maxY = -minX;
        for (double[][] line : strokes) {
            for (double[] p : line) {
                minX = Math.min(minX, p[0]);
                maxX = Math.max(maxX, p[0]);
                minY = Math.min(minY, p[1]);
                maxY = Math.max(maxY, p[1]);
            }
        }
        double scale = size / Math.max(maxX - minX, maxY - minY);
        for (double[][] line : strokes) {
            for (double[] p : line) {
                p[0] = (p[0] - (minX + maxX) / 2) * scale;
                p[1] = (p[1] - (minY + maxY) / 2) * scale;
            }
        }
    }
}
