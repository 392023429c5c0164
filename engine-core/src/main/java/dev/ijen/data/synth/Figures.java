package dev.ijen.data.synth;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.data.SeededRandom;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.List;

/// Discs, squares and triangles of random size, place and brightness on a noisy background, and which figure each pixel belongs to: a
/// task for networks that label pixels. An image is a function of (seed, index).
public final class Figures {
    /// What a pixel can be, by its label.
    public static final List<String> CLASSES = List.of("background", "disc", "square", "triangle");

    private static final int STREAM = 0xf16;
    private static final int MOST = 3;
    private static final double NOISE = 0.1;

    private Figures() {}

    /// Images F32 `[N, 1, side, side]` from 0 to 1, labels F32 `[N, side, side]` that are indices of [#CLASSES].
    public static Dataset dataset(int count, int side, long seed) {
        if (count < 1 || side < 16) {
            throw new IjenException("figures: bad size", count + " of " + side + " pixels", "at least 1 of 16 pixels",
                    "for example 1000 of 48");
        }
        var x = new float[count * side * side];
        var y = new float[count * side * side];
        for (int i = 0; i < count; i++) {
            draw(new SeededRandom(seed, STREAM, 1, i), side, x, y, i * side * side);
        }
        return ArrayDataset.of(
                HostTensor.of(x, count, 1, side, side), HostTensor.of(y, count, side, side), List.of());
    }

    private static void draw(SeededRandom random, int side, float[] x, float[] y, int from) {
        int figures = 1 + random.nextInt(MOST);
        for (int f = 0; f < figures; f++) {
            int kind = 1 + random.nextInt(3);
            double radius = side * (0.1 + 0.1 * random.nextDouble());
            double cx = radius + random.nextDouble() * (side - 2 * radius);
            double cy = radius + random.nextDouble() * (side - 2 * radius);
            float light = (float) (0.4 + 0.5 * random.nextDouble());
            for (int r = 0; r < side; r++) {
                for (int c = 0; c < side; c++) {
                    if (inside(kind, (c + 0.5 - cx) / radius, (r + 0.5 - cy) / radius)) {
                        x[from + r * side + c] = light;
                        y[from + r * side + c] = kind;
                    }
                }
            }
        }
        for (int i = from; i < from + side * side; i++) {
            x[i] = (float) Math.clamp(x[i] + 0.1 + NOISE * random.nextGaussian(), 0, 1);
        }
    }

    /// Within a figure about the origin that reaches to 1.
    private static boolean inside(int kind, double x, double y) {
        return switch (kind) {
            case 1 -> x * x + y * y < 1;
            case 2 -> Math.max(Math.abs(x), Math.abs(y)) < 0.85;
            default -> y < 0.8 && y > 1.8 * Math.abs(x) - 1;
        };
    }
}
