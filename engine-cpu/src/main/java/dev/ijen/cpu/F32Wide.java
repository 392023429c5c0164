package dev.ijen.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The rarer functions of floats, computed in double: ten digits are enough for a float that is right to half an ulp but for a
/// few in a million, and no special care is needed anywhere. Same bits wherever they run, as in [F32Math].
final class F32Wide {
    private static final VectorSpecies<Double> S = DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> SL = VectorSpecies.of(long.class, VectorShape.preferredShape());
    private static final double MAGIC = 0x1.8p52;
    private static final long MAGIC_BITS = Double.doubleToRawLongBits(MAGIC);
    private static final double LN2_HI = 0x1.62e42fefap-1;
    private static final double LN2_LO = 0x1.cf79abc9e3b3ap-40;
    private static final double HALF_PI = Math.PI / 2;
    private static final double HALF_PI_LO = 6.123233995736766e-17;
    private static final double TAN_PI_8 = 0.41421356237309503;
    /// Beyond this, sine and cosine need more digits of π than are here.
    static final double FAR = 0x1p40;

    private F32Wide() {}

    /// eˣ for |x| < 700; clamped beyond.
    static DoubleVector exp(DoubleVector x0) {
        DoubleVector x = x0.blend(700, x0.compare(GT, 700)).blend(-700, x0.compare(LT, -700));
        DoubleVector t = x.fma(c(1.4426950408889634), c(MAGIC));
        DoubleVector n = t.sub(MAGIC);
        DoubleVector r = n.fma(c(-LN2_LO), n.fma(c(-LN2_HI), x));
        DoubleVector p = c(2.4007470816065034e-08)
                .fma(r, c(2.75812735734404e-07))
                .fma(r, c(2.755905356557422e-06))
                .fma(r, c(2.480158469677586e-05))
                .fma(r, c(1.9841268955114784e-4))
                .fma(r, c(1.3888888885677671e-3))
                .fma(r, c(8.333333333484681e-3))
                .fma(r, c(4.1666666666672875e-2))
                .fma(r, c(1.6666666666666607e-1))
                .fma(r, c(0.5));
        LongVector e = t.reinterpretAsLongs().sub(MAGIC_BITS).add(1023).lanewise(LSHL, 52);
        return p.fma(r.mul(r), r).add(1).mul(e.reinterpretAsDoubles());
    }

    /// ln x for normal positive x.
    static DoubleVector log(DoubleVector x) {
        LongVector bits = x.reinterpretAsLongs();
        LongVector e = bits.sub(0x3fe6a09e667f3bcdL).lanewise(ASHR, 52);
        DoubleVector f = bits.sub(e.lanewise(LSHL, 52)).reinterpretAsDoubles().sub(1);
        DoubleVector s = f.div(f.add(2));
        DoubleVector z = s.mul(s);
        DoubleVector p = c(1.681982783612183e-1)
                .fma(z, c(1.8123642071956947e-1))
                .fma(z, c(2.2223371698584396e-1))
                .fma(z, c(2.8571417129578425e-1))
                .fma(z, c(4.0000000052274975e-1))
                .fma(z, c(6.66666666665872e-1));
        // n from its bits: exact, and quick without a conversion instruction
        DoubleVector n = e.add(MAGIC_BITS).reinterpretAsDoubles().sub(MAGIC);
        return n.fma(c(0.6931471805599453), p.mul(z).fma(s, s.add(s)));
    }

    static DoubleVector sin(DoubleVector x) {
        return circular(x, 0).blend(x, x.compare(EQ, 0)); // keeps −0
    }

    static DoubleVector cos(DoubleVector x) {
        return circular(x, 1);
    }

    static DoubleVector tan(DoubleVector x) {
        return circular(x, 0).div(circular(x, 1)).blend(x, x.compare(EQ, 0));
    }

    /// sin(x + quarter · π / 2) for |x| < [#FAR].
    private static DoubleVector circular(DoubleVector x, long quarter) {
        DoubleVector t = x.fma(c(2 / Math.PI), c(MAGIC));
        DoubleVector n = t.sub(MAGIC);
        DoubleVector r = n.fma(c(-HALF_PI_LO), n.fma(c(-HALF_PI), x));
        DoubleVector z = r.mul(r);
        DoubleVector sin = c(2.718237283888321e-06)
                .fma(z, c(-1.9839327137202289e-4))
                .fma(z, c(8.333329362281379e-3))
                .fma(z, c(-1.666666664142651e-1))
                .mul(z)
                .fma(r, r);
        DoubleVector cos = c(-2.720954793926365e-07)
                .fma(z, c(2.4799511766238854e-05))
                .fma(z, c(-1.3888883722632823e-3))
                .fma(z, c(4.1666666622477144e-2))
                .fma(z, c(-0.5))
                .fma(z, c(1));
        LongVector q = t.reinterpretAsLongs().add(quarter); // the magic number's own bits end in 0
        DoubleVector y = sin.blend(cos, q.and(1).compare(NE, 0).cast(S));
        LongVector sign = q.and(2).lanewise(LSHL, 62);
        return y.reinterpretAsLongs().lanewise(VectorOperators.XOR, sign).reinterpretAsDoubles();
    }

    static DoubleVector atan(DoubleVector x) {
        DoubleVector a = x.abs();
        VectorMask<Double> far = a.compare(GT, 1);
        DoubleVector b = a.blend(c(1).div(a), far);
        VectorMask<Double> upper = b.compare(GT, TAN_PI_8);
        DoubleVector t = b.blend(b.sub(1).div(b.add(1)), upper);
        DoubleVector z = t.mul(t);
        DoubleVector y = c(4.747846053808488e-2)
                .fma(z, c(-8.478207873673739e-2))
                .fma(z, c(1.1045059755632235e-1))
                .fma(z, c(-1.4282039490425968e-1))
                .fma(z, c(1.9999905101763654e-1))
                .fma(z, c(-3.333333251371423e-1))
                .mul(z)
                .fma(t, t);
        y = y.add(c(0).blend(Math.PI / 4, upper));
        return signed(y.blend(c(HALF_PI).sub(y), far), x);
    }

    /// Angle of the point (x, y).
    static DoubleVector atan2(DoubleVector y, DoubleVector x) {
        DoubleVector ay = y.abs();
        DoubleVector ax = x.abs();
        VectorMask<Double> infinite = ay.compare(EQ, Double.POSITIVE_INFINITY)
                .and(ax.compare(EQ, Double.POSITIVE_INFINITY));
        DoubleVector ratio = ay.div(ax).blend(1, infinite).blend(0, ay.compare(EQ, 0).and(ax.compare(EQ, 0)));
        DoubleVector t = atan(ratio);
        VectorMask<Double> left = x.reinterpretAsLongs().compare(LT, 0).cast(S); // −0 too
        t = t.blend(c(Math.PI).sub(t), left);
        return signed(t, y).blend(Double.NaN, nan(x).or(nan(y)));
    }

    static DoubleVector asin(DoubleVector x) {
        return atan(x.div(c(1).sub(x).mul(x.add(1)).sqrt()));
    }

    static DoubleVector acos(DoubleVector x) {
        DoubleVector t = atan(c(1).sub(x).div(x.add(1)).sqrt());
        return t.add(t);
    }

    static DoubleVector sinh(DoubleVector x) {
        DoubleVector z = x.mul(x);
        DoubleVector small = c(2.5529819559194005e-08)
                .fma(z, c(2.755206407074146e-06))
                .fma(z, c(1.984129604537995e-4))
                .fma(z, c(8.333333276341687e-3))
                .fma(z, c(1.6666666667069097e-1))
                .mul(z)
                .fma(x, x);
        DoubleVector a = x.abs();
        DoubleVector e = exp(a);
        DoubleVector large = e.sub(c(1).div(e)).mul(0.5);
        return signed(large, x).blend(small, a.compare(LT, 1)).blend(Double.NaN, nan(x));
    }

    static DoubleVector cosh(DoubleVector x) {
        DoubleVector e = exp(x.abs());
        return e.add(c(1).div(e)).mul(0.5);
    }

    /// a − ⌊a / b⌋ · b.
    static DoubleVector mod(DoubleVector a, DoubleVector b) {
        DoubleVector q = a.div(b);
        DoubleVector m = q.abs();
        DoubleVector r = m.add(0x1p52).sub(0x1p52).blend(m, m.compare(LT, 0x1p52).not());
        r = signed(r, q);
        r = r.blend(r.sub(1), r.compare(GT, q));
        return a.sub(r.mul(b));
    }

    private static VectorMask<Double> nan(DoubleVector x) {
        return x.compare(NE, x);
    }

    private static DoubleVector signed(DoubleVector a, DoubleVector x) {
        LongVector sign = x.reinterpretAsLongs().and(Long.MIN_VALUE);
        return a.reinterpretAsLongs().or(sign).reinterpretAsDoubles();
    }

    private static DoubleVector c(double v) {
        return DoubleVector.broadcast(S, v);
    }

    /// Longs as wide as these doubles.
    static VectorSpecies<Long> longs() {
        return SL;
    }
}
