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
import static dev.ijen.cpu.F32Math.TWO;
import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The activations of recurrent gates, each in one pass over whole vectors: where [F32Math] makes two or three, because gates need no
/// exact results far out, where the sigmoid is below 10⁻³⁸. Written out without helper methods for the reason given there.
final class F32Gates {
    static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    static final int L = S.length();

    private F32Gates() {}

    /// σ(x) in place: 1 / (1 + e⁻ˣ). Far below 0, 2ᵏ is infinite and the result 0.
    static void sigmoid(long a, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector z = x.neg();
            z = z.blend(-87f, z.compare(LT, -87f)).blend(88.8f, z.compare(GT, 88.8f));
            FloatVector t = z.fma(LOG2E, MAGIC);
            FloatVector k = t.sub(MAGIC);
            FloatVector r = k.fma(MINUS_LN2_LO, k.fma(MINUS_LN2_HI, z));
            FloatVector p = E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, HALF).mul(r).fma(r, r).add(ONE);
            FloatVector s = t.reinterpretAsInts().sub(MAGIC_BITS - 127).lanewise(LSHL, 23).reinterpretAsFloats();
            ONE.div(p.fma(s, ONE)).intoMemorySegment(ALL, a + 4L * i, ORDER);
        }
    }

    /// tanh x = (e²ˣ − 1) / (e²ˣ + 1); e²ˣ − 1 = 2ᵏ (eʳ − 1) + (2ᵏ − 1) loses nothing near 0. Also in place.
    static void tanh(long a, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector w = x.blend(9.1f, x.compare(GT, 9.1f)).blend(-9.1f, x.compare(LT, -9.1f)); // beyond, it is ±1
            FloatVector d = w.add(w);
            FloatVector t = d.fma(LOG2E, MAGIC);
            FloatVector k = t.sub(MAGIC);
            FloatVector r = k.fma(MINUS_LN2_LO, k.fma(MINUS_LN2_HI, d));
            FloatVector p = E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, HALF).mul(r).fma(r, r);
            FloatVector s = t.reinterpretAsInts().sub(MAGIC_BITS - 127).lanewise(LSHL, 23).reinterpretAsFloats();
            FloatVector e = p.fma(s, s.sub(ONE));
            e.div(e.add(TWO)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    static FloatVector at(long a, int i) {
        return FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
    }

    static void put(FloatVector v, long a, int i) {
        v.intoMemorySegment(ALL, a + 4L * i, ORDER);
    }
}
