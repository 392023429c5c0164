package dev.ijen.nn;

import static dev.ijen.nn.Padding.spread;

import dev.ijen.tensor.Tensor;
import java.util.Collections;
import java.util.List;

/// Greatest of each window: x [N, C, spatial..] → [N, C, windows..]. Padding never wins.
///
/// @param size window extents, one for each spatial axis
/// @param stride steps between windows
/// @param padding what is put around
public record MaxPool(List<Integer> size, List<Integer> stride, Padding padding) implements Module {
    /// One number a spatial axis.
    public MaxPool {
        stride = spread("stride", size.size(), stride);
        padding = padding.forRank(size.size());
    }

    /// Over sequences, windows side by side.
    public static MaxPool d1(int size) {
        return of(1, size, size, Padding.valid());
    }

    /// Over images, windows side by side.
    public static MaxPool d2(int size) {
        return of(2, size, size, Padding.valid());
    }

    /// Over volumes, windows side by side.
    public static MaxPool d3(int size) {
        return of(3, size, size, Padding.valid());
    }

    /// Over `rank` spatial axes.
    public static MaxPool of(int rank, int size, int stride, Padding padding) {
        return new MaxPool(Collections.nCopies(rank, size), List.of(stride), padding);
    }

    @Override
    public Tensor apply(Tensor x) {
        return x.maxPool(padding.window(x.shape(), size, stride, Collections.nCopies(size.size(), 1)));
    }
}
