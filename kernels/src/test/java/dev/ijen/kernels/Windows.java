package dev.ijen.kernels;

import java.util.List;
import java.util.stream.IntStream;

/// Windows for tests, and what they cover, found by trying everything.
final class Windows {
    /// One, two and three axes; overlapping, apart, dilated, padded, and with rows at the end that no window covers.
    static final List<Window> ALL = List.of(
            window(new int[] {9}, new int[] {3}, new int[] {2}, new int[] {1}, new int[] {1}, new int[] {5}),
            window(new int[] {5, 6}, new int[] {3, 2}, new int[] {1, 2}, new int[] {1, 0}, new int[] {1, 1},
                    new int[] {5, 3}),
            window(new int[] {7, 6}, new int[] {2, 3}, new int[] {2, 1}, new int[] {1, 2}, new int[] {3, 2},
                    new int[] {3, 6}),
            window(
                    new int[] {3, 4, 5},
                    new int[] {2, 1, 3},
                    new int[] {1, 3, 2},
                    new int[] {0, 0, 1},
                    new int[] {1, 1, 1},
                    new int[] {2, 2, 3}));

    private Windows() {}

    private static Window window(int[] in, int[] size, int[] stride, int[] pad, int[] dilation, int[] out) {
        return new Window(list(in), list(out), list(size), list(stride), list(pad), list(dilation));
    }

    private static List<Integer> list(int[] v) {
        return IntStream.of(v).boxed().toList();
    }

    /// The struct that kernels take: in, out, size, stride, pad, dilation.
    static int[] struct(Window window) {
        var w = window.to3d();
        return IntStream.of(0, 1, 2, 3, 4, 5)
                .flatMap(i -> switch (i) {
                    case 0 -> ints(w.in());
                    case 1 -> ints(w.out());
                    case 2 -> ints(w.size());
                    case 3 -> ints(w.stride());
                    case 4 -> ints(w.padLow());
                    default -> ints(w.dilation());
                })
                .toArray();
    }

    private static IntStream ints(List<Integer> l) {
        return l.stream().mapToInt(i -> i);
    }

    /// Is told of an output position, a tap and the input position under it.
    interface Visit {
        void at(int out, int tap, int in);
    }

    /// All that the windows cover, in row-major order of positions, then taps.
    static void each(Window window, Visit visit) {
        var w = window.to3d();
        int out = 0;
        for (int a = 0; a < w.out().get(0); a++) {
            for (int b = 0; b < w.out().get(1); b++) {
                for (int c = 0; c < w.out().get(2); c++) {
                    taps(w, new int[] {a, b, c}, out++, visit);
                }
            }
        }
    }

    private static void taps(Window w, int[] p, int out, Visit visit) {
        int tap = 0;
        for (int a = 0; a < w.size().get(0); a++) {
            for (int b = 0; b < w.size().get(1); b++) {
                for (int c = 0; c < w.size().get(2); c++) {
                    int z = at(w, 0, p[0], a);
                    int y = at(w, 1, p[1], b);
                    int x = at(w, 2, p[2], c);
                    if (z >= 0 && y >= 0 && x >= 0) {
                        visit.at(out, tap, (z * w.in().get(1) + y) * w.in().get(2) + x);
                    }
                    tap++;
                }
            }
        }
    }

    private static int at(Window w, int axis, int p, int r) {
        int i = p * w.stride().get(axis) - w.padLow().get(axis) + r * w.dilation().get(axis);
        return i < w.in().get(axis) ? i : -1;
    }
}
