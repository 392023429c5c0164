package dev.ijen.cpu;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.IS_NAN;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// [Pooling] of F32: vectors of channels, and the channels left over one by one, by the same operations in the same
/// order. The loops over taps are written out in each method, because a vector that a method returns may be put into
/// an object.
final class Pooling32 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long V = S.vectorByteSize();
    static final Cold ONCE = new Cold(40);

    private Pooling32() {}

    static void max(long taps, int count, long x, long unused, long y, int channels) {
        long end = 4L * channels;
        long c = 0;
        for (; c + V <= end; c += V) {
            var best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int t = 0; t < count; t++) {
                best = best.max(load(x + c + Taps.offset(taps, t)));
            }
            put(best, y + c);
        }
        for (; c < end; c += 4) {
            Mem.f32(y + c, greatest1(taps, count, x + c));
        }
    }

    static void sum(long taps, int count, long x, long unused, long y, int channels) {
        long end = 4L * channels;
        long c = 0;
        for (; c + V <= end; c += V) {
            var v = FloatVector.zero(S);
            for (int t = 0; t < count; t++) {
                v = v.add(load(x + c + Taps.offset(taps, t)));
            }
            put(v, y + c);
        }
        for (; c < end; c += 4) {
            float v = 0;
            for (int t = 0; t < count; t++) {
                v += Mem.f32(x + c + Taps.offset(taps, t));
            }
            Mem.f32(y + c, v);
        }
    }

    static void maxPick(long taps, int count, long x, long g, long y, int channels) {
        long end = 4L * channels;
        long c = 0;
        for (; c + V <= end; c += V) {
            var best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int t = 0; t < count; t++) {
                best = best.max(load(x + c + Taps.offset(taps, t)));
            }
            var open = S.maskAll(true);
            var v = FloatVector.zero(S);
            for (int t = 0; t < count; t++) {
                long at = c + Taps.offset(taps, t);
                var e = load(x + at);
                var hit = open.and(e.compare(EQ, best).or(e.test(IS_NAN)));
                v = v.blend(load(g + at), hit);
                open = open.andNot(hit);
            }
            put(v, y + c);
        }
        for (; c < end; c += 4) {
            long at = first1(taps, count, x + c);
            Mem.f32(y + c, at < 0 ? 0 : Mem.f32(g + c + at));
        }
    }

    static void maxGradient(long taps, int count, long x, long dy, long dx, int channels) {
        long end = 4L * channels;
        long c = 0;
        for (; c + V <= end; c += V) {
            var best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int t = 0; t < count; t++) {
                best = best.max(load(x + c + Taps.offset(taps, t)));
            }
            var d = load(dy + c);
            var open = S.maskAll(true);
            for (int t = 0; t < count; t++) {
                long at = c + Taps.offset(taps, t);
                var e = load(x + at);
                var hit = open.and(e.compare(EQ, best).or(e.test(IS_NAN)));
                put(load(dx + at).add(d, hit), dx + at);
                open = open.andNot(hit);
            }
        }
        for (; c < end; c += 4) {
            long at = first1(taps, count, x + c);
            if (at >= 0) {
                Mem.f32(dx + c + at, Mem.f32(dx + c + at) + Mem.f32(dy + c));
            }
        }
    }

    /// [#maxGradient] where windows are disjoint: every element is written once, so nothing is read.
    static void maxGradientOnce(long taps, int count, long x, long dy, long dx, int channels) {
        long end = 4L * channels;
        long c = 0;
        if (ONCE.over()) {
            c = vectorsOnce(taps, count, x, dy, dx, end);
        } else {
            c = partOnce(taps, count, x, dy, dx, channels);
        }
        for (; c < end; c += 4) {
            long first = first1(taps, count, x + c);
            for (int t = 0; t < count; t++) {
                long at = Taps.offset(taps, t);
                Mem.f32(dx + c + at, at == first ? Mem.f32(dy + c) : 0);
            }
        }
    }

    /// Now and then, while that is cold, a vector of channels; returns where it ends, or 0.
    static long partOnce(long taps, int count, long x, long dy, long dx, int channels) {
        if (4L * channels < V || !ONCE.part()) {
            return 0;
        }
        long begun = System.nanoTime();
        long end = vectorsOnce(taps, count, x, dy, dx, V);
        ONCE.end(begun, count);
        return end;
    }

    /// The whole vectors of channels; returns where they end.
    private static long vectorsOnce(long taps, int count, long x, long dy, long dx, long end) {
        long c = 0;
        for (; c + V <= end; c += V) {
            var best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int t = 0; t < count; t++) {
                best = best.max(load(x + c + Taps.offset(taps, t)));
            }
            var d = load(dy + c);
            var open = S.maskAll(true);
            for (int t = 0; t < count; t++) {
                long at = c + Taps.offset(taps, t);
                var e = load(x + at);
                var hit = open.and(e.compare(EQ, best).or(e.test(IS_NAN)));
                put(FloatVector.zero(S).blend(d, hit), dx + at);
                open = open.andNot(hit);
            }
        }
        return c;
    }

    static void sumGradient(long taps, int count, long dy, long unused, long dx, int channels) {
        long end = 4L * channels;
        long c = 0;
        for (; c + V <= end; c += V) {
            var d = load(dy + c);
            for (int t = 0; t < count; t++) {
                long to = dx + c + Taps.offset(taps, t);
                put(load(to).add(d), to);
            }
        }
        for (; c < end; c += 4) {
            float d = Mem.f32(dy + c);
            for (int t = 0; t < count; t++) {
                long to = dx + c + Taps.offset(taps, t);
                Mem.f32(to, Mem.f32(to) + d);
            }
        }
    }

    static void sumGradientOnce(long taps, int count, long dy, long unused, long dx, int channels) {
        long end = 4L * channels;
        long c = 0;
        for (; c + V <= end; c += V) {
            var d = load(dy + c);
            for (int t = 0; t < count; t++) {
                put(d, dx + c + Taps.offset(taps, t));
            }
        }
        for (; c < end; c += 4) {
            for (int t = 0; t < count; t++) {
                Mem.f32(dx + c + Taps.offset(taps, t), Mem.f32(dy + c));
            }
        }
    }

    /// [#max] one by one.
    static void max1(long taps, int count, long x, long y, int channels) {
        for (int c = 0; c < channels; c++) {
            Mem.f32(y + 4L * c, greatest1(taps, count, x + 4L * c));
        }
    }

    private static float greatest1(long taps, int count, long x) {
        float v = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < count; t++) {
            v = Math.max(v, Mem.f32(x + Taps.offset(taps, t)));
        }
        return v;
    }

    /// Offset of the first greatest (or NaN), −1 if there is no element.
    private static long first1(long taps, int count, long x) {
        float best = greatest1(taps, count, x);
        for (int t = 0; t < count; t++) {
            long at = Taps.offset(taps, t);
            float v = Mem.f32(x + at);
            if (v == best || Float.isNaN(v)) {
                return at;
            }
        }
        return -1;
    }

    private static FloatVector load(long at) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, at, Mem.ORDER);
    }

    private static void put(FloatVector v, long at) {
        v.intoMemorySegment(Mem.ALL, at, Mem.ORDER);
    }
}
