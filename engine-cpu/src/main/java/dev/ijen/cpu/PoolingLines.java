package dev.ijen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// [Pooling32] of neighbouring windows that all lie inside the image. Of a vector of channels or more, the last vector of a window ends
/// with its last channel, and computes again what the one before has.
@FunctionalInterface
interface PoolingLines {
    VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    long V = S.vectorByteSize();
    /// Of [#max].
    Cold COLD = new Cold(20);
    /// Of [#maxFew].
    Cold FEW = new Cold(20);
    /// Most elements between the first and the last of a line of windows that are read at once.
    int MOST = 1 << 18;

    /// A line of windows beside each other.
    ///
    /// @param taps list of a window's elements from its first
    /// @param x the first window's first element
    /// @param step bytes from a window to the next in x
    void windows(long taps, int count, long x, long step, long y, int windows, int channels);

    /// Along the windows with four elements of each at a time, then three more and what was found: loops without loops inside.
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
        if (done < windows) {
            max1(taps, count, x + done * step, step, y + 4L * done * channels, windows - done, channels);
        }
    }

    /// What windows beside each other have of an image, few enough numbers for an array.
    ///
    /// @param low bytes from the first window's first element to the first number
    /// @param count numbers from there to the last window's last element
    /// @param offsets of a window's elements from the first number on
    record Reach(long low, int count, int[] offsets) {
        /// Null where the windows are too far apart.
        static Reach of(long taps, int count, long step, int windows, int channels) {
            long low = Long.MAX_VALUE;
            long high = Long.MIN_VALUE;
            for (int t = 0; t < count; t++) {
                low = Math.min(low, Taps.offset(taps, t));
                high = Math.max(high, Taps.offset(taps, t));
            }
            long all = (high - low + (windows - 1) * step) / 4 + channels;
            if (all > MOST) {
                return null;
            }
            var offsets = new int[count];
            for (int t = 0; t < count; t++) {
                offsets[t] = (int) ((Taps.offset(taps, t) - low) / 4);
            }
            return new Reach(low, (int) all, offsets);
        }
    }

    /// [#max] one by one.
    private static void max1(long taps, int count, long x, long step, long y, int windows, int channels) {
        var reach = Reach.of(taps, count, step, windows, channels);
        if (reach == null) {
            for (int q = 0; q < windows; q++) {
                Pooling32.max1(taps, count, x + q * step, y + 4L * q * channels, channels);
            }
            return;
        }
        float[] from = Mem.floats(x + reach.low, reach.count);
        var to = new float[windows * channels];
        for (int q = 0, i = 0; q < windows; q++) {
            for (int c = 0; c < channels; c++, i++) {
                to[i] = greatest(from, (int) (q * step / 4) + c, reach.offsets);
            }
        }
        Mem.floats(to, to.length, y);
    }

    private static float greatest(float[] x, int at, int[] offsets) {
        float v = Float.NEGATIVE_INFINITY;
        for (int o : offsets) {
            v = Math.max(v, x[at + o]);
        }
        return v;
    }

    private static void maxVectors(long taps, int count, long x, long step, long y, int windows, int channels) {
        long row = 4L * channels;
        long last = row - V;
        long c = 0;
        while (true) {
            four(x + c + tap(taps, 0, count), x + c + tap(taps, 1, count), x + c + tap(taps, 2, count),
                    x + c + tap(taps, 3, count), step, y + c, row, windows);
            for (int t = 4; t < count; t += 3) {
                three(x + c + tap(taps, t, count), x + c + tap(taps, t + 1, count), x + c + tap(taps, t + 2, count),
                        step,
                        y + c, row, windows);
            }
            if (c == last) {
                break;
            }
            c = Math.min(c + V, last);
        }
    }

    /// Where there are no more, the last one again: it changes nothing.
    private static long tap(long taps, int t, int count) {
        return Taps.offset(taps, Math.min(t, count - 1));
    }

    private static FloatVector at(long address) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, address, Mem.ORDER);
    }

    private static void four(long a, long b, long c, long d, long step, long y, long row, int windows) {
        for (int q = 0; q < windows; q++) {
            at(a).max(at(b)).max(at(c).max(at(d))).intoMemorySegment(Mem.ALL, y, Mem.ORDER);
            a += step;
            b += step;
            c += step;
            d += step;
            y += row;
        }
    }

    private static void three(long a, long b, long c, long step, long y, long row, int windows) {
        for (int q = 0; q < windows; q++) {
            at(y).max(at(a)).max(at(b).max(at(c))).intoMemorySegment(Mem.ALL, y, Mem.ORDER);
            a += step;
            b += step;
            c += step;
            y += row;
        }
    }

    /// [#max] of less than a vector of channels, where the processor has masked loads and stores.
    static void maxFew(long taps, int count, long x, long step, long y, int windows, int channels) {
        if (FEW.over()) {
            fewVectors(taps, count, x, step, y, windows, channels);
            return;
        }
        int done = 0;
        if (FEW.part()) {
            done = 1;
            long begun = System.nanoTime();
            fewVectors(taps, count, x, step, y, 1, channels);
            FEW.end(begun, count);
        }
        for (int q = done; q < windows; q++) {
            Pooling32.max1(taps, count, x + q * step, y + 4L * q * channels, channels);
        }
    }

    private static void fewVectors(long taps, int count, long x, long step, long y, int windows, int channels) {
        var m = S.indexInRange(0, channels);
        long row = 4L * channels;
        fourOf(m, x + tap(taps, 0, count), x + tap(taps, 1, count), x + tap(taps, 2, count), x + tap(taps, 3, count),
                step, y, row, windows);
        for (int t = 4; t < count; t += 3) {
            threeOf(m, x + tap(taps, t, count), x + tap(taps, t + 1, count), x + tap(taps, t + 2, count), step, y, row,
                    windows);
        }
    }

    private static FloatVector at(long address, VectorMask<Float> m) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, address, Mem.ORDER, m);
    }

    private static void fourOf(VectorMask<Float> m, long a, long b, long c, long d, long step, long y, long row,
            int windows) {
        for (int q = 0; q < windows; q++) {
            at(a, m).max(at(b, m)).max(at(c, m).max(at(d, m))).intoMemorySegment(Mem.ALL, y, Mem.ORDER, m);
            a += step;
            b += step;
            c += step;
            d += step;
            y += row;
        }
    }

    private static void threeOf(VectorMask<Float> m, long a, long b, long c, long step, long y, long row, int windows) {
        for (int q = 0; q < windows; q++) {
            at(y, m).max(at(a, m)).max(at(b, m).max(at(c, m))).intoMemorySegment(Mem.ALL, y, Mem.ORDER, m);
            a += step;
            b += step;
            c += step;
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
