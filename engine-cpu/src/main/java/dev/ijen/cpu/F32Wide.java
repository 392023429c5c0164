package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Parts of the rarer functions of floats, computed in double: ten digits are enough for a float that is right to half a unit
/// in the last place but for a few in a million. Same bits wherever they run, and flat loops, for the reasons in [F32Math].
final class F32Wide {
    private static final VectorSpecies<Double> S = DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> SL = VectorSpecies.of(long.class, VectorShape.preferredShape());
    /// As many floats as there are doubles in a vector.
    private static final VectorSpecies<Float> H = VectorSpecies.of(float.class,
            VectorShape.forBitSize(S.vectorBitSize() / 2));
    private static final int W = S.length();
    /// Beyond this, sine and cosine need more digits of π than are here.
    static final double FAR = 0x1p40;

    private static final DoubleVector ONE = v(1);
    private static final DoubleVector HALF = v(0.5);
    private static final DoubleVector MAGIC = v(0x1.8p52); // adding it rounds to a whole number, which stands in the low bits
    private static final long MAGIC_BITS = Double.doubleToRawLongBits(0x1.8p52);

    private static final DoubleVector LOG2E = v(1.4426950408889634);
    private static final DoubleVector LN2 = v(0.6931471805599453);
    private static final DoubleVector MINUS_LN2_HI = v(-0x1.62e42fefap-1);
    private static final DoubleVector MINUS_LN2_LO = v(-0x1.cf79abc9e3b3ap-40);

    private static final DoubleVector TWO_OVER_PI = v(2 / Math.PI);
    private static final DoubleVector MINUS_HALF_PI = v(-Math.PI / 2);
    private static final DoubleVector MINUS_HALF_PI_LO = v(-6.123233995736766e-17);
    private static final DoubleVector QUARTER_PI = v(Math.PI / 4);
    private static final double TAN_PI_8 = 0.41421356237309503;

    // (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2
    private static final DoubleVector E11 = v(2.4007470816065034e-08);
    private static final DoubleVector E10 = v(2.75812735734404e-07);
    private static final DoubleVector E9 = v(2.755905356557422e-06);
    private static final DoubleVector E8 = v(2.480158469677586e-05);
    private static final DoubleVector E7 = v(1.9841268955114784e-4);
    private static final DoubleVector E6 = v(1.3888888885677671e-3);
    private static final DoubleVector E5 = v(8.333333333484681e-3);
    private static final DoubleVector E4 = v(4.1666666666672875e-2);
    private static final DoubleVector E3 = v(1.6666666666666607e-1);

    // (2 artanh s − 2 s) / s³ of s² for |s| < 0.172
    private static final DoubleVector L13 = v(1.681982783612183e-1);
    private static final DoubleVector L11 = v(1.8123642071956947e-1);
    private static final DoubleVector L9 = v(2.2223371698584396e-1);
    private static final DoubleVector L7 = v(2.8571417129578425e-1);
    private static final DoubleVector L5 = v(4.0000000052274975e-1);
    private static final DoubleVector L3 = v(6.66666666665872e-1);

    // (sin r − r) / r³ and (cos r − 1 + r² / 2) / r⁴ of r² for |r| ≤ π / 4
    private static final DoubleVector S9 = v(2.718237283888321e-06);
    private static final DoubleVector S7 = v(-1.9839327137202289e-4);
    private static final DoubleVector S5 = v(8.333329362281379e-3);
    private static final DoubleVector S3 = v(-1.666666664142651e-1);
    private static final DoubleVector C10 = v(-2.720954793926365e-07);
    private static final DoubleVector C8 = v(2.4799511766238854e-05);
    private static final DoubleVector C6 = v(-1.3888883722632823e-3);
    private static final DoubleVector C4 = v(4.1666666622477144e-2);
    private static final DoubleVector C2 = v(-0.5);

    // (arctan t − t) / t³ of t² for |t| ≤ tan(π / 8)
    private static final DoubleVector A13 = v(4.747846053808488e-2);
    private static final DoubleVector A11 = v(-8.478207873673739e-2);
    private static final DoubleVector A9 = v(1.1045059755632235e-1);
    private static final DoubleVector A7 = v(-1.4282039490425968e-1);
    private static final DoubleVector A5 = v(1.9999905101763654e-1);
    private static final DoubleVector A3 = v(-3.333333251371423e-1);

    private F32Wide() {}

    private static DoubleVector v(double x) {
        return DoubleVector.broadcast(S, x);
    }

    /// Longs as wide as these doubles.
    static VectorSpecies<Long> longs() {
        return SL;
    }

    /// Doubles in a vector.
    static int length() {
        return W;
    }

    /// A vector of doubles from as many floats.
    static DoubleVector floats(long a, int i) {
        return (DoubleVector) FloatVector.fromMemorySegment(H, ALL, a + 4L * i, ORDER).convertShape(F2D, S, 0);
    }

    /// Rounds a vector of doubles to as many floats.
    static void floats(DoubleVector y, long o, int i) {
        ((FloatVector) y.convertShape(D2F, H, 0)).intoMemorySegment(ALL, o + 4L * i, ORDER);
    }

    /// A vector of doubles.
    static DoubleVector doubles(long c, int i) {
        return DoubleVector.fromMemorySegment(S, ALL, c + 8L * i, ORDER);
    }

    /// Rounds n doubles to floats.
    static void narrow(long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            floats(doubles(c, i), o, i);
        }
    }

    /// eˣ in place, of doubles; the argument is taken to lie within ±700.
    static void exp(long c, int n) {
        for (int i = 0; i < n; i += W) {
            DoubleVector x = DoubleVector.fromMemorySegment(S, ALL, c + 8L * i, ORDER);
            x = x.blend(700, x.compare(GT, 700)).blend(-700, x.compare(LT, -700));
            DoubleVector t = x.fma(LOG2E, MAGIC);
            DoubleVector k = t.sub(MAGIC);
            DoubleVector r = k.fma(MINUS_LN2_LO, k.fma(MINUS_LN2_HI, x));
            DoubleVector p = E11.fma(r, E10).fma(r, E9).fma(r, E8).fma(r, E7).fma(r, E6).fma(r, E5).fma(r, E4).fma(r,
                    E3);
            p = p.fma(r, HALF).fma(r.mul(r), r).add(ONE);
            LongVector e = t.reinterpretAsLongs().sub(MAGIC_BITS - 1023).lanewise(LSHL, 52);
            p.mul(e.reinterpretAsDoubles()).intoMemorySegment(ALL, c + 8L * i, ORDER);
        }
    }

    /// ln x in place, of normal positive doubles; of others, some number.
    static void log(long c, int n) {
        for (int i = 0; i < n; i += W) {
            LongVector bits = DoubleVector.fromMemorySegment(S, ALL, c + 8L * i, ORDER).reinterpretAsLongs();
            LongVector e = bits.sub(0x3fe6a09e667f3bcdL).lanewise(ASHR, 52);
            DoubleVector f = bits.sub(e.lanewise(LSHL, 52)).reinterpretAsDoubles().sub(ONE);
            DoubleVector s = f.div(f.add(2));
            DoubleVector z = s.mul(s);
            DoubleVector p = L13.fma(z, L11).fma(z, L9).fma(z, L7).fma(z, L5).fma(z, L3);
            // the exponent from its bits: exact, and quick without a conversion instruction
            DoubleVector k = e.add(MAGIC_BITS).reinterpretAsDoubles().sub(MAGIC);
            k.fma(LN2, p.mul(z).fma(s, s.add(s))).intoMemorySegment(ALL, c + 8L * i, ORDER);
        }
    }

    /// arctan x in place, of doubles.
    static void atan(long c, int n) {
        for (int i = 0; i < n; i += W) {
            DoubleVector x = DoubleVector.fromMemorySegment(S, ALL, c + 8L * i, ORDER);
            DoubleVector a = x.abs();
            VectorMask<Double> far = a.compare(GT, 1);
            DoubleVector b = a.blend(ONE.div(a), far);
            VectorMask<Double> upper = b.compare(GT, TAN_PI_8);
            DoubleVector t = b.blend(b.sub(ONE).div(b.add(ONE)), upper);
            DoubleVector z = t.mul(t);
            DoubleVector y = A13.fma(z, A11).fma(z, A9).fma(z, A7).fma(z, A5).fma(z, A3).mul(z).fma(t, t);
            y = y.blend(y.add(QUARTER_PI), upper);
            y = y.blend(MINUS_HALF_PI.add(y).neg(), far);
            LongVector sign = x.reinterpretAsLongs().and(Long.MIN_VALUE);
            LongVector signed = y.reinterpretAsLongs().or(sign);
            signed.intoMemorySegment(ALL, c + 8L * i, ORDER);
        }
    }

    /// sin x for quarter 0, cos x for 1, of W floats; false, and nothing, if one of them is beyond [#FAR].
    static boolean circular(long a, long o, int i, long quarter) {
        DoubleVector x = (DoubleVector) FloatVector.fromMemorySegment(H, ALL, a + 4L * i, ORDER).convertShape(F2D, S,
                0);
        if (x.abs().compare(GT, FAR).anyTrue()) {
            return false;
        }
        DoubleVector t = x.fma(TWO_OVER_PI, MAGIC);
        DoubleVector k = t.sub(MAGIC);
        DoubleVector r = k.fma(MINUS_HALF_PI_LO, k.fma(MINUS_HALF_PI, x));
        DoubleVector z = r.mul(r);
        DoubleVector sin = S9.fma(z, S7).fma(z, S5).fma(z, S3).mul(z).fma(r, r);
        DoubleVector cos = C10.fma(z, C8).fma(z, C6).fma(z, C4).fma(z, C2).fma(z, ONE);
        LongVector q = t.reinterpretAsLongs().add(quarter); // the magic number's own low bits are 0
        LongVector sign = q.and(2).lanewise(LSHL, 62);
        DoubleVector y = sin.blend(cos, q.and(1).compare(NE, 0).cast(S));
        y = y.reinterpretAsLongs().lanewise(XOR, sign).reinterpretAsDoubles();
        y = y.blend(quarter == 0 ? x : ONE, x.compare(EQ, 0)); // sin −0 = −0
        ((FloatVector) y.convertShape(D2F, H, 0)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        return true;
    }

    /// tan x of W floats; false, and nothing, if one of them is beyond [#FAR].
    static boolean tan(long a, long o, int i) {
        DoubleVector x = (DoubleVector) FloatVector.fromMemorySegment(H, ALL, a + 4L * i, ORDER).convertShape(F2D, S,
                0);
        if (x.abs().compare(GT, FAR).anyTrue()) {
            return false;
        }
        DoubleVector t = x.fma(TWO_OVER_PI, MAGIC);
        DoubleVector k = t.sub(MAGIC);
        DoubleVector r = k.fma(MINUS_HALF_PI_LO, k.fma(MINUS_HALF_PI, x));
        DoubleVector z = r.mul(r);
        DoubleVector sin = S9.fma(z, S7).fma(z, S5).fma(z, S3).mul(z).fma(r, r);
        DoubleVector cos = C10.fma(z, C8).fma(z, C6).fma(z, C4).fma(z, C2).fma(z, ONE);
        VectorMask<Double> odd = t.reinterpretAsLongs().and(1).compare(NE, 0).cast(S);
        DoubleVector y = sin.blend(cos.neg(), odd).div(cos.blend(sin, odd)).blend(x, x.compare(EQ, 0));
        ((FloatVector) y.convertShape(D2F, H, 0)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        return true;
    }
}
