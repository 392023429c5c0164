package dev.ijen.cpu;

import static dev.ijen.cpu.WinogradShape.IN;
import static dev.ijen.cpu.WinogradShape.POINTS;

/// Transforms filters w [K, 3, 3, C] to points u and gradients of points [36, K, C] back.
final class WinogradFilter {
    private static final int SIZE = 3;
    static final int TAPS = SIZE * SIZE;
    static final int BLOCK = 128;
    private static final long LINE = 4L * BLOCK;
    /// Bytes of memory for [#row] and [#gradient].
    static final long BETWEEN = (long) SIZE * IN * LINE;
    /// Input channels whose filters are brought across at once: a cache line.
    private static final int ACROSS = 16;
    /// Floats of a filter that one task transforms.
    private static final int TASK = 1 << 14;

    /// How the points lie.
    enum Order {
        /// [36, K, C].
        OUTPUT_FIRST,
        /// [36, C, K]: products with it are faster, the transform is slower.
        INPUT_FIRST,
        /// [36, K, C] of the filter turned round, for the gradient of the input.
        TURNED
    }

    private static final WinogradLines LINES = WinogradLines.INSTANCE;
    private final int k;
    private final int c;
    private final Order order;
    private final int channels;

    WinogradFilter(int k, int c, Order order) {
        this.k = k;
        this.c = c;
        this.order = order;
        channels = order == Order.INPUT_FIRST ? ACROSS : Math.clamp(TASK / (TAPS * c), 1, k);
    }

    int tasks() {
        return Math.ceilDiv(order == Order.INPUT_FIRST ? c : k, channels);
    }

    /// Bytes of a worker's memory.
    long workBytes() {
        return BETWEEN + (order == Order.INPUT_FIRST ? 4L * TAPS * ACROSS * k : 0);
    }

    private long point() {
        return 4L * k * c;
    }

    /// One task's part of u.
    void points(int task, long w, long u, long work) {
        if (order == Order.INPUT_FIRST) {
            across(task * ACROSS, w, u, work);
            return;
        }
        boolean turned = order == Order.TURNED;
        long tap = turned ? -4L * c : 4L * c;
        for (int i = task * channels; i < Math.min(k, (task + 1) * channels); i++) {
            long row = w + 4L * TAPS * i * c + (turned ? 4L * (TAPS - 1) * c : 0);
            row(row, tap, c, u + 4L * i * c, point(), work);
        }
    }

    /// Filters of input channels `from` to `from + 16`.
    private void across(int from, long w, long u, long work) {
        long own = work + BETWEEN;
        long tap = 4L * ACROSS * k;
        for (int t = 0; t < TAPS; t++) {
            turn(w + 4L * (t * (long) c + from), 4L * TAPS * c, k, own + t * tap);
        }
        for (int i = 0; i < ACROSS; i++) {
            row(own + 4L * i * k, tap, k, u + 4L * (from + i) * k, point(), work);
        }
    }

    /// [rows, 16], the rows `step` bytes apart, to [16, rows].
    private static void turn(long from, long step, int rows, long to) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < ACROSS; i++) {
                Mem.f32(to + 4L * (i * rows + r), Mem.f32(from + 4L * i));
            }
            from += step;
        }
    }

    /// The points, `point` bytes apart, of `n` filters whose taps are `tap` bytes apart.
    static void row(long w, long tap, int n, long u, long point, long work) {
        for (int j = 0; j < n; j += BLOCK) {
            int bytes = 4 * Math.min(BLOCK, n - j);
            for (int s = 0; s < SIZE; s++) {
                long at = w + 4L * j + s * tap;
                LINES.toFilter(at, at + 3 * tap, at + 6 * tap, work + s * LINE, SIZE * LINE, bytes);
            }
            for (int i = 0; i < IN; i++) {
                long at = work + (long) i * SIZE * LINE;
                LINES.toFilter(at, at + LINE, at + 2 * LINE, u + 4L * j + (long) i * IN * point, point, bytes);
            }
        }
    }

    /// One task's part of dw, of `shares` gradients of points that are added.
    void gradient(int task, long du, int shares, long dw, long work) {
        long tap = 4L * c;
        for (int i = task * channels; i < Math.min(k, (task + 1) * channels); i++) {
            long row = du + 4L * i * c;
            if (shares > 1) {
                for (int p = 0; p < POINTS; p++) {
                    Sums.add(row + p * point(), POINTS * point(), shares, c, row + p * point());
                }
            }
            for (int j = 0; j < c; j += BLOCK) {
                gradient(row + 4L * j, point(), dw + 4L * (TAPS * (long) i * c + j), tap, Math.min(BLOCK, c - j), work);
            }
        }
    }

    /// The gradients, taps being `tap` bytes apart, of `n` ≤ [#BLOCK] filters of those of their points, `point` bytes apart.
    static void gradient(long from, long point, long dw, long tap, int n, long work) {
        int bytes = 4 * n;
        for (int s = 0; s < IN; s++) {
            long at = work + s * LINE;
            LINES.toFilterGradient(from + s * point, IN * point, at, at + IN * LINE, at + 2 * IN * LINE, bytes);
        }
        for (int r = 0; r < SIZE; r++) {
            long at = dw + (long) SIZE * r * tap;
            LINES.toFilterGradient(work + (long) r * IN * LINE, LINE, at, at + tap, at + 2 * tap, bytes);
        }
    }
}
