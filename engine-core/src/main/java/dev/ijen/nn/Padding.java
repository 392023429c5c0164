package dev.ijen.nn;

import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.WindowSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What is put around the spatial axes before a window moves over them.
public sealed interface Padding {
    /// Nothing: the window stays inside.
    record Valid() implements Padding {}

    /// As much as makes the output extent ⌈n / stride⌉; an odd element goes to the end.
    record Same() implements Padding {}

    /// As much on both sides of each axis.
    ///
    /// @param around elements before and after, for each spatial axis
    record Explicit(List<Integer> around) implements Padding {}

    /// Nothing.
    static Padding valid() {
        return new Valid();
    }

    /// Output extent ⌈n / stride⌉.
    static Padding same() {
        return new Same();
    }

    /// `around` elements before and after: one number for all axes, or one for each.
    static Padding of(int... around) {
        return new Explicit(Arrays.stream(around).boxed().toList());
    }

    /// The window for an input x [N, C, spatial..].
    default WindowSpec window(Shape x, List<Integer> size, List<Integer> stride, List<Integer> dilation) {
        var low = new ArrayList<Integer>();
        var high = new ArrayList<Integer>();
        for (int i = 0; i < size.size(); i++) {
            int total = switch (this) {
                case Valid v -> 0;
                case Explicit e -> 2 * e.around.get(i);
                case Same s -> {
                    int n = i + 2 < x.rank() ? x.dim(i + 2) : 0;
                    int windows = (n + stride.get(i) - 1) / stride.get(i);
                    yield Math.max(0, (windows - 1) * stride.get(i) + (size.get(i) - 1) * dilation.get(i) + 1 - n);
                }
            };
            low.add(total / 2);
            high.add(total - total / 2);
        }
        return new WindowSpec(size, stride, List.copyOf(low), List.copyOf(high), dilation);
    }

    /// This padding with one number for each of `rank` axes.
    ///
    /// @throws IjenException if there are neither one nor `rank` numbers
    default Padding forRank(int rank) {
        return this instanceof Explicit e ? new Explicit(spread("padding", rank, e.around)) : this;
    }

    /// One number for each of `rank` axes, from one or `rank` of them.
    static List<Integer> spread(String what, int rank, List<Integer> values) {
        if (values.size() == rank) {
            return List.copyOf(values);
        }
        if (values.size() != 1) {
            throw new IjenException(
                    "window: " + what + " does not fit", values.toString(), "1 or " + rank + " numbers",
                    "give one number for each spatial axis");
        }
        return java.util.Collections.nCopies(rank, values.getFirst());
    }
}
