package dev.ijen.data;

import dev.ijen.tensor.IjenException;

/// Changes brightness, contrast and (of RGB) saturation of every image by random factors from `1 − amount` to `1 +
/// amount`, in this order; values stay from 0 to 1.
///
/// @param brightness amount from 0 to 1: all values times the factor
/// @param contrast amount from 0 to 1: distance to the image's mean gray times the factor
/// @param saturation amount from 0 to 1: distance to each pixel's own gray times the factor
public record ColorJitter(double brightness, double contrast, double saturation) implements Transform {
    private static final float[] GRAY = {0.299f, 0.587f, 0.114f};

    /// Checks the amounts.
    public ColorJitter {
        for (double v : new double[] {brightness, contrast, saturation}) {
            if (!(v >= 0 && v <= 1)) {
                throw new IjenException("color jitter: bad amount", "" + v, "0 to 1", "for example 0.2");
            }
        }
    }

    @Override
    public Batch apply(Batch batch, Context context) {
        var in = Planes.of("color jitter", batch);
        int area = in.h() * in.w();
        float[] x = in.values();
        for (int i = 0; i < in.n(); i++) {
            var random = context.random(batch.indices()[i]);
            float light = (float) random.uniform(1 - brightness, 1 + brightness);
            float spread = (float) random.uniform(1 - contrast, 1 + contrast);
            float color = (float) random.uniform(1 - saturation, 1 + saturation);
            int from = in.at(i);
            int to = in.at(i + 1);
            for (int k = from; k < to; k++) {
                x[k] = clamp(x[k] * light);
            }
            double sum = 0;
            for (int p = 0; p < area; p++) {
                sum += gray(x, from, p, area, in.c());
            }
            float mean = (float) (sum / area);
            for (int k = from; k < to; k++) {
                x[k] = clamp(mean + (x[k] - mean) * spread);
            }
            if (in.c() == 3) {
                for (int p = 0; p < area; p++) {
                    float g = gray(x, from, p, area, 3);
                    for (int k = from + p; k < to; k += area) {
                        x[k] = clamp(g + (x[k] - g) * color);
                    }
                }
            }
        }
        return batch.withInput(in.tensor());
    }

    private static float gray(float[] x, int from, int p, int area, int channels) {
        if (channels != 3) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += x[from + c * area + p];
            }
            return sum / channels;
        }
        return GRAY[0] * x[from + p] + GRAY[1] * x[from + area + p] + GRAY[2] * x[from + 2 * area + p];
    }

    private static float clamp(float v) {
        return Math.clamp(v, 0, 1);
    }

    @Override
    public ElementSpec output(ElementSpec input) {
        Planes.check("color jitter", input);
        return input;
    }
}
