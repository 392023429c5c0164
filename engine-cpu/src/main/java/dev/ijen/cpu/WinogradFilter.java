package dev.ijen.cpu;

import static dev.ijen.cpu.WinogradShape.IN;

/// Transforms filters w [K, 3, 3, C] to points u [36, K, C] and gradients of these back.
final class WinogradFilter {
    private static final int SIZE = 3;
    private static final int BLOCK = 128;
    private static final int LINE = 4 * BLOCK;
    /// Floats of a filter that one task transforms.
    private static final int TASK = 1 << 14;

    /// Bytes of a worker's memory.
    static final int WORK = SIZE * IN * LINE;

    private final WinogradLines lines = WinogradLines.INSTANCE;
    private final int k;
    private final int c;
    private final boolean turned;
    private final int channels;

    /// @param turned whether the filter is to be turned round, for the gradient of the input
    WinogradFilter(int k, int c, boolean turned) {
        this.k = k;
        this.c = c;
        this.turned = turned;
        channels = Math.clamp(TASK / (SIZE * SIZE * c), 1, k);
    }

    int tasks() {
        return Math.ceilDiv(k, channels);
    }

    /// One task's part of u.
    void points(int task, long w, long u, long work) {
        long point = 4L * k * c;
        for (int i = task * channels; i < Math.min(k, (task + 1) * channels); i++) {
            for (int j = 0; j < c; j += BLOCK) {
                points(w + 4L * (SIZE * SIZE * (long) i * c + j), u + 4L * ((long) i * c + j), point,
                        4 * Math.min(BLOCK, c - j), work);
            }
        }
    }

    private void points(long w, long u, long point, int bytes, long work) {
        long tap = turned ? -4L * c : 4L * c;
        long first = turned ? w + 32L * c : w;
        for (int s = 0; s < SIZE; s++) {
            long at = first + s * tap;
            lines.toFilter(at, at + 3 * tap, at + 6 * tap, work + s * LINE, SIZE * LINE, bytes);
        }
        for (int i = 0; i < IN; i++) {
            long at = work + (long) i * SIZE * LINE;
            lines.toFilter(at, at + LINE, at + 2 * LINE, u + i * IN * point, point, bytes);
        }
    }

    /// One task's part of dw.
    void gradient(int task, long du, long dw, long work) {
        long point = 4L * k * c;
        long tap = 4L * c;
        for (int i = task * channels; i < Math.min(k, (task + 1) * channels); i++) {
            for (int j = 0; j < c; j += BLOCK) {
                int bytes = 4 * Math.min(BLOCK, c - j);
                long from = du + 4L * ((long) i * c + j);
                long to = dw + 4L * (SIZE * SIZE * (long) i * c + j);
                for (int s = 0; s < IN; s++) {
                    long at = work + s * LINE;
                    lines.toFilterGradient(from + s * point, IN * point, at, at + IN * LINE, at + 2 * IN * LINE, bytes);
                }
                for (int r = 0; r < SIZE; r++) {
                    long at = to + 3 * r * tap;
                    lines.toFilterGradient(work + (long) r * IN * LINE, LINE, at, at + tap, at + 2 * tap, bytes);
                }
            }
        }
    }
}
