package dev.ijen.tensor;

import java.util.Collections;
import java.util.List;

/// How a convolution or pooling window moves over one to three spatial axes.
///
/// @param size window extents
/// @param stride steps between windows
/// @param padLow padding before the first element
/// @param padHigh padding after the last element
/// @param dilation steps between the elements of a window
public record WindowSpec(
        List<Integer> size, List<Integer> stride, List<Integer> padLow, List<Integer> padHigh, List<Integer> dilation) {

    /// The same extent, stride and padding along `rank` axes.
    public static WindowSpec square(int rank, int size, int stride, int pad) {
        return new WindowSpec(same(rank, size), same(rank, stride), same(rank, pad), same(rank, pad), same(rank, 1));
    }

    /// This window with elements `d` apart along every axis.
    public WindowSpec dilated(int d) {
        return new WindowSpec(size, stride, padLow, padHigh, same(rank(), d));
    }

    /// This window with other extents.
    public WindowSpec sized(List<Integer> extents) {
        return new WindowSpec(extents, stride, padLow, padHigh, dilation);
    }

    /// Number of spatial axes.
    public int rank() {
        return size.size();
    }

    /// Number of windows along spatial axis `i` of input extent `n`.
    public int outputs(int i, int n) {
        int reach = (size.get(i) - 1) * dilation.get(i) + 1;
        int room = n + padLow.get(i) + padHigh.get(i) - reach;
        return room < 0 ? 0 : room / stride.get(i) + 1;
    }

    private static List<Integer> same(int rank, int v) {
        return Collections.nCopies(rank, v);
    }

    /// Checks against an input [N, spatial…, C] and gives the output [N, windows…, channels].
    Shape output(String what, Shape x, int channels) {
        boolean ok = x.rank() == rank() + 2 && rank() >= 1 && rank() <= 3;
        for (int i = 0; ok && i < rank(); i++) {
            ok = size.get(i) > 0
                    && stride.get(i) > 0
                    && dilation.get(i) > 0
                    && padLow.get(i) >= 0
                    && padHigh.get(i) >= 0
                    && outputs(i, x.dim(i + 1)) > 0;
        }
        if (!ok) {
            throw new ShapeException(
                    what,
                    "x" + x + " (channels last), window " + size + ", stride " + stride + ", padding " + padLow
                            + " and " + padHigh
                            + ", dilation " + dilation,
                    "x[N, spatial.., C] with 1 to 3 spatial axes, each at least as long as the dilated window",
                    "add padding, or use fewer or smaller pooling steps before");
        }
        var d = new int[x.rank()];
        d[0] = x.dim(0);
        for (int i = 0; i < rank(); i++) {
            d[i + 1] = outputs(i, x.dim(i + 1));
        }
        d[rank() + 1] = channels;
        return Shape.of(d);
    }
}
