package dev.ijen.cuda.lib;

import dev.ijen.spi.Kernel.Conv;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Window;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import java.util.List;
import java.util.stream.IntStream;

/// Convolutions to be tried, with the same padding on both sides unless a test changes that.
record Convs(int n, int c, int k, int groups, List<Integer> in, List<Integer> size, int stride, int pad, int dilation) {
    /// Of one to three axes, with and without what can be had.
    static final List<Convs> ALL = List.of(
            new Convs(2, 8, 12, 1, List.of(9, 7), List.of(3, 3), 1, 1, 1),
            new Convs(2, 6, 16, 1, List.of(13, 12), List.of(3, 5), 2, 1, 1),
            new Convs(2, 8, 8, 1, List.of(14, 13), List.of(3, 3), 1, 2, 2),
            new Convs(2, 12, 18, 3, List.of(9, 10), List.of(3, 3), 1, 1, 1),
            new Convs(3, 32, 32, 32, List.of(12, 11), List.of(3, 3), 1, 1, 1), // depthwise
            new Convs(3, 16, 32, 1, List.of(5, 7), List.of(1, 1), 1, 0, 1),
            new Convs(2, 16, 16, 1, List.of(30), List.of(5), 1, 2, 1),
            new Convs(2, 16, 16, 1, List.of(61), List.of(4), 2, 1, 1),
            new Convs(1, 4, 6, 2, List.of(6, 7, 8), List.of(3, 3, 3), 1, 1, 1),
            new Convs(1, 6, 6, 1, List.of(7, 8, 9), List.of(3, 2, 3), 2, 1, 1));

    /// The plainest.
    static final Convs FIRST = ALL.getFirst();

    Conv of(DType type, ConvPass pass) {
        int rank = in.size();
        var out = IntStream.range(0, rank).mapToObj(
                a -> 1 + (in.get(a) + 2 * pad - ((size.get(a) - 1) * dilation + 1)) / stride).toList();
        var window = new Window(in, out, size, all(stride), all(pad), all(dilation));
        return new Conv(type, pass, window, n, c, k, groups);
    }

    private List<Integer> all(int v) {
        return in.stream().map(_ -> v).toList();
    }

    static int x(Conv c) {
        return c.n() * Window.product(c.window().in()) * c.c();
    }

    static int w(Conv c) {
        return c.k() * Window.product(c.window().size()) * (c.c() / c.groups());
    }

    static int y(Conv c) {
        return c.n() * Window.product(c.window().out()) * c.k();
    }

    static HostTensor first(Conv c, long seed) {
        return Lab.random(c.dtype(), seed, c.pass() == ConvPass.INPUT_GRADIENT ? y(c) : x(c));
    }

    static HostTensor second(Conv c, long seed) {
        return Lab.random(c.dtype(), seed, c.pass() == ConvPass.FILTER_GRADIENT ? y(c) : w(c));
    }

    static int count(Conv c) {
        return switch (c.pass()) {
            case FORWARD -> y(c);
            case INPUT_GRADIENT -> x(c);
            case FILTER_GRADIENT -> w(c);
        };
    }
}
