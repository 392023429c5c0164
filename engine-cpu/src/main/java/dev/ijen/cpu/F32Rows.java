package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// Passes over one row of floats. Vectors run over the row; the last one is masked, so a value does not depend on where in a
/// vector it falls.
final class F32Rows {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private F32Rows() {}

    /// Greatest element; NaN wins.
    static float max(long x, int n) {
        FloatVector m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= n - L; i += L) {
            m = m.max(at(x, i));
        }
        if (i < n) {
            m = m.blend(m.max(at(x, i)), S.indexInRange(i, n));
        }
        return F32Fold.max(m);
    }

    /// Σ exp(x − shift); where `to` is not 0, the terms are stored there.
    static float sumExp(long x, float shift, long to, int n) {
        FloatVector s = FloatVector.zero(S);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector e = F32Math.exp(at(x, i).sub(shift));
            s = s.add(e);
            if (to != 0) {
                e.intoMemorySegment(ALL, to + 4L * i, ORDER);
            }
        }
        if (i < n) {
            VectorMask<Float> m = S.indexInRange(i, n);
            FloatVector e = F32Math.exp(at(x, i).sub(shift));
            s = s.add(FloatVector.zero(S).blend(e, m));
            if (to != 0) {
                e.intoMemorySegment(ALL, to + 4L * i, ORDER, m);
            }
        }
        return F32Fold.sum(s);
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
