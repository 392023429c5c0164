package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.ijen.cpu.math.F32Constants;
import dev.ijen.tensor.UnaryFn;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Transcendental functions of floats, to 1 unit in the last place or a little more (sigmoid 2.3).
///
/// Not `lanewise(EXP)` and its like: those give other bits in the interpreter than compiled, so a result would depend on when
/// the JIT gets round to it. Everything here is made of operations that are exact in the same way wherever they run.
/// Coefficients are those of [F32Constants].
///
/// The loops call nothing but the Vector API, and constants are vectors: beyond some 18,000 nodes the compiler inlines no other
/// method, and a vector that crosses a call is an object, which is twenty times slower. So functions share the exponential by
/// making passes over the block `c`, which is memory to work in.
final class F32Math {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> SI = VectorSpecies.of(int.class, VectorShape.preferredShape());
    private static final int L = S.length();
    private static final float INF = Float.POSITIVE_INFINITY;

    private static final float[] EXP = F32Constants.exp();
    private static final FloatVector ZERO = v(0);
    static final FloatVector HALF = v(0.5f);
    static final FloatVector ONE = v(1);
    static final FloatVector TWO = v(2);
    private static final FloatVector FOUR = v(4);

    static final FloatVector LOG2E = v(F32Constants.LOG2E);
    static final FloatVector MAGIC = v(F32Constants.MAGIC);

    static final int MAGIC_BITS = Float.floatToRawIntBits(F32Constants.MAGIC);
    private static final FloatVector LN2_HI = v(F32Constants.LN2_HI);

    private static final FloatVector LN2_LO = v(F32Constants.LN2_LO);
    static final FloatVector MINUS_LN2_HI = LN2_HI.neg();
    static final FloatVector MINUS_LN2_LO = LN2_LO.neg();

    static final FloatVector E7 = v(F32Constants.exp()[0]);
    static final FloatVector E6 = v(F32Constants.exp()[1]);
    static final FloatVector E5 = v(F32Constants.exp()[2]);
    static final FloatVector E4 = v(F32Constants.exp()[3]);
    static final FloatVector E3 = v(F32Constants.exp()[4]);

    private static final FloatVector L11 = v(F32Constants.log()[0]);
    private static final FloatVector L10 = v(F32Constants.log()[1]);
    private static final FloatVector L9 = v(F32Constants.log()[2]);
    private static final FloatVector L8 = v(F32Constants.log()[3]);
    private static final FloatVector L7 = v(F32Constants.log()[4]);
    private static final FloatVector L6 = v(F32Constants.log()[5]);
    private static final FloatVector L5 = v(F32Constants.log()[6]);
    private static final FloatVector L4 = v(F32Constants.log()[7]);
    private static final FloatVector L3 = v(F32Constants.log()[8]);

    private static final FloatVector T13 = v(F32Constants.tanh()[0]);
    private static final FloatVector T11 = v(F32Constants.tanh()[1]);
    private static final FloatVector T9 = v(F32Constants.tanh()[2]);
    private static final FloatVector T7 = v(F32Constants.tanh()[3]);
    private static final FloatVector T5 = v(F32Constants.tanh()[4]);
    private static final FloatVector T3 = v(F32Constants.tanh()[5]);

    private static final FloatVector N13 = v(F32Constants.erfNear()[0]);
    private static final FloatVector N11 = v(F32Constants.erfNear()[1]);
    private static final FloatVector N9 = v(F32Constants.erfNear()[2]);
    private static final FloatVector N7 = v(F32Constants.erfNear()[3]);
    private static final FloatVector N5 = v(F32Constants.erfNear()[4]);
    private static final FloatVector N3 = v(F32Constants.erfNear()[5]);
    private static final FloatVector N1 = v(F32Constants.erfNear()[6]);

    private static final FloatVector F6 = v(F32Constants.erfFar()[0]);
    private static final FloatVector F5 = v(F32Constants.erfFar()[1]);
    private static final FloatVector F4 = v(F32Constants.erfFar()[2]);
    private static final FloatVector F3 = v(F32Constants.erfFar()[3]);
    private static final FloatVector F2 = v(F32Constants.erfFar()[4]);
    private static final FloatVector F1 = v(F32Constants.erfFar()[5]);
    private static final FloatVector F0 = v(F32Constants.erfFar()[6]);

    private F32Math() {}

    /// The function, if it is one of those here.
    static Fn of(UnaryFn f) {
        return switch (f) {
            case EXP -> F32Math::exp;
            case EXPM1 -> F32Math::expm1;
            case LOG -> F32Math::log;
            case LOG1P -> F32Math::log1p;
            case TANH -> F32Math::tanh;
            case SIGMOID -> F32Math::sigmoid;
            case ERF -> F32Math::erf;
            case NEG, ABS, SIGN, FLOOR, CEIL, ROUND, SQRT, RECIP, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH, RELU,
                    NOT ->
                    throw new IllegalArgumentException(f.toString());
        };
    }

    /// Ints as wide as these floats.
    static VectorSpecies<Integer> ints() {
        return SI;
    }

    private static FloatVector v(float x) {
        return FloatVector.broadcast(S, x);
    }

    private static void exp(long a, long b, long c, long o, int n) {
        if (Cold.few(n)) {
            for (int i = 0; i < n; i++) {
                Mem.f32(o + 4L * i, exp1(Mem.f32(a + 4L * i)));
            }
        } else {
            exp(a, o, n);
        }
    }

    /// eˣ. Also in place.
    static void exp(long a, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector t = x.fma(LOG2E, MAGIC);
            FloatVector k = t.sub(MAGIC);
            FloatVector r = k.fma(MINUS_LN2_LO, k.fma(MINUS_LN2_HI, x));
            FloatVector p = E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, HALF).fma(r.mul(r), r).add(ONE);
            // 2ᵏ in two steps, so that results below the normal range are rounded once
            IntVector e = t.reinterpretAsInts().sub(MAGIC_BITS);
            IntVector h = e.lanewise(ASHR, 1);
            FloatVector y = p.mul(h.add(127).lanewise(LSHL, 23).reinterpretAsFloats());
            y = y.mul(e.sub(h).add(127).lanewise(LSHL, 23).reinterpretAsFloats());
            y = y.blend(0f, x.compare(LT, -104f)).blend(INF, x.compare(GT, 88.8f));
            y.intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    /// [#exp] of one number.
    static float exp1(float x) {
        float t = Math.fma(x, F32Constants.LOG2E, F32Constants.MAGIC);
        float k = t - F32Constants.MAGIC;
        float r = Math.fma(k, -F32Constants.LN2_LO, Math.fma(k, -F32Constants.LN2_HI, x));
        float p = Math.fma(EXP[0], r, EXP[1]);
        p = Math.fma(p, r, EXP[2]);
        p = Math.fma(p, r, EXP[3]);
        p = Math.fma(p, r, EXP[4]);
        p = Math.fma(p, r, 0.5f);
        p = Math.fma(p, r * r, r) + 1;
        int e = Float.floatToRawIntBits(t) - MAGIC_BITS;
        int h = e >> 1;
        float y = p * Float.intBitsToFloat(h + 127 << 23) * Float.intBitsToFloat(e - h + 127 << 23);
        return x < -104f ? 0f : x > 88.8f ? INF : y;
    }

    private static void expm1(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector t = x.fma(LOG2E, MAGIC);
            FloatVector k = t.sub(MAGIC);
            FloatVector r = k.fma(MINUS_LN2_LO, k.fma(MINUS_LN2_HI, x));
            FloatVector p = E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, HALF).fma(r.mul(r), r);
            // 2ᵏ p + (2ᵏ − 1), halved so that k = 128 does not overflow
            FloatVector s = t.reinterpretAsInts().sub(MAGIC_BITS - 126).lanewise(LSHL, 23).reinterpretAsFloats();
            FloatVector y = s.fma(p, s.sub(HALF)).mul(TWO);
            y = y.blend(-1f, x.compare(LT, -18f)).blend(INF, x.compare(GT, 88.8f)).blend(x, x.compare(EQ, 0f));
            y.intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void log(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
            IntVector bits = x.blend(x.mul(0x1p23f), tiny).reinterpretAsInts();
            IntVector e = bits.sub(0x3f3504f3).lanewise(ASHR, 23); // √½ is where the significand starts
            FloatVector f = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(ONE);
            FloatVector k = ((FloatVector) e.convert(I2F, 0)).add(ZERO.blend(-23f, tiny));
            FloatVector p = L11.fma(f, L10).fma(f, L9).fma(f, L8).fma(f, L7).fma(f, L6).fma(f, L5).fma(f, L4).fma(f,
                    L3);
            FloatVector ff = f.mul(f);
            FloatVector y = k.mul(LN2_LO).add(p.mul(f).mul(ff));
            y = k.fma(LN2_HI, f.add(y.sub(ff.mul(HALF))));
            y = y.blend(x, x.compare(EQ, INF)).blend(-INF, x.compare(EQ, 0f));
            y = y.blend(Float.NaN, x.compare(LT, 0f).or(x.compare(NE, x)));
            y.intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void log1p(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector u = x.add(ONE);
            // what rounding took from u
            FloatVector lost = x.sub(u.sub(ONE)).blend(ONE.sub(u.sub(x)), x.compare(GT, 1f)).div(u);
            IntVector bits = u.reinterpretAsInts();
            IntVector e = bits.sub(0x3f3504f3).lanewise(ASHR, 23);
            FloatVector f = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(ONE);
            FloatVector k = (FloatVector) e.convert(I2F, 0);
            FloatVector p = L11.fma(f, L10).fma(f, L9).fma(f, L8).fma(f, L7).fma(f, L6).fma(f, L5).fma(f, L4).fma(f,
                    L3);
            FloatVector ff = f.mul(f);
            FloatVector y = k.fma(LN2_LO, lost).add(p.mul(f).mul(ff));
            y = k.fma(LN2_HI, f.add(y.sub(ff.mul(HALF))));
            y = y.blend(x, x.compare(EQ, INF).or(x.compare(EQ, 0f))).blend(-INF, x.compare(EQ, -1f));
            y = y.blend(Float.NaN, x.compare(LT, -1f).or(x.compare(NE, x)));
            y.intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    /// x + x³ P(x²) near 0, else 1 − 2 / (e²ˣ + 1).
    private static void tanh(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            x.abs().mul(TWO).intoMemorySegment(ALL, c + 4L * i, ORDER);
        }
        exp(c, c, n);
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector e = FloatVector.fromMemorySegment(S, ALL, c + 4L * i, ORDER);
            FloatVector z = x.mul(x);
            FloatVector near = T13.fma(z, T11).fma(z, T9).fma(z, T7).fma(z, T5).fma(z, T3).mul(z).fma(x, x);
            FloatVector y = ONE.sub(TWO.div(e.add(ONE))).blend(near, x.abs().compare(LT, 0.625f));
            IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE); // of −0 as well
            y.reinterpretAsInts().or(sign).reinterpretAsFloats().intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    /// 1 / (1 + e⁻ˣ), or eˣ / (eˣ + 1) below 0.
    private static void sigmoid(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            x.abs().neg().intoMemorySegment(ALL, c + 4L * i, ORDER);
        }
        exp(c, c, n);
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector e = FloatVector.fromMemorySegment(S, ALL, c + 4L * i, ORDER);
            ONE.blend(e, x.compare(LT, 0f)).div(e.add(ONE)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    /// x + x P(x²) near 0, else 1 − exp(−t − t Q(t)) of t = |x|.
    private static void erf(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector t = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER).abs();
            t = t.blend(FOUR, t.compare(GT, 4f));
            FloatVector q = F6.fma(t, F5).fma(t, F4).fma(t, F3).fma(t, F2).fma(t, F1).fma(t, F0);
            q.fma(t, t).neg().intoMemorySegment(ALL, c + 4L * i, ORDER);
        }
        exp(c, c, n);
        for (int i = 0; i < n; i += L) {
            FloatVector x = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            FloatVector e = FloatVector.fromMemorySegment(S, ALL, c + 4L * i, ORDER);
            FloatVector z = x.mul(x);
            FloatVector near = N13.fma(z, N11).fma(z, N9).fma(z, N7).fma(z, N5).fma(z, N3).fma(z, N1).fma(x, x);
            FloatVector y = ONE.sub(e).blend(near, x.abs().compare(LT, 0.921875f));
            IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
            y.reinterpretAsInts().or(sign).reinterpretAsFloats().intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }
}
