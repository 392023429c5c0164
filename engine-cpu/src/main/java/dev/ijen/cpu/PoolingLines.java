package dev.ijen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// [Pooling32] of neighbouring windows that all lie inside the image, for at least a vector of channels: the last vector of a window ends
/// with its last channel, and computes again what the one before has.
@FunctionalInterface
interface PoolingLines {
    VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    long V = S.vectorByteSize();
    /// Of [#max].
    Cold COLD = new Cold(20);

    /// A line of windows beside each other.
    ///
    /// @param taps list of a window's elements from its first
    /// @param x the first window's first element
    /// @param step bytes from a window to the next in x
    void windows(long taps, int count, long x, long step, long y, int windows, int channels);

    static void max(long taps, int count, long x, long step, long y, int windows, int channels) {
        if (COLD.over()) {
            maxVectors(taps, count, x, step, y, windows, channels);
            return;
        }
        int done = 0;
        if (COLD.part()) {
            done = 1;
            long begun = System.nanoTime();
            maxVectors(taps, count, x, step, y, 1, channels);
            COLD.end(begun, (int) ((4L * channels + V - 1) / V) * count);
        }
        for (int q = done; q < windows; q++) {
            Pooling32.max1(taps, count, x + q * step, y + 4L * q * channels, channels);
        }
    }

    private static void maxVectors(long taps, int count, long x, long step, long y, int windows, int channels) {
        long row = 4L * channels;
        long last = row - V;
        for (int q = 0; q < windows; q++) {
            long c = 0;
            while (true) {
                var best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
                for (int t = 0; t < count; t++) {
                    best = best.max(FloatVector.fromMemorySegment(S, Mem.ALL, x + c + Taps.offset(taps, t), Mem.ORDER));
                }
                best.intoMemorySegment(Mem.ALL, y + c, Mem.ORDER);
                if (c == last) {
                    break;
                }
                c = Math.min(c + V, last);
            }
            x += step;
            y += row;
        }
    }

    static void sum(long taps, int count, long x, long step, long y, int windows, int channels) {
        long row = 4L * channels;
        long last = row - V;
        for (int q = 0; q < windows; q++) {
            long c = 0;
            while (true) {
                var v = FloatVector.zero(S);
                for (int t = 0; t < count; t++) {
                    v = v.add(FloatVector.fromMemorySegment(S, Mem.ALL, x + c + Taps.offset(taps, t), Mem.ORDER));
                }
                v.intoMemorySegment(Mem.ALL, y + c, Mem.ORDER);
                if (c == last) {
                    break;
                }
                c = Math.min(c + V, last);
            }
            x += step;
            y += row;
        }
    }
}
