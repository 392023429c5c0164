package dev.ijen.nn;

import static dev.ijen.nn.Padding.spread;

import dev.ijen.tensor.Tensor;
import java.util.Collections;
import java.util.List;

/// Mean of each window: x [N, C, spatial..] → [N, C, windows..].
///
/// @param size window extents, one for each spatial axis
/// @param stride steps between windows
/// @param padding what is put around
/// @param countPadding whether padding counts as zeros, or not at all
public record AvgPool(List<Integer> size, List<Integer> stride, Padding padding, boolean countPadding)
        implements Module {
    /// One number a spatial axis.
    public AvgPool {
        stride = spread("stride", size.size(), stride);
        padding = padding.forRank(size.size());
    }

    /// Over sequences, windows side by side.
    public static AvgPool d1(int size) {
        return of(1, size, size, Padding.valid());
    }

    /// Over images, windows side by side.
    public static AvgPool d2(int size) {
        return of(2, size, size, Padding.valid());
    }

    /// Over volumes, windows side by side.
    public static AvgPool d3(int size) {
        return of(3, size, size, Padding.valid());
    }

    /// Over `rank` spatial axes; padding counts as zeros.
    public static AvgPool of(int rank, int size, int stride, Padding padding) {
        return new AvgPool(Collections.nCopies(rank, size), List.of(stride), padding, true);
    }

    @Override
    public Tensor apply(Tensor x) {
        return x.avgPool(padding.window(x.shape(), size, stride, Collections.nCopies(size.size(), 1)), countPadding);
    }
}
