package dev.ijen.format;

import dev.ijen.format.Images.Resize;
import dev.ijen.tensor.HostTensor;

/// Resizing as two passes, first along the width, then along the height. Every new pixel is a weighted sum of a run of
/// old ones.
final class Resample {
    private Resample() {}

    /// The weights along one axis: new pixel i is Σ weights[i][k] · old[first[i] + k].
    private record Taps(int[] first, float[][] weights) {}

    static HostTensor resize(HostTensor image, int height, int width, Resize how) {
        int h = image.shape().dim(0);
        int w = image.shape().dim(1);
        int c = image.shape().dim(2);
        if (h == height && w == width) {
            return image;
        }
        byte[] in = Images.array(image);
        var across = taps(w, width, how);
        var down = taps(h, height, how);
        var narrow = new float[h * width * c];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < width; x++) {
                float[] weights = across.weights[x];
                for (int k = 0; k < weights.length; k++) {
                    int from = (y * w + across.first[x] + k) * c;
                    int to = (y * width + x) * c;
                    for (int j = 0; j < c; j++) {
                        narrow[to + j] += weights[k] * (in[from + j] & 0xff);
                    }
                }
            }
        }
        var out = new byte[height * width * c];
        var row = new float[width * c];
        for (int y = 0; y < height; y++) {
            java.util.Arrays.fill(row, 0);
            float[] weights = down.weights[y];
            for (int k = 0; k < weights.length; k++) {
                int from = (down.first[y] + k) * row.length;
                for (int i = 0; i < row.length; i++) {
                    row[i] += weights[k] * narrow[from + i];
                }
            }
            for (int i = 0; i < row.length; i++) {
                out[y * row.length + i] = (byte) Math.clamp(Math.round(row[i]), 0, 255);
            }
        }
        return Images.tensor(out, height, width, c);
    }

    private static Taps taps(int from, int to, Resize how) {
        return switch (how) {
            case NEAREST -> nearest(from, to);
            case BILINEAR -> bilinear(from, to);
            case AREA -> area(from, to);
            case AUTO -> to < from ? area(from, to) : bilinear(from, to);
        };
    }

    private static Taps nearest(int from, int to) {
        var first = new int[to];
        var weights = new float[to][];
        for (int i = 0; i < to; i++) {
            first[i] = (int) ((2L * i + 1) * from / (2L * to));
            weights[i] = new float[] {1};
        }
        return new Taps(first, weights);
    }

    private static Taps bilinear(int from, int to) {
        var first = new int[to];
        var weights = new float[to][];
        double scale = (double) from / to;
        for (int i = 0; i < to; i++) {
            double centre = Math.clamp((i + 0.5) * scale - 0.5, 0, from - 1);
            int left = (int) centre;
            float right = (float) (centre - left);
            first[i] = left;
            weights[i] = left + 1 < from ? new float[] {1 - right, right} : new float[] {1};
        }
        return new Taps(first, weights);
    }

    private static Taps area(int from, int to) {
        var first = new int[to];
        var weights = new float[to][];
        double scale = (double) from / to;
        for (int i = 0; i < to; i++) {
            double start = i * scale;
            double end = Math.min(from, (i + 1) * scale);
            int a = (int) start;
            int b = Math.min(from, (int) Math.ceil(end - 1e-9));
            b = Math.max(b, a + 1);
            first[i] = a;
            weights[i] = new float[b - a];
            for (int k = a; k < b; k++) {
                weights[i][k - a] = (float) ((Math.min(end, k + 1) - Math.max(start, k)) / (end - start));
            }
        }
        return new Taps(first, weights);
    }
}
