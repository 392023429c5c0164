package dev.ijen.data.synth;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.data.SeededRandom;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.List;
import java.util.stream.IntStream;

/// Small sets of points whose answer is known. Example i of a classification belongs to class i mod classes.
public final class Synthetic {
    private static final int STREAM = 0x5e7;

    private Synthetic() {}

    /// Two interleaved half circles: F32 `[N, 2]`, two classes.
    ///
    /// @param noise standard deviation of what is added to every coordinate; 0.1 is usual
    public static Dataset moons(int n, double noise, long seed) {
        var x = new float[check(n) * 2];
        for (int i = 0; i < n; i++) {
            var random = new SeededRandom(seed, STREAM, 1, i);
            double t = random.uniform(0, Math.PI);
            double cx = StrictMath.cos(t);
            double cy = StrictMath.sin(t);
            x[2 * i] = (float) ((i % 2 == 0 ? cx : 1 - cx) + noise * random.nextGaussian());
            x[2 * i + 1] = (float) ((i % 2 == 0 ? cy : 0.5 - cy) + noise * random.nextGaussian());
        }
        return classified(x, n, 2);
    }

    /// Normal clouds around random centres in `[−10, 10]^features`: F32 `[N, features]`.
    ///
    /// @param spread standard deviation of every cloud
    public static Dataset blobs(int n, int classes, int features, double spread, long seed) {
        check(classes);
        var x = new float[check(n) * check(features)];
        var centres = new double[classes][features];
        for (int c = 0; c < classes; c++) {
            var random = new SeededRandom(seed, STREAM, 2, -1 - c);
            for (int f = 0; f < features; f++) {
                centres[c][f] = random.uniform(-10, 10);
            }
        }
        for (int i = 0; i < n; i++) {
            var random = new SeededRandom(seed, STREAM, 2, i);
            for (int f = 0; f < features; f++) {
                x[i * features + f] = (float) (centres[i % classes][f] + spread * random.nextGaussian());
            }
        }
        return classified(x, n, classes);
    }

    /// Normal clouds whose centres lie on a circle about the origin: F32 `[N, 2]`, a class a cloud.
    ///
    /// @param spread standard deviation of every cloud
    public static Dataset ring(int n, int clouds, double radius, double spread, long seed) {
        var x = new float[2 * check(n)];
        for (int i = 0; i < n; i++) {
            var random = new SeededRandom(seed, STREAM, 5, i);
            double angle = 2 * Math.PI * (i % clouds) / clouds;
            x[2 * i] = (float) (radius * StrictMath.cos(angle) + spread * random.nextGaussian());
            x[2 * i + 1] = (float) (radius * StrictMath.sin(angle) + spread * random.nextGaussian());
        }
        return classified(x, n, clouds);
    }

    /// Spiral arms of one turn and a half about the origin, radius up to 1: F32 `[N, 2]`.
    ///
    /// @param noise standard deviation of what is added to every coordinate; 0.02 is usual
    public static Dataset spirals(int n, int classes, double noise, long seed) {
        check(classes);
        var x = new float[check(n) * 2];
        for (int i = 0; i < n; i++) {
            var random = new SeededRandom(seed, STREAM, 3, i);
            double r = random.uniform(0.05, 1);
            double t = 3 * Math.PI * r + 2 * Math.PI * (i % classes) / classes;
            x[2 * i] = (float) (r * StrictMath.cos(t) + noise * random.nextGaussian());
            x[2 * i + 1] = (float) (r * StrictMath.sin(t) + noise * random.nextGaussian());
        }
        return classified(x, n, classes);
    }

    /// `y = x·w + b + noise` with x from the standard normal distribution: F32 `[N, features]`, F32 `[N, 1]`.
    ///
    /// @param weights w, one for each feature
    /// @param bias b
    /// @param noise standard deviation of what is added to y
    public static Dataset linear(int n, float[] weights, float bias, double noise, long seed) {
        int features = check(weights.length);
        var x = new float[check(n) * features];
        var y = new float[n];
        for (int i = 0; i < n; i++) {
            var random = new SeededRandom(seed, STREAM, 4, i);
            double sum = bias;
            for (int f = 0; f < features; f++) {
                x[i * features + f] = (float) random.nextGaussian();
                sum += (double) x[i * features + f] * weights[f];
            }
            y[i] = (float) (sum + noise * random.nextGaussian());
        }
        return ArrayDataset.of(HostTensor.of(x, n, features), HostTensor.of(y, n, 1), List.of());
    }

    private static Dataset classified(float[] x, int n, int classes) {
        int[] labels = IntStream.range(0, n).map(i -> i % classes).toArray();
        return ArrayDataset.of(
                HostTensor.of(x, n, x.length / n),
                HostTensor.of(labels, n),
                IntStream.range(0, classes).mapToObj(Integer::toString).toList());
    }

    private static int check(int size) {
        if (size < 1) {
            throw new IjenException("synthetic data: bad size", "" + size, "at least 1", "ask for something");
        }
        return size;
    }
}
