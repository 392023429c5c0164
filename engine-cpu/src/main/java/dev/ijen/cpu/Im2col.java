package dev.ijen.cpu;

/// Lays out, for a run of output positions of a convolution, the inputs each covers as one dense row: [positions,
/// taps · cg], zeros where a window reaches past the input.
final class Im2col {
    private Im2col() {}

    /// Writes columns `lo` to `hi` of rows `pos` to `pos + rows` of group `g` to `to`. Element size is `e` bytes, a
    /// multiple of 4.
    static void fill(ConvShape s, long x, int e, int g, long pos, int rows, int lo, int hi, long to) {
        int[] out = s.out();
        long rowBytes = (long) (hi - lo) * e;
        int q = (int) (pos % out[2]);
        long rest = pos / out[2];
        int p = (int) (rest % out[1]);
        rest /= out[1];
        int d = (int) (rest % out[0]);
        int n = (int) (rest / out[0]);
        for (int i = 0; i < rows; i++) {
            row(s, x, e, g, n, d, p, q, lo, hi, to);
            to += rowBytes;
            if (++q == out[2]) {
                q = 0;
                if (++p == out[1]) {
                    p = 0;
                    if (++d == out[0]) {
                        d = 0;
                        n++;
                    }
                }
            }
        }
    }

    private static void row(
            ConvShape s, long x, int e, int g, int n, int d, int p, int q, int lo, int hi, long to) {
        int run = s.size()[2] * s.cg();
        int z0 = d * s.stride()[0] - s.pad()[0];
        int y0 = p * s.stride()[1] - s.pad()[1];
        int x0 = q * s.stride()[2] - s.pad()[2];
        for (int t = lo / run; t * run < hi; t++) {
            int from = Math.max(lo - t * run, 0);
            int end = Math.min(hi - t * run, run);
            int z = z0 + t / s.size()[1] * s.dilation()[0];
            int y = y0 + t % s.size()[1] * s.dilation()[1];
            if (z < 0 || z >= s.in()[0] || y < 0 || y >= s.in()[1]) {
                zero(to, (long) (end - from) * e);
            } else {
                long line = x + (((long) n * s.in()[0] + z) * s.in()[1] + y) * s.in()[2] * s.c() * e;
                line(s, line + (long) g * s.cg() * e, e, x0, from, end, to);
            }
            to += (long) (end - from) * e;
        }
    }

    /// One line of the window: elements `from` to `end` of [size, cg].
    private static void line(ConvShape s, long line, int e, int x0, int from, int end, long to) {
        int cg = s.cg();
        if (s.groups() == 1 && s.dilation()[2] == 1) {
            int first = Math.clamp((long) -x0 * cg, from, end);
            int last = Math.clamp((long) (s.in()[2] - x0) * cg, first, end);
            zero(to, (long) (first - from) * e);
            copy(line + ((long) x0 * cg + first) * e, to + (long) (first - from) * e, (long) (last - first) * e);
            zero(to + (long) (last - from) * e, (long) (end - last) * e);
            return;
        }
        for (int i = from; i < end;) {
            int tap = i / cg;
            int stop = Math.min(end, (tap + 1) * cg);
            int at = x0 + tap * s.dilation()[2];
            long bytes = (long) (stop - i) * e;
            if (at < 0 || at >= s.in()[2]) {
                zero(to, bytes);
            } else {
                copy(line + ((long) at * s.c() + i - (long) tap * cg) * e, to, bytes);
            }
            to += bytes;
            i = stop;
        }
    }

    // short runs are the rule; the call of a general copy would cost more than they do
    private static void copy(long from, long to, long bytes) {
        if (bytes > 256) {
            Mem.copy(from, to, bytes);
            return;
        }
        long i = 0;
        for (; i + 8 <= bytes; i += 8) {
            Mem.i64(to + i, Mem.i64(from + i));
        }
        if (i < bytes) {
            Mem.i32(to + i, Mem.i32(from + i));
        }
    }

    private static void zero(long to, long bytes) {
        long i = 0;
        for (; i + 8 <= bytes; i += 8) {
            Mem.i64(to + i, 0);
        }
        if (i < bytes) {
            Mem.i32(to + i, 0);
        }
    }
}
