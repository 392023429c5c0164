package dev.ijen.cpu;

/// The elements of a window that lie inside the input, as a list in scratch memory: byte offset in the image and
/// number of the tap, two longs each, in row-major order.
final class Taps {
    /// Bytes from one entry to the next.
    static final long STEP = 16;

    private Taps() {}

    /// Bytes of two lists.
    static long bytes(ConvShape s) {
        return 2 * Mem.align(STEP * s.taps());
    }

    /// Where the second of two lists begins.
    static long second(ConvShape s, long lists) {
        return lists + Mem.align(STEP * s.taps());
    }

    /// True if all of the window at output position `p` of an axis lies inside the input.
    static boolean inside(ConvShape s, int axis, int p) {
        return at(s, axis, p, 0) >= 0 && at(s, axis, p, s.size()[axis] - 1) < s.in()[axis];
    }

    /// Byte offset of a window's first tap, which lies inside the input.
    static long origin(ConvShape s, int e, int d, int p, int q) {
        return (((long) at(s, 0, d, 0) * s.in()[1] + at(s, 1, p, 0)) * s.in()[2] + at(s, 2, q, 0)) * s.c() * e;
    }

    /// Writes the list of a window all of which lies inside the input, as offsets from its first tap.
    static void writeAll(ConvShape s, int e, long to) {
        for (int t = 0; t < s.taps(); t++) {
            long z = (long) (t / s.size()[2] / s.size()[1]) * s.dilation()[0];
            long y = z * s.in()[1] + (long) (t / s.size()[2] % s.size()[1]) * s.dilation()[1];
            long x = y * s.in()[2] + (long) (t % s.size()[2]) * s.dilation()[2];
            Mem.i64(to + STEP * t, x * s.c() * e);
            Mem.i64(to + STEP * t + 8, t);
        }
    }

    /// Offset in the image, in bytes, of entry `i`.
    static long offset(long list, int i) {
        return Mem.i64(list + STEP * i);
    }

    /// Number of the tap of entry `i`.
    static long tap(long list, int i) {
        return Mem.i64(list + STEP * i + 8);
    }

    /// Writes the list of output position (d, p, q) for elements of `e` bytes, and returns how many entries it has.
    static int write(ConvShape s, int e, int d, int p, int q, long to) {
        long at = to;
        for (int tz = low(s, 0, d), z1 = high(s, 0, d); tz < z1; tz++) {
            long z = at(s, 0, d, tz);
            for (int ty = low(s, 1, p), y1 = high(s, 1, p); ty < y1; ty++) {
                long y = z * s.in()[1] + at(s, 1, p, ty);
                long tap = ((long) tz * s.size()[1] + ty) * s.size()[2];
                for (int tx = low(s, 2, q), x1 = high(s, 2, q); tx < x1; tx++) {
                    Mem.i64(at, (y * s.in()[2] + at(s, 2, q, tx)) * s.c() * e);
                    Mem.i64(at + 8, tap + tx);
                    at += STEP;
                }
            }
        }
        return (int) ((at - to) / STEP);
    }

    private static int at(ConvShape s, int axis, int p, int tap) {
        return p * s.stride()[axis] - s.pad()[axis] + tap * s.dilation()[axis];
    }

    /// First tap inside the input.
    private static int low(ConvShape s, int axis, int p) {
        return Math.max(0, Math.ceilDiv(-at(s, axis, p, 0), s.dilation()[axis]));
    }

    /// The tap after the last one inside the input.
    private static int high(ConvShape s, int axis, int p) {
        return Math.min(s.size()[axis], Math.floorDiv(s.in()[axis] - 1 - at(s, axis, p, 0), s.dilation()[axis]) + 1);
    }
}
