package dev.ijen.cpu;

import static dev.ijen.cpu.WinogradShape.IN;
import static dev.ijen.cpu.WinogradShape.OUT;

/// Transforms tiles of images, channels last, to points and back, one worker's share of memory being at `work`. Points of `tiles` tiles lie
/// as [36, tiles, channels].
final class WinogradTiles {
    /// Channels that are transformed at once: what lies between the two directions then fits the nearest cache.
    private static final int BLOCK = 128;
    private static final long LINE = 4L * BLOCK;

    /// Bytes of a worker's memory: a block between the directions, a line of zeros and one for what nobody wants.
    static final long WORK = (IN * IN + 2) * LINE;

    private final WinogradLines lines = WinogradLines.INSTANCE;
    private final WinogradShape s;
    private final int inLine;
    private final int outLine;

    WinogradTiles(WinogradShape s) {
        this(s, s.c(), s.k());
    }

    /// @param inLine floats from a tile's point of all input channels to the next tile's
    /// @param outLine the same for output channels
    WinogradTiles(WinogradShape s, int inLine, int outLine) {
        this.s = s;
        this.inLine = inLine;
        this.outLine = outLine;
    }

    /// What a tile's place is within its image.
    private int row(int tile) {
        return tile / s.columns() % s.rows();
    }

    private int image(int tile) {
        return tile / s.columns() / s.rows();
    }

    private static long zeros(long work) {
        long zeros = work + IN * IN * LINE;
        Mem.zero(zeros, LINE);
        return zeros;
    }

    /// Inputs of tiles `from` to `from + count` of x to `v`, which holds `tiles` tiles and begins with tile `first`.
    void input(long x, int from, int count, long v, int first, int tiles, long work) {
        long zeros = zeros(work);
        long point = 4L * tiles * inLine;
        for (int t = from; t < from + count; t++) {
            int h = row(t) * OUT - s.padH();
            int w = t % s.columns() * OUT - s.padW();
            long image = x + 4L * image(t) * s.inH() * s.inW() * s.c();
            for (int c = 0; c < s.c(); c += BLOCK) {
                int bytes = 4 * Math.min(BLOCK, s.c() - c);
                input(image + 4L * c, h, w, v + 4L * ((long) (t - first) * inLine + c), point, bytes, zeros, work);
            }
        }
    }

    private void input(long image, int h, int w, long v, long point, int bytes, long zeros, long work) {
        long pixel = 4L * s.c();
        long line = pixel * s.inW();
        for (int j = 0; j < IN; j++) {
            long at = image + (w + j) * pixel + h * line;
            boolean in = w + j >= 0 && w + j < s.inW();
            lines.toInput(
                    in && h >= 0 && h < s.inH() ? at : zeros,
                    in && h + 1 >= 0 && h + 1 < s.inH() ? at + line : zeros,
                    in && h + 2 < s.inH() ? at + 2 * line : zeros,
                    in && h + 3 < s.inH() ? at + 3 * line : zeros,
                    in && h + 4 < s.inH() ? at + 4 * line : zeros,
                    in && h + 5 < s.inH() ? at + 5 * line : zeros,
                    work + j * LINE, IN * LINE, bytes);
        }
        for (int i = 0; i < IN; i++) {
            long at = work + (long) i * IN * LINE;
            lines.toInput(at, at + LINE, at + 2 * LINE, at + 3 * LINE, at + 4 * LINE, at + 5 * LINE,
                    v + (long) i * IN * point, point, bytes);
        }
    }

    /// Points `m` of tiles `from` to `from + count` to y.
    void output(long m, int first, int tiles, int from, int count, long y, long work) {
        output(m, outLine, first, tiles, from, count, y, 0, s.k(), work);
    }

    /// The same for output channels `k0` to `k0 + n` alone, whose points `line` floats apart are all that is at `m`.
    void output(
            long m, int line, int first, int tiles, int from, int count, long y, int k0, int n, long work) {
        long point = 4L * tiles * line;
        for (int t = from; t < from + count; t++) {
            int h = row(t) * OUT;
            int w = t % s.columns() * OUT;
            long at = y + 4L * ((((long) image(t) * s.outH() + h) * s.outW() + w) * s.k() + k0);
            for (int k = 0; k < n; k += BLOCK) {
                int bytes = 4 * Math.min(BLOCK, n - k);
                output(m + 4L * ((long) (t - first) * line + k), point, at + 4L * k, s.outH() - h, s.outW() - w,
                        bytes, work);
            }
        }
    }

    /// @param high rows that are wanted, if below 4
    /// @param wide columns that are wanted, if below 4
    private void output(long m, long point, long y, int high, int wide, int bytes, long work) {
        for (int j = 0; j < IN; j++) {
            long to = work + j * LINE;
            lines.toOutput(m + j * point, IN * point, to, to + IN * LINE, to + 2 * IN * LINE,
                    to + 3 * IN * LINE, bytes);
        }
        long none = work + (IN * IN + 1) * LINE;
        long pixel = 4L * s.k();
        for (int i = 0; i < Math.min(OUT, high); i++) {
            long at = y + i * pixel * s.outW();
            lines.toOutput(work + (long) i * IN * LINE, LINE, at, wide > 1 ? at + pixel : none,
                    wide > 2 ? at + 2 * pixel : none, wide > 3 ? at + 3 * pixel : none, bytes);
        }
    }

    /// Gradients of the outputs of tiles `from` to `from + count` to the points `m`.
    void outputGradient(long dy, int from, int count, long m, int first, int tiles, long work) {
        long zeros = zeros(work);
        long point = 4L * tiles * outLine;
        for (int t = from; t < from + count; t++) {
            int h = row(t) * OUT;
            int w = t % s.columns() * OUT;
            long at = dy + 4L * (((long) image(t) * s.outH() + h) * s.outW() + w) * s.k();
            for (int k = 0; k < s.k(); k += BLOCK) {
                int bytes = 4 * Math.min(BLOCK, s.k() - k);
                outputGradient(at + 4L * k, s.outH() - h, s.outW() - w, m + 4L * ((long) (t - first) * outLine + k),
                        point, bytes, zeros, work);
            }
        }
    }

    private void outputGradient(
            long dy, int high, int wide, long m, long point, int bytes, long zeros, long work) {
        long pixel = 4L * s.k();
        long line = pixel * s.outW();
        for (int j = 0; j < OUT; j++) {
            long at = dy + j * pixel;
            boolean in = j < wide;
            lines.toOutputGradient(
                    in ? at : zeros,
                    in && high > 1 ? at + line : zeros,
                    in && high > 2 ? at + 2 * line : zeros,
                    in && high > 3 ? at + 3 * line : zeros,
                    work + j * LINE, OUT * LINE, bytes);
        }
        for (int i = 0; i < IN; i++) {
            long at = work + (long) i * OUT * LINE;
            lines.toOutputGradient(at, at + LINE, at + 2 * LINE, at + 3 * LINE, m + (long) i * IN * point, point,
                    bytes);
        }
    }
}
