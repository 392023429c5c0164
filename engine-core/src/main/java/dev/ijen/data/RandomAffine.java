package dev.ijen.data;

import dev.ijen.tensor.IjenException;

/// Rotates, moves, scales and shears every image about its centre by random amounts; sampled bilinearly.
///
/// @param degrees rotation from −degrees to degrees
/// @param translate shift of each axis up to this fraction of the side
/// @param scaleMin smallest magnification
/// @param scaleMax largest magnification
/// @param shear horizontal shear from −shear to shear, in degrees
/// @param fill value outside of the image
public record RandomAffine(
        double degrees, double translate, double scaleMin, double scaleMax, double shear, float fill)
        implements Transform {
    /// Checks the ranges.
    public RandomAffine {
        if (!(degrees >= 0 && translate >= 0 && scaleMin > 0 && scaleMax >= scaleMin && shear >= 0 && shear < 80)) {
            throw new IjenException(
                    "random affine: bad ranges",
                    degrees + "°, shift " + translate + ", scale " + scaleMin + " to " + scaleMax + ", shear " + shear
                            + "°",
                    "amounts of at least 0, 0 < scaleMin ≤ scaleMax, shear below 80°",
                    "correct the augmentation's settings");
        }
    }

    @Override
    public Batch apply(Batch batch, Context context) {
        var in = Planes.of("random affine", batch);
        var out = new float[in.values().length];
        for (int i = 0; i < in.n(); i++) {
            var random = context.random(batch.indices()[i]);
            double angle = StrictMath.toRadians(random.uniform(-degrees, degrees));
            double dx = random.uniform(-translate, translate) * in.w();
            double dy = random.uniform(-translate, translate) * in.h();
            double scale = random.uniform(scaleMin, scaleMax);
            double skew = StrictMath.tan(StrictMath.toRadians(random.uniform(-shear, shear)));
            // new = centre + shift + scale · rotation · shear · (old − centre); pixels are looked up by the inverse
            double cos = StrictMath.cos(angle) / scale;
            double sin = StrictMath.sin(angle) / scale;
            double a = cos + skew * sin;
            double b = sin - skew * cos;
            sample(in, in.at(i), out, new double[] {a, b, -sin, cos}, dx, dy);
        }
        return batch.withInput(new Planes(out, in.n(), in.c(), in.h(), in.w()).tensor());
    }

    private void sample(Planes in, int at, float[] out, double[] m, double dx, double dy) {
        int h = in.h();
        int w = in.w();
        double cx = (w - 1) / 2.0;
        double cy = (h - 1) / 2.0;
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                double u = x - cx - dx;
                double v = y - cy - dy;
                double sx = m[0] * u + m[1] * v + cx;
                double sy = m[2] * u + m[3] * v + cy;
                int x0 = (int) Math.floor(sx);
                int y0 = (int) Math.floor(sy);
                float fx = (float) (sx - x0);
                float fy = (float) (sy - y0);
                for (int c = 0; c < in.c(); c++) {
                    int plane = at + c * h * w;
                    float top = value(in, plane, y0, x0) * (1 - fx) + value(in, plane, y0, x0 + 1) * fx;
                    float bottom = value(in, plane, y0 + 1, x0) * (1 - fx) + value(in, plane, y0 + 1, x0 + 1) * fx;
                    out[plane + y * w + x] = top * (1 - fy) + bottom * fy;
                }
            }
        }
    }

    private float value(Planes in, int plane, int y, int x) {
        return y < 0 || x < 0 || y >= in.h() || x >= in.w() ? fill : in.values()[plane + y * in.w() + x];
    }

    @Override
    public ElementSpec output(ElementSpec input) {
        Planes.check("random affine", input);
        return input;
    }
}
