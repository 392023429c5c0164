package dev.ijen.cpu;

import static dev.ijen.cpu.F32Math.E3;
import static dev.ijen.cpu.F32Math.E4;
import static dev.ijen.cpu.F32Math.E5;
import static dev.ijen.cpu.F32Math.E6;
import static dev.ijen.cpu.F32Math.E7;
import static dev.ijen.cpu.F32Math.HALF;
import static dev.ijen.cpu.F32Math.LOG2E;
import static dev.ijen.cpu.F32Math.MAGIC;
import static dev.ijen.cpu.F32Math.MAGIC_BITS;
import static dev.ijen.cpu.F32Math.MINUS_LN2_HI;
import static dev.ijen.cpu.F32Math.MINUS_LN2_LO;
import static dev.ijen.cpu.F32Math.ONE;
import static dev.ijen.cpu.F32Math.T11;
import static dev.ijen.cpu.F32Math.T13;
import static dev.ijen.cpu.F32Math.T3;
import static dev.ijen.cpu.F32Math.T5;
import static dev.ijen.cpu.F32Math.T7;
import static dev.ijen.cpu.F32Math.T9;
import static dev.ijen.cpu.F32Math.TWO;
import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// The activations of recurrent gates, each in one pass over whole vectors: where [F32Math] makes two or three, because gates need no
/// exact results far out, where the sigmoid is below 10⁻³⁸. Written out without helper methods for the reason given there.
final class F32Gates {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    static final int L = S.length();

    private F32Gates() {}

    /// σ(x) in place: 1 / (1 + e⁻ˣ).
    static void sigmoid(long a, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector z = x.neg();
            FloatVector t = z.fma(LOG2E, MAGIC);
            FloatVector k = t.sub(MAGIC);
            FloatVector r = k.fma(MINUS_LN2_LO, k.fma(MINUS_LN2_HI, z));
            FloatVector p = E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, HALF).fma(r.mul(r), r).add(ONE);
            IntVector scale = t.reinterpretAsInts().sub(MAGIC_BITS - 127).lanewise(LSHL, 23);
            FloatVector y = ONE.div(p.fma(scale.reinterpretAsFloats(), ONE));
            y = y.blend(0f, x.compare(LT, -87f)).blend(1f, x.compare(GT, 87f));
            y.intoMemorySegment(ALL, a + 4L * i, ORDER);
        }
    }

    /// tanh x = 1 − 2 / (e²ˣ + 1), or x + x³ P(x²) near 0. Also in place.
    static void tanh(long a, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector w = x.abs();
            FloatVector d = w.add(w);
            FloatVector t = d.fma(LOG2E, MAGIC);
            FloatVector k = t.sub(MAGIC);
            FloatVector r = k.fma(MINUS_LN2_LO, k.fma(MINUS_LN2_HI, d));
            FloatVector p = E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, HALF).fma(r.mul(r), r).add(ONE);
            IntVector scale = t.reinterpretAsInts().sub(MAGIC_BITS - 127).lanewise(LSHL, 23);
            FloatVector y = ONE.sub(TWO.div(p.fma(scale.reinterpretAsFloats(), ONE)));
            FloatVector z = x.mul(x);
            FloatVector near = T13.fma(z, T11).fma(z, T9).fma(z, T7).fma(z, T5).fma(z, T3).mul(z).fma(w, w);
            y = y.blend(near, w.compare(LT, 0.625f)).blend(1f, w.compare(GT, 20f));
            IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
            y.reinterpretAsInts().or(sign).reinterpretAsFloats().intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    static FloatVector at(long a, int i) {
        return FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
    }

    static void put(FloatVector v, long a, int i) {
        v.intoMemorySegment(ALL, a + 4L * i, ORDER);
    }
}
