package dev.ijen.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Transcendental functions of float vectors, to about 1 ulp (3 at most).
///
/// Not `lanewise(EXP)` and its like: those give other bits in the interpreter than compiled, so a result would depend on when
/// the JIT gets round to it. Everything here is made of operations that are exact in the same way wherever they run.
/// Polynomials are minimax fits (Remez) of this project.
final class F32Math {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> SI = VectorSpecies.of(int.class, VectorShape.preferredShape());
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float LOG2E = 1.442695f;
    private static final float MAGIC = 0x1.8p23f; // adding it rounds to a whole number, kept in the low bits
    private static final int MAGIC_BITS = Float.floatToRawIntBits(MAGIC);
    private static final float LN2_HI = 0x1.62e4p-1f; // 17 bits: products with exponents are exact
    private static final float LN2_LO = 0x1.7f7d1cp-20f;
    private static final float SIGN = -0.0f;

    private F32Math() {}

    /// (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2.
    private static FloatVector expTail(FloatVector r) {
        return c(2.0163784e-4f)
                .fma(r, c(1.3945411e-3f))
                .fma(r, c(8.332738e-3f))
                .fma(r, c(4.1666307e-2f))
                .fma(r, c(1.666667e-1f))
                .fma(r, c(0.5f));
    }

    /// 2ⁿ for whole n from −126 to 127.
    private static FloatVector power(IntVector n) {
        return n.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector exp(FloatVector x) {
        FloatVector t = x.fma(c(LOG2E), c(MAGIC));
        FloatVector n = t.sub(MAGIC);
        FloatVector r = n.fma(c(-LN2_LO), n.fma(c(-LN2_HI), x));
        FloatVector p = expTail(r).fma(r.mul(r), r).add(1f);
        // in two steps, so that results below the normal range are rounded once and those above overflow
        IntVector e = t.reinterpretAsInts().sub(MAGIC_BITS);
        IntVector half = e.lanewise(ASHR, 1);
        FloatVector y = p.mul(power(half)).mul(power(e.sub(half)));
        return y.blend(0f, x.compare(LT, -104f)).blend(INF, x.compare(GT, 88.8f));
    }

    static FloatVector expm1(FloatVector x) {
        FloatVector t = x.fma(c(LOG2E), c(MAGIC));
        FloatVector n = t.sub(MAGIC);
        FloatVector r = n.fma(c(-LN2_LO), n.fma(c(-LN2_HI), x));
        FloatVector p = expTail(r).fma(r.mul(r), r);
        // 2ⁿ p + (2ⁿ − 1), halved so that n = 128 does not overflow
        FloatVector s = power(t.reinterpretAsInts().sub(MAGIC_BITS + 1));
        FloatVector y = s.fma(p, s.sub(0.5f)).mul(2f);
        return y.blend(-1f, x.compare(LT, -18f)).blend(INF, x.compare(GT, 88.8f)).blend(x, x.compare(EQ, 0f));
    }

    static FloatVector log(FloatVector x) {
        VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
        FloatVector y = logOf(x.blend(x.mul(0x1p23f), tiny), c(0f).blend(-23f, tiny), c(0f));
        return y.blend(INF, x.compare(EQ, INF))
                .blend(-INF, x.compare(EQ, 0f))
                .blend(Float.NaN, x.compare(LT, 0f).or(x.test(jdk.incubator.vector.VectorOperators.IS_NAN)));
    }

    static FloatVector log1p(FloatVector x) {
        FloatVector u = x.add(1f);
        // what rounding took from u
        FloatVector lost = x.sub(u.sub(1f)).blend(c(1f).sub(u.sub(x)), x.compare(GT, 1f));
        FloatVector y = logOf(u, c(0f), lost.div(u));
        return y.blend(INF, x.compare(EQ, INF))
                .blend(-INF, x.compare(EQ, -1f))
                .blend(x, x.compare(EQ, 0f))
                .blend(Float.NaN, x.compare(LT, -1f).or(x.test(jdk.incubator.vector.VectorOperators.IS_NAN)));
    }

    /// ln x + bias · ln 2 + add for normal positive x.
    private static FloatVector logOf(FloatVector x, FloatVector bias, FloatVector add) {
        IntVector bits = x.reinterpretAsInts();
        IntVector e = bits.sub(0x3f3504f3).lanewise(ASHR, 23); // √½ is where the significand starts
        FloatVector f = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector n = ((FloatVector) e.convert(jdk.incubator.vector.VectorOperators.I2F, 0)).add(bias);
        FloatVector p = c(6.915492e-2f)
                .fma(f, c(-1.1789834e-1f))
                .fma(f, c(1.18729316e-1f))
                .fma(f, c(-1.2384341e-1f))
                .fma(f, c(1.4218664e-1f))
                .fma(f, c(-1.6669251e-1f))
                .fma(f, c(2.0002227e-1f))
                .fma(f, c(-2.4999987e-1f))
                .fma(f, c(3.333331e-1f));
        FloatVector ff = f.mul(f);
        FloatVector low = n.fma(c(LN2_LO), add).add(p.mul(f).mul(ff));
        return n.fma(c(LN2_HI), f.add(ff.fma(c(-0.5f), low)));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector z = x.mul(x);
        FloatVector small = c(2.1475411e-3f)
                .fma(z, c(-8.182678e-3f))
                .fma(z, c(2.170297e-2f))
                .fma(z, c(-5.3947203e-2f))
                .fma(z, c(1.333321e-1f))
                .fma(z, c(-3.333333e-1f));
        small = small.mul(z).fma(x, x);
        FloatVector large = c(1f).sub(c(2f).div(exp(a.add(a)).add(1f)));
        return signed(large, x).blend(small, a.compare(LT, 0.625f));
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        return c(1f).blend(e, x.compare(LT, 0f)).div(e.add(1f));
    }

    static FloatVector erf(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector z = x.mul(x);
        FloatVector small = c(8.345226e-5f)
                .fma(z, c(-8.137438e-4f))
                .fma(z, c(5.2006342e-3f))
                .fma(z, c(-2.685927e-2f))
                .fma(z, c(1.1283694e-1f))
                .fma(z, c(-3.7612635e-1f))
                .fma(z, c(1.2837917e-1f))
                .fma(x, x);
        // 1 − exp(−t − t Q(t))
        FloatVector t = a.blend(4f, a.compare(GT, 4f));
        FloatVector q = c(1.1522298e-5f)
                .fma(t, c(-3.2565277e-4f))
                .fma(t, c(3.6537643e-3f))
                .fma(t, c(-2.3785347e-2f))
                .fma(t, c(1.06263146e-1f))
                .fma(t, c(6.351359e-1f))
                .fma(t, c(1.2865216e-1f));
        FloatVector large = c(1f).sub(exp(q.fma(t, t).neg()));
        return signed(large, x).blend(small, a.compare(LT, 0.921875f));
    }

    /// `a`, which is not negative, with the sign of `x`.
    private static FloatVector signed(FloatVector a, FloatVector x) {
        IntVector sign = x.reinterpretAsInts().and(Float.floatToRawIntBits(SIGN));
        return a.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    private static FloatVector c(float v) {
        return FloatVector.broadcast(S, v);
    }

    /// Ints as wide as these floats.
    static VectorSpecies<Integer> ints() {
        return SI;
    }
}
