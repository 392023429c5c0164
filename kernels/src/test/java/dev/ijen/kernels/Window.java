package dev.ijen.kernels;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/// A window over one to three axes, as tests write it down. Output position p covers inputs p · stride − pad + r · dilation for r in
/// [0, size).
///
/// @param in input extents, channels and batch apart
/// @param out output extents
/// @param size window extents
/// @param stride steps between windows
/// @param padLow padding before the first element
/// @param dilation steps between the elements of a window
record Window(
        List<Integer> in,
        List<Integer> out,
        List<Integer> size,
        List<Integer> stride,
        List<Integer> padLow,
        List<Integer> dilation) {

    /// The same with axes of extent 1 put in front, so that it has three, as kernels want it.
    Window to3d() {
        return new Window(lead(in, 1), lead(out, 1), lead(size, 1), lead(stride, 1), lead(padLow, 0),
                lead(dilation, 1));
    }

    /// Number of elements.
    static int product(List<Integer> extents) {
        return extents.stream().reduce(1, (a, b) -> a * b);
    }

    private static List<Integer> lead(List<Integer> l, int with) {
        return Stream.concat(Collections.nCopies(3 - l.size(), with).stream(), l.stream()).toList();
    }
}
