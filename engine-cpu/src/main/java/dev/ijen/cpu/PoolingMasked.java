package dev.ijen.cpu;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.IS_NAN;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// [Pooling] of F32 for numbers of channels that do not fill vectors, where the processor has masked loads and
/// stores.
final class PoolingMasked {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private PoolingMasked() {}

    static void max(long taps, int count, long x, long unused, long y, int channels) {
        for (int c = 0; c < channels; c += L) {
            var m = S.indexInRange(c, channels);
            var best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int t = 0; t < count; t++) {
                best = best.max(load(x + 4L * c + Taps.offset(taps, t), m));
            }
            put(best, y + 4L * c, m);
        }
    }

    static void sum(long taps, int count, long x, long unused, long y, int channels) {
        for (int c = 0; c < channels; c += L) {
            var m = S.indexInRange(c, channels);
            var v = FloatVector.zero(S);
            for (int t = 0; t < count; t++) {
                v = v.add(load(x + 4L * c + Taps.offset(taps, t), m));
            }
            put(v, y + 4L * c, m);
        }
    }

    static void maxPick(long taps, int count, long x, long g, long y, int channels) {
        for (int c = 0; c < channels; c += L) {
            var m = S.indexInRange(c, channels);
            var best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int t = 0; t < count; t++) {
                best = best.max(load(x + 4L * c + Taps.offset(taps, t), m));
            }
            var open = m;
            var v = FloatVector.zero(S);
            for (int t = 0; t < count; t++) {
                long at = 4L * c + Taps.offset(taps, t);
                var e = load(x + at, m);
                var hit = open.and(e.compare(EQ, best).or(e.test(IS_NAN)));
                v = v.blend(load(g + at, m), hit);
                open = open.andNot(hit);
            }
            put(v, y + 4L * c, m);
        }
    }

    static void maxGradient(long taps, int count, long x, long dy, long dx, int channels) {
        for (int c = 0; c < channels; c += L) {
            var m = S.indexInRange(c, channels);
            var best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int t = 0; t < count; t++) {
                best = best.max(load(x + 4L * c + Taps.offset(taps, t), m));
            }
            var d = load(dy + 4L * c, m);
            var open = m;
            for (int t = 0; t < count; t++) {
                long at = 4L * c + Taps.offset(taps, t);
                var e = load(x + at, m);
                var hit = open.and(e.compare(EQ, best).or(e.test(IS_NAN)));
                put(load(dx + at, m).add(d, hit), dx + at, m);
                open = open.andNot(hit);
            }
        }
    }

    /// [#maxGradient] where windows are disjoint: every element is written once, so nothing is read.
    static void maxGradientOnce(long taps, int count, long x, long dy, long dx, int channels) {
        for (int c = 0; c < channels; c += L) {
            var m = S.indexInRange(c, channels);
            var best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            for (int t = 0; t < count; t++) {
                best = best.max(load(x + 4L * c + Taps.offset(taps, t), m));
            }
            var d = load(dy + 4L * c, m);
            var open = m;
            for (int t = 0; t < count; t++) {
                long at = 4L * c + Taps.offset(taps, t);
                var e = load(x + at, m);
                var hit = open.and(e.compare(EQ, best).or(e.test(IS_NAN)));
                put(FloatVector.zero(S).blend(d, hit), dx + at, m);
                open = open.andNot(hit);
            }
        }
    }

    static void sumGradient(long taps, int count, long dy, long unused, long dx, int channels) {
        for (int c = 0; c < channels; c += L) {
            var m = S.indexInRange(c, channels);
            var d = load(dy + 4L * c, m);
            for (int t = 0; t < count; t++) {
                long to = dx + 4L * c + Taps.offset(taps, t);
                put(load(to, m).add(d), to, m);
            }
        }
    }

    static void sumGradientOnce(long taps, int count, long dy, long unused, long dx, int channels) {
        for (int c = 0; c < channels; c += L) {
            var m = S.indexInRange(c, channels);
            var d = load(dy + 4L * c, m);
            for (int t = 0; t < count; t++) {
                put(d, dx + 4L * c + Taps.offset(taps, t), m);
            }
        }
    }

    private static FloatVector load(long at, VectorMask<Float> m) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, at, Mem.ORDER, m);
    }

    private static void put(FloatVector v, long at, VectorMask<Float> m) {
        v.intoMemorySegment(Mem.ALL, at, Mem.ORDER, m);
    }
}
