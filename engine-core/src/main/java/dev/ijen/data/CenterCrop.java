package dev.ijen.data;

/// Cuts the middle out of every image: `[N, C, H, W] → [N, C, height, width]`.
///
/// @param height of the rectangle
/// @param width of the rectangle
public record CenterCrop(int height, int width) implements Transform {
    private static final String NAME = "center crop";

    /// Checks the size.
    public CenterCrop {
        Crops.checkSize(NAME, height, width, 0);
    }

    @Override
    public Batch apply(Batch batch, Context context) {
        var s = batch.input().shape();
        output(new ElementSpec("image", batch.input().dtype(), s.without(0)));
        int top = (s.dim(2) - height) / 2;
        int left = (s.dim(3) - width) / 2;
        return Crops.crop(NAME, batch, height, width, i -> top, i -> left);
    }

    @Override
    public ElementSpec output(ElementSpec input) {
        return Crops.output(NAME, input, height, width, 0);
    }
}
