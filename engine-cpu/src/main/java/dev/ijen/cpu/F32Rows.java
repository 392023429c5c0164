package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Passes over one row of floats. Vectors run over the row; the last one is masked, so a value does not depend on where in a
/// vector it falls.
final class F32Rows {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    static final Cold MAX = new Cold(20);
    static final Cold EXP = new Cold(60);

    private F32Rows() {}

    /// Greatest element; NaN wins.
    static float max(long x, int n) {
        if (MAX.over()) {
            return maxVectors(x, n);
        }
        float m = Float.NEGATIVE_INFINITY;
        int first = 0;
        if (MAX.part()) {
            first = Math.min(n, 4 * L);
            long begun = System.nanoTime();
            m = maxVectors(x, first);
            MAX.end(begun, first / L + 4);
        }
        for (int i = first; i < n; i++) {
            m = Math.max(m, Mem.f32(x + 4L * i));
        }
        return m;
    }

    private static float maxVectors(long x, int n) {
        FloatVector m0 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        FloatVector m1 = m0;
        FloatVector m2 = m0;
        FloatVector m3 = m0;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            m0 = m0.max(at(x, i));
            m1 = m1.max(at(x, i + L));
            m2 = m2.max(at(x, i + 2 * L));
            m3 = m3.max(at(x, i + 3 * L));
        }
        for (; i <= n - L; i += L) {
            m0 = m0.max(at(x, i));
        }
        if (i < n) {
            m1 = m1.blend(m1.max(at(x, i)), S.indexInRange(i, n));
        }
        return F32Fold.max(m0.max(m1).max(m2.max(m3)));
    }

    /// Σ exp(x − shift); the terms are left in `to`, which has room for a vector more.
    static float sumExp(long x, float shift, long to, int n) {
        if (EXP.over()) {
            return sumExpVectors(x, shift, to, n);
        }
        int first = 0;
        if (EXP.part()) {
            first = Math.min(n, 4 * L);
            long begun = System.nanoTime();
            float _ = sumExpVectors(x, shift, to, first);
            EXP.end(begun, first / L + 4);
        }
        for (int i = first; i < n; i++) {
            Mem.f32(to + 4L * i, F32Math.exp1(Mem.f32(x + 4L * i) - shift));
        }
        return sum1(to, n);
    }

    private static float sumExpVectors(long x, float shift, long to, int n) {
        for (int i = 0; i < n; i += L) {
            at(x, i).sub(shift).intoMemorySegment(ALL, to + 4L * i, ORDER);
        }
        F32Math.exp(to, to, n);
        return sum(to, n);
    }

    /// [#sum] one by one: of the elements that are one lane's, and then of lanes half as many apart, and half of that.
    private static float sum1(long x, int n) {
        var lanes = new float[2 * L];
        int pairs = n / (2 * L) * (2 * L);
        int whole = n / L * L;
        for (int i = 0; i < n; i++) {
            lanes[i < pairs ? i % (2 * L) : i < whole ? i % L : L + i % L] += Mem.f32(x + 4L * i);
        }
        for (int w = L; w > 0; w /= 2) {
            for (int i = 0; i < w; i++) {
                lanes[i] += lanes[i + w];
            }
        }
        return lanes[0];
    }

    private static float sum(long x, int n) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        int i = 0;
        for (; i <= n - 2 * L; i += 2 * L) {
            s0 = s0.add(at(x, i));
            s1 = s1.add(at(x, i + L));
        }
        for (; i <= n - L; i += L) {
            s0 = s0.add(at(x, i));
        }
        if (i < n) {
            s1 = s1.add(FloatVector.zero(S).blend(at(x, i), S.indexInRange(i, n)));
        }
        return F32Fold.sum(s0.add(s1));
    }

    /// x · factor.
    static void scale(long x, float factor, long to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            at(x, i).mul(factor).intoMemorySegment(ALL, to + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Mem.f32(to + 4L * i, Mem.f32(x + 4L * i) * factor);
        }
    }

    /// x − a − b, in this order.
    static void shift(long x, float a, float b, long to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            at(x, i).sub(a).sub(b).intoMemorySegment(ALL, to + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Mem.f32(to + 4L * i, Mem.f32(x + 4L * i) - a - b);
        }
    }

    private static FloatVector at(long a, int i) {
        return FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
    }
}
