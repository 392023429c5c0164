package dev.ijen.cuda.call;

import dev.ijen.spi.Window;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Windows as kernels take them.
final class Windows {
    private Windows() {}

    /// The struct: in, out, size, stride, padLow, dilation, three each.
    static int[] struct(Window window) {
        var w = window.to3d();
        return Stream.of(w.in(), w.out(), w.size(), w.stride(), w.padLow(), w.dilation())
                .flatMapToInt(Windows::ints)
                .toArray();
    }

    private static IntStream ints(List<Integer> l) {
        return l.stream().mapToInt(i -> i);
    }
}
