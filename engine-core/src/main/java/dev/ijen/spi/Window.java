package dev.ijen.spi;

import java.util.Arrays;
import java.util.List;

/// Geometry of a convolution or pooling window over one to three spatial axes. Output position p covers inputs
/// p · stride − padLow + r · dilation for r in [0, size); padding above follows from the extents.
///
/// @param in input extents, channels and batch apart
/// @param out output extents
/// @param size window extents
/// @param stride steps between windows
/// @param padLow padding before the first element
/// @param dilation steps between the elements of a window
public record Window(
        List<Integer> in,
        List<Integer> out,
        List<Integer> size,
        List<Integer> stride,
        List<Integer> padLow,
        List<Integer> dilation) {

    /// Number of spatial axes, 1 to 3.
    public int rank() {
        return in.size();
    }

    /// This geometry with axes of extent 1 put in front, so that it has three.
    public Window to3d() {
        if (rank() == 3) {
            return this;
        }
        return new Window(lead(in, 1), lead(out, 1), lead(size, 1), lead(stride, 1), lead(padLow, 0),
                lead(dilation, 1));
    }

    /// Product of extents.
    public static int product(List<Integer> extents) {
        return extents.stream().reduce(1, (a, b) -> a * b);
    }

    private static List<Integer> lead(List<Integer> l, int with) {
        var a = new Integer[3];
        Arrays.fill(a, with);
        for (int i = 0; i < l.size(); i++) {
            a[3 - l.size() + i] = l.get(i);
        }
        return List.of(a);
    }
}
