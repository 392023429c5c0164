package dev.ijen.train;

import dev.ijen.format.Images;
import dev.ijen.tensor.HostTensor;
import java.util.Arrays;

/// Turns a picture of one written sign, of any size, photographed or scanned, into what networks trained on MNIST know: light
/// ink on black, the ink's bounding box fitted to 20 of 28 pixels, its centre of mass in the middle.
final class InkReader {
    /// Share of the side that the ink fills, as in MNIST: 20 of 28 pixels.
    private static final double FILL = 20.0 / 28;

    private InkReader() {}

    /// The picture as the network knows such.
    ///
    /// @param gray U8 [H, W, 1]
    /// @return height · width values from 0 to 1
    static float[] read(HostTensor gray, int height, int width) {
        int h = gray.shape().dim(0);
        int w = gray.shape().dim(1);
        var ink = ink(gray.toFloatArray(), h, w);
        if (h == height && w == width && margins(ink, h, w)) {
            return scaled(ink);
        }
        var box = box(ink, h, w);
        int bh = box[1] - box[0];
        int bw = box[3] - box[2];
        if (bh <= 0 || bw <= 0) {
            return new float[height * width];
        }
        double fit = Math.min(height * FILL / bh, width * FILL / bw);
        int nh = Math.clamp(Math.round(bh * fit), 1, height);
        int nw = Math.clamp(Math.round(bw * fit), 1, width);
        var crop = new byte[bh * bw];
        for (int y = 0; y < bh; y++) {
            for (int x = 0; x < bw; x++) {
                crop[y * bw + x] = (byte) Math.round(255 * ink[(y + box[0]) * w + x + box[2]]);
            }
        }
        var small = Images.resize(HostTensor.ofBytes(crop, bh, bw, 1), nh, nw, Images.Resize.AUTO).toFloatArray();
        return scaled(centred(small, nh, nw, height, width));
    }

    /// Ink from 0 to 1: the difference to the paper, whichever of the two is lighter, above the noise of the paper.
    private static float[] ink(float[] v, int h, int w) {
        var border = new float[2 * (h + w)];
        int n = 0;
        for (int x = 0; x < w; x++) {
            border[n++] = v[x];
            border[n++] = v[(h - 1) * w + x];
        }
        for (int y = 0; y < h; y++) {
            border[n++] = v[y * w];
            border[n++] = v[y * w + w - 1];
        }
        Arrays.sort(border);
        float paper = border[n / 2];
        float noise = Math.max(border[n * 9 / 10] - paper, paper - border[n / 10]);
        double above = 0;
        double below = 0;
        for (float x : v) {
            above += Math.max(0, x - paper - noise);
            below += Math.max(0, paper - noise - x);
        }
        float sign = above >= below ? 1 : -1;
        var ink = new float[v.length];
        float most = 0;
        for (int i = 0; i < v.length; i++) {
            ink[i] = Math.max(0, sign * (v[i] - paper) - noise);
            most = Math.max(most, ink[i]);
        }
        for (int i = 0; i < v.length; i++) {
            ink[i] = most == 0 ? 0 : ink[i] / most;
        }
        return ink;
    }

    /// Whether it looks as if it was prepared already: the ink keeps off the rim.
    private static boolean margins(float[] ink, int h, int w) {
        var b = box(ink, h, w);
        int rim = Math.max(1, (int) (h * (1 - FILL) / 4));
        return b[0] >= rim && b[1] <= h - rim && b[2] >= rim && b[3] <= w - rim && b[1] - b[0] >= h / 2;
    }

    /// [top, bottom, left, right) of what is clearly ink: rows and columns with more than specks.
    private static int[] box(float[] ink, int h, int w) {
        var rows = new double[h];
        var columns = new double[w];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                if (ink[y * w + x] > 0.3f) {
                    rows[y]++;
                    columns[x]++;
                }
            }
        }
        var y = span(rows);
        var x = span(columns);
        return new int[] {y[0], y[1], x[0], x[1]};
    }

    private static int[] span(double[] counts) {
        double speck = Arrays.stream(counts).max().orElse(0) * 0.02;
        int from = 0;
        int to = counts.length;
        while (from < to && counts[from] <= speck) {
            from++;
        }
        while (to > from && counts[to - 1] <= speck) {
            to--;
        }
        return new int[] {from, to};
    }

    private static float[] centred(float[] small, int nh, int nw, int height, int width) {
        double mass = 0;
        double my = 0;
        double mx = 0;
        for (int y = 0; y < nh; y++) {
            for (int x = 0; x < nw; x++) {
                double m = small[y * nw + x];
                mass += m;
                my += m * y;
                mx += m * x;
            }
        }
        int top = place(height, nh, mass == 0 ? nh / 2.0 : my / mass);
        int left = place(width, nw, mass == 0 ? nw / 2.0 : mx / mass);
        var out = new float[height * width];
        for (int y = 0; y < nh; y++) {
            System.arraycopy(small, y * nw, out, (y + top) * width + left, nw);
        }
        return out;
    }

    /// Where `size` begins so that `centre` lies in the middle, without leaving the picture.
    private static int place(int extent, int size, double centre) {
        return Math.clamp(Math.round((extent - 1) / 2.0 - centre), 0, extent - size);
    }

    private static float[] scaled(float[] v) {
        float most = 0;
        for (float x : v) {
            most = Math.max(most, x);
        }
        var out = new float[v.length];
        for (int i = 0; i < v.length; i++) {
            out[i] = most == 0 ? 0 : v[i] / most;
        }
        return out;
    }
}
