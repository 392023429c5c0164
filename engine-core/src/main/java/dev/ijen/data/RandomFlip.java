package dev.ijen.data;

import dev.ijen.tensor.IjenException;

/// Mirrors an image left to right with a probability.
///
/// @param probability from 0 to 1
public record RandomFlip(double probability) implements Transform {
    /// Checks the probability.
    public RandomFlip {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IjenException("random flip: bad probability", "" + probability, "0 to 1", "for example 0.5");
        }
    }

    @Override
    public Batch apply(Batch batch, Context context) {
        var in = Planes.of("random flip", batch);
        float[] x = in.values();
        for (int i = 0; i < in.n(); i++) {
            if (context.random(batch.indices()[i]).nextDouble() < probability) {
                for (int row = in.at(i); row < in.at(i + 1); row += in.w()) {
                    for (int l = row, r = row + in.w() - 1; l < r; l++, r--) {
                        float v = x[l];
                        x[l] = x[r];
                        x[r] = v;
                    }
                }
            }
        }
        return batch.withInput(in.tensor());
    }

    @Override
    public ElementSpec output(ElementSpec input) {
        Planes.check("random flip", input);
        return input;
    }
}
