package dev.ijen.data;

/// Cuts a rectangle at a random place out of every image, which is first surrounded by zeros:
/// `[N, C, H, W] → [N, C, height, width]`.
///
/// @param height of the rectangle
/// @param width of the rectangle
/// @param padding zeros on every side
public record RandomCrop(int height, int width, int padding) implements Transform {
    private static final String NAME = "random crop";

    /// Checks the size.
    public RandomCrop {
        Crops.checkSize(NAME, height, width, padding);
    }

    @Override
    public Batch apply(Batch batch, Context context) {
        var s = batch.input().shape();
        output(new ElementSpec("image", batch.input().dtype(), s.without(0)));
        int rangeY = s.dim(2) + 2 * padding - height + 1;
        int rangeX = s.dim(3) + 2 * padding - width + 1;
        var tops = new int[batch.size()];
        var lefts = new int[batch.size()];
        for (int i = 0; i < tops.length; i++) {
            var random = context.random(batch.indices()[i]);
            tops[i] = random.nextInt(rangeY) - padding;
            lefts[i] = random.nextInt(rangeX) - padding;
        }
        return Crops.crop(NAME, batch, height, width, i -> tops[i], i -> lefts[i]);
    }

    @Override
    public ElementSpec output(ElementSpec input) {
        return Crops.output(NAME, input, height, width, padding);
    }
}
