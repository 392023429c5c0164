package dev.ijen.cuda.call;

import dev.ijen.spi.Window;
import java.util.List;

/// Windows for tests: one, two and three axes; overlapping, apart, dilated, padded, and with rows at the end that no window covers.
final class Geometry {
    static final List<Window> ALL = List.of(
            new Window(List.of(9), List.of(5), List.of(3), List.of(2), List.of(1), List.of(1)),
            new Window(List.of(5, 6), List.of(5, 3), List.of(3, 2), List.of(1, 2), List.of(1, 0), List.of(1, 1)),
            new Window(List.of(7, 6), List.of(3, 6), List.of(2, 3), List.of(2, 1), List.of(1, 2), List.of(3, 2)),
            new Window(List.of(3, 4, 5), List.of(2, 2, 3), List.of(2, 1, 3), List.of(1, 3, 2), List.of(0, 0, 1),
                    List.of(1, 1, 1)));

    private Geometry() {}

    static int ins(Window w) {
        return Window.product(w.in());
    }

    static int outs(Window w) {
        return Window.product(w.out());
    }

    static int taps(Window w) {
        return Window.product(w.size());
    }
}
