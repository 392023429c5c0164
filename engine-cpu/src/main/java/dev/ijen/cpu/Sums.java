package dev.ijen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Adds up arrays of F32, in order.
final class Sums {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private Sums() {}

    /// to[i] = Σ over `arrays` arrays, `step` bytes apart, of their element i, for i below `n`. `to` may be the first
    /// array.
    static void add(long from, long step, int arrays, long n, long to) {
        if (Cold.few(n * arrays)) {
            one(from, step, arrays, (int) n, to);
            return;
        }
        long end = 4 * n;
        long i = 0;
        for (; i + S.vectorByteSize() <= end; i += S.vectorByteSize()) {
            var v = FloatVector.fromMemorySegment(S, Mem.ALL, from + i, Mem.ORDER);
            for (int a = 1; a < arrays; a++) {
                v = v.add(FloatVector.fromMemorySegment(S, Mem.ALL, from + a * step + i, Mem.ORDER));
            }
            v.intoMemorySegment(Mem.ALL, to + i, Mem.ORDER);
        }
        for (; i < end; i += 4) {
            float v = Mem.f32(from + i);
            for (int a = 1; a < arrays; a++) {
                v += Mem.f32(from + a * step + i);
            }
            Mem.f32(to + i, v);
        }
    }

    /// The same one by one.
    private static void one(long from, long step, int arrays, int n, long to) {
        var sum = Mem.floats(from, n);
        for (int a = 1; a < arrays; a++) {
            plus(sum, Mem.floats(from + a * step, n));
        }
        Mem.floats(sum, n, to);
    }

    private static void plus(float[] sum, float[] v) {
        for (int i = 0; i < v.length; i++) {
            sum[i] += v[i];
        }
    }
}
