package dev.ijen.data;

/// Replaces a rectangle of every image by that of another image of its batch (Yun et al., "CutMix", 2019); labels are
/// mixed by area (F32 `[N, classes]`). The rectangle's share 1 − λ is drawn from Beta(α, α).
///
/// @param alpha strength; 1 is usual
/// @param classes number of classes
public record CutMix(double alpha, int classes) implements Transform {
    /// Checks the settings.
    public CutMix {
        Mixing.check("cutmix", alpha, classes);
    }

    @Override
    public Batch apply(Batch batch, Context context) {
        if (batch.size() == 0) {
            return batch;
        }
        var in = Planes.of("cutmix", batch);
        int[] partners = Mixing.partners(context.random(batch.indices()[0]), in.n());
        float[] out = in.values().clone();
        var lambda = new float[in.n()];
        for (int i = 0; i < in.n(); i++) {
            var random = context.random(~batch.indices()[i]);
            double side = Math.sqrt(1 - random.beta(alpha));
            int cutH = (int) Math.round(in.h() * side);
            int cutW = (int) Math.round(in.w() * side);
            int cy = random.nextInt(in.h());
            int cx = random.nextInt(in.w());
            int top = Math.max(0, cy - cutH / 2);
            int left = Math.max(0, cx - cutW / 2);
            int bottom = Math.min(in.h(), cy - cutH / 2 + cutH);
            int right = Math.min(in.w(), cx - cutW / 2 + cutW);
            for (int c = 0; c < in.c(); c++) {
                for (int y = top; y < bottom; y++) {
                    int row = (c * in.h() + y) * in.w();
                    System.arraycopy(
                            in.values(), in.at(partners[i]) + row + left, out, in.at(i) + row + left,
                            Math.max(0, right - left));
                }
            }
            // the rectangle may stick out of the image: its true area counts
            double area = (double) Math.max(0, bottom - top) * Math.max(0, right - left);
            lambda[i] = (float) (1 - area / (in.h() * in.w()));
        }
        return Batch.of(
                new Planes(out, in.n(), in.c(), in.h(), in.w()).tensor(),
                Mixing.labels("cutmix", batch.labels(), partners, lambda, classes),
                batch.indices());
    }

    @Override
    public ElementSpec output(ElementSpec input) {
        Planes.check("cutmix", input);
        return input;
    }

    @Override
    public ElementSpec label(ElementSpec label) {
        return Mixing.label(label, classes);
    }
}
