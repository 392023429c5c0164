package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.engine.HostRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/// How like the data made examples are. `swd` is the sliced Wasserstein distance (Bonneel et al. 2015): both sets projected onto random
/// directions, sorted, and compared; 0 for equal distributions. Points of the plane with classes are also told by `modes`, the classes
/// with at least a quarter of their share of the samples within three deviations of their centre, and `quality`, the share of samples
/// that are that near to any.
final class Likeness {
    private static final int DIRECTIONS = 64;
    private static final double NEAR = 3;

    private Likeness() {}

    static List<String> metrics(Preprocessor pre) {
        return hasModes(pre) ? List.of("modes", "loss", "quality", "swd") : List.of("swd", "loss");
    }

    private static boolean hasModes(Preprocessor pre) {
        return pre.shape().rank() == 1 && pre.classNames().size() > 1;
    }

    /// @param y made examples, as many as the dataset has, in the networks' range
    static Evaluation evaluate(Preprocessor pre, Dataset data, double[] y) {
        int n = data.size();
        int size = pre.shape().size();
        var real = new double[n * size];
        var batch = data.batch(IntStream.range(0, n).toArray());
        boolean image = pre.shape().rank() == 3;
        for (int i = 0; i < real.length; i++) {
            double v = batch.input().get(i);
            real[i] = image ? 2 * v - 1 : v;
        }
        var m = new LinkedHashMap<String, Double>();
        double distance = slicedWasserstein(real, y, size);
        if (hasModes(pre)) {
            modes(real, data.classIndices(), pre.classNames().size(), y, size, m);
        }
        m.put("swd", distance);
        return new Evaluation(n, distance, m, null, List.of());
    }

    static double slicedWasserstein(double[] a, double[] b, int size) {
        int n = a.length / size;
        var random = new HostRandom(5, 1);
        double sum = 0;
        for (int d = 0; d < DIRECTIONS; d++) {
            var way = new double[size];
            double norm = 0;
            for (int k = 0; k < size; k++) {
                way[k] = random.nextGaussian();
                norm += way[k] * way[k];
            }
            var pa = projected(a, way, n, Math.sqrt(norm));
            var pb = projected(b, way, n, Math.sqrt(norm));
            double difference = 0;
            for (int i = 0; i < n; i++) {
                difference += Math.abs(pa[i] - pb[i]);
            }
            sum += difference / n;
        }
        return sum / DIRECTIONS;
    }

    private static double[] projected(double[] x, double[] way, int n, double norm) {
        var p = new double[n];
        for (int i = 0; i < n; i++) {
            double s = 0;
            for (int k = 0; k < way.length; k++) {
                s += x[i * way.length + k] * way[k];
            }
            p[i] = s / norm;
        }
        Arrays.sort(p);
        return p;
    }

    private static void modes(double[] real, int[] classes, int count, double[] made, int size,
            LinkedHashMap<String, Double> into) {
        var centre = new double[count][size];
        var members = new int[count];
        for (int i = 0; i < classes.length; i++) {
            members[classes[i]]++;
            for (int k = 0; k < size; k++) {
                centre[classes[i]][k] += real[i * size + k];
            }
        }
        for (int c = 0; c < count; c++) {
            for (int k = 0; k < size; k++) {
                centre[c][k] /= Math.max(1, members[c]);
            }
        }
        double variance = 0;
        for (int i = 0; i < classes.length; i++) {
            variance += squared(real, i, centre[classes[i]], size);
        }
        double reach = NEAR * Math.sqrt(variance / ((double) classes.length * size));
        var near = new int[count];
        int n = made.length / size;
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < count; c++) {
                if (squared(made, i, centre[c], size) <= reach * reach) {
                    near[c]++;
                    break;
                }
            }
        }
        into.put("modes", (double) Arrays.stream(near).filter(k -> k >= 0.25 * n / count).count());
        into.put("quality", Arrays.stream(near).sum() / (double) n);
    }

    private static double squared(double[] x, int i, double[] centre, int size) {
        double s = 0;
        for (int k = 0; k < size; k++) {
            double d = x[i * size + k] - centre[k];
            s += d * d;
        }
        return s;
    }
}
