package dev.ijen.data;

/// A dataset of pictures `[C, H, W]` that are kept as bytes v and given out as [#scaled].
interface Pixels extends Dataset {
    /// Adds, for each channel and value, how often it is there in these examples.
    void count(int[] indices, long[][] to);

    /// The number from 0 to 1 a byte stands for.
    static float scaled(int v) {
        return v * (1 / 255f);
    }

    /// Of all examples of a dataset, by channel and value; null if it is not one of these or a part of one.
    static long[][] counts(Dataset of) {
        int[] indices = null;
        var in = of;
        while (in instanceof Subset s) {
            indices = indices == null ? s.indices() : s.there(indices);
            in = s.parent();
        }
        if (!(in instanceof Pixels pixels)) {
            return null;
        }
        if (indices == null) {
            indices = new int[pixels.size()];
            for (int i = 0; i < indices.length; i++) {
                indices[i] = i;
            }
        }
        var counts = new long[pixels.input().shape().dim(0)][256];
        pixels.count(indices, counts);
        return counts;
    }
}
