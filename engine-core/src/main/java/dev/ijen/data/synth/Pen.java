package dev.ijen.data.synth;

import dev.ijen.data.SeededRandom;
import java.util.List;

/// Draws polylines with a round nib whose width changes along the line; edges are smoothed over a pixel.
final class Pen {
    private final double radius;
    private final double variation;
    private final double phase;
    private final double pace;

    /// @param radius of the nib in pixels
    /// @param variation how much the width changes, as a fraction
    Pen(double radius, double variation, SeededRandom random) {
        this.radius = radius;
        this.variation = variation;
        this.phase = random.uniform(0, 2 * Math.PI);
        this.pace = random.uniform(0.15, 0.45);
    }

    /// The image of `side` × `side` pixels with the centre of the ink near the middle.
    byte[] draw(List<double[][]> strokes, int side, SeededRandom random) {
        double[] mass = centre(strokes);
        double cx = inside(strokes, 0, side, side / 2.0 - mass[0] + 0.5 * random.nextGaussian());
        double cy = inside(strokes, 1, side, side / 2.0 - mass[1] + 0.5 * random.nextGaussian());
        var ink = new float[side * side];
        for (double[][] line : strokes) {
            double along = phase;
            for (int i = 0; i + 1 < line.length; i++) {
                double x0 = line[i][0] + cx;
                double y0 = line[i][1] + cy;
                double x1 = line[i + 1][0] + cx;
                double y1 = line[i + 1][1] + cy;
                double r0 = radius(along, i, line.length);
                along += pace * Math.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
                double r1 = radius(along, i + 1, line.length);
                segment(ink, side, x0, y0, r0, x1, y1, r1);
            }
        }
        double pressure = random.uniform(0.82, 1);
        var pixels = new byte[ink.length];
        for (int i = 0; i < ink.length; i++) {
            pixels[i] = (byte) Math.round(255 * pressure * ink[i]);
        }
        return pixels;
    }

    /// Wider and narrower along the way, thinner where the pen comes and goes.
    private double radius(double along, int i, int n) {
        double taper = Math.min(1, 0.7 + 0.1 * Math.min(i, n - 1 - i));
        return radius * taper * (1 + variation * StrictMath.sin(along));
    }

    /// The shift nearest to `wanted` that keeps all ink in the image.
    private double inside(List<double[][]> strokes, int axis, int side, double wanted) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double[][] line : strokes) {
            for (double[] p : line) {
                min = Math.min(min, p[axis]);
                max = Math.max(max, p[axis]);
            }
        }
        double margin = radius + 1;
        double least = margin - min;
        double most = side - margin - max;
        return least > most ? (least + most) / 2 : Math.clamp(wanted, least, most);
    }

    private static double[] centre(List<double[][]> strokes) {
        double x = 0;
        double y = 0;
        double length = 1e-9;
        for (double[][] line : strokes) {
            for (int i = 0; i + 1 < line.length; i++) {
                double dx = line[i + 1][0] - line[i][0];
                double dy = line[i + 1][1] - line[i][1];
                double l = Math.sqrt(dx * dx + dy * dy);
                x += l * (line[i][0] + line[i + 1][0]) / 2;
                y += l * (line[i][1] + line[i + 1][1]) / 2;
                length += l;
            }
        }
        return new double[] {x / length, y / length};
    }

    /// Ink where a pixel's centre is nearer to the segment than the nib's radius, fading over one pixel.
    private static void segment(
            float[] ink, int side, double x0, double y0, double r0, double x1, double y1, double r1) {
        double reach = Math.max(r0, r1) + 0.6;
        int left = Math.max(0, (int) Math.floor(Math.min(x0, x1) - reach));
        int right = Math.min(side - 1, (int) Math.ceil(Math.max(x0, x1) + reach));
        int top = Math.max(0, (int) Math.floor(Math.min(y0, y1) - reach));
        int bottom = Math.min(side - 1, (int) Math.ceil(Math.max(y0, y1) + reach));
        double dx = x1 - x0;
        double dy = y1 - y0;
        double square = Math.max(1e-12, dx * dx + dy * dy);
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                double px = x + 0.5 - x0;
                double py = y + 0.5 - y0;
                double t = Math.clamp((px * dx + py * dy) / square, 0.0, 1.0);
                double ex = px - t * dx;
                double ey = py - t * dy;
                double d = r0 + t * (r1 - r0) - Math.sqrt(ex * ex + ey * ey);
                double shade = Math.clamp(d + 0.5, 0.0, 1.0);
                int at = y * side + x;
                ink[at] = Math.max(ink[at], (float) shade);
            }
        }
    }
}
