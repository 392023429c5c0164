package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.D2F;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.UnaryFn;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The rarer functions of floats: passes over doubles in the block to work in, from the parts in [F32Wide].
final class F32Rare {
    private static final VectorSpecies<Double> S = DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> H = VectorSpecies.of(float.class,
            VectorShape.forBitSize(S.vectorBitSize() / 2));
    private static final int W = S.length();
    private static final DoubleVector ZERO = DoubleVector.zero(S);
    private static final DoubleVector ONE = DoubleVector.broadcast(S, 1);
    private static final DoubleVector HALF = DoubleVector.broadcast(S, 0.5);
    private static final DoubleVector PI = DoubleVector.broadcast(S, Math.PI);
    private static final DoubleVector MAGIC = DoubleVector.broadcast(S, 0x1.8p52);
    private static final DoubleVector FLOOR_MAGIC = DoubleVector.broadcast(S, 0x1p52);
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final DoubleVector INFINITE = DoubleVector.broadcast(S, INF);

    // (sinh x − x) / x³ of x² for |x| < 1
    private static final DoubleVector H11 = DoubleVector.broadcast(S, 2.5529819559194005e-08);
    private static final DoubleVector H9 = DoubleVector.broadcast(S, 2.755206407074146e-06);
    private static final DoubleVector H7 = DoubleVector.broadcast(S, 1.984129604537995e-4);
    private static final DoubleVector H5 = DoubleVector.broadcast(S, 8.333333276341687e-3);
    private static final DoubleVector H3 = DoubleVector.broadcast(S, 1.6666666667069097e-1);

    private F32Rare() {}

    /// The function, if it is one of those here.
    static Fn of(UnaryFn f) {
        return switch (f) {
            case SIN -> F32Rare::sin;
            case COS -> F32Rare::cos;
            case TAN -> F32Rare::tan;
            case ASIN -> F32Rare::asin;
            case ACOS -> F32Rare::acos;
            case ATAN -> F32Rare::atan;
            case SINH -> F32Rare::sinh;
            case COSH -> F32Rare::cosh;
            case NEG, ABS, SIGN, FLOOR, CEIL, ROUND, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF, RELU,
                    NOT ->
                    throw new IllegalArgumentException(f.toString());
        };
    }

    /// The function, if it is one of those here.
    static Fn of(BinaryFn f) {
        return switch (f) {
            case POW -> F32Rare::pow;
            case ATAN2 -> F32Rare::atan2;
            case MOD -> F32Rare::mod;
            case ADD, SUB, MUL, DIV, MAX, MIN, AND, OR, XOR, SHL, SHR, EQ, NE, LT, LE, GT, GE ->
                    throw new IllegalArgumentException(f.toString());
        };
    }

    private static void sin(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            if (!F32Wide.circular(a, o, i, 0)) {
                each(UnaryFn.SIN, a, o, i, c);
            }
        }
    }

    private static void cos(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            if (!F32Wide.circular(a, o, i, 1)) {
                each(UnaryFn.COS, a, o, i, c);
            }
        }
    }

    private static void tan(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            if (!F32Wide.tan(a, o, i)) {
                each(UnaryFn.TAN, a, o, i, c);
            }
        }
    }

    /// One vector with an argument too great for the short reduction. Each element goes the way of its own size, so that a
    /// value never depends on its neighbours.
    private static void each(UnaryFn f, long a, long o, int i, long c) {
        for (int k = i; k < i + W; k++) {
            float x = Mem.f32(a + 4L * k);
            float y = (float) f.at(x);
            if (Math.abs(x) <= F32Wide.FAR) {
                Moves.fill4(Float.floatToRawIntBits(x), c, W);
                if (f == UnaryFn.TAN) {
                    F32Wide.tan(c, c, 0);
                } else {
                    F32Wide.circular(c, c, 0, f == UnaryFn.SIN ? 0 : 1);
                }
                y = Mem.f32(c);
            }
            Mem.f32(o + 4L * k, y);
        }
    }

    private static void atan(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            put(F32Wide.floats(a, i), c, i);
        }
        F32Wide.atan(c, n);
        F32Wide.narrow(c, o, n);
    }

    /// arctan(x / √(1 − x²)).
    private static void asin(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            DoubleVector x = F32Wide.floats(a, i);
            put(x.div(ONE.sub(x).mul(x.add(ONE)).sqrt()), c, i);
        }
        F32Wide.atan(c, n);
        F32Wide.narrow(c, o, n);
    }

    /// 2 arctan √((1 − x) / (1 + x)).
    private static void acos(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            DoubleVector x = F32Wide.floats(a, i);
            put(ONE.sub(x).div(x.add(ONE)).sqrt(), c, i);
        }
        F32Wide.atan(c, n);
        for (int i = 0; i < n; i += W) {
            DoubleVector t = F32Wide.doubles(c, i);
            F32Wide.floats(t.add(t), o, i);
        }
    }

    private static void sinh(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            put(F32Wide.floats(a, i).abs(), c, i);
        }
        F32Wide.exp(c, n);
        for (int i = 0; i < n; i += W) {
            DoubleVector x = F32Wide.floats(a, i);
            DoubleVector e = F32Wide.doubles(c, i);
            DoubleVector z = x.mul(x);
            DoubleVector near = H11.fma(z, H9).fma(z, H7).fma(z, H5).fma(z, H3).mul(z).fma(x, x);
            DoubleVector far = e.sub(ONE.div(e)).mul(HALF);
            far = far.blend(far.neg(), x.compare(LT, 0));
            F32Wide.floats(far.blend(near, z.compare(LT, 1)).blend(x, x.compare(EQ, 0)), o, i);
        }
    }

    private static void cosh(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            put(F32Wide.floats(a, i).abs(), c, i);
        }
        F32Wide.exp(c, n);
        for (int i = 0; i < n; i += W) {
            DoubleVector e = F32Wide.doubles(c, i);
            F32Wide.floats(e.add(ONE.div(e)).mul(HALF), o, i);
        }
    }

    /// Angle of the point (b, a).
    private static void atan2(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            DoubleVector y = F32Wide.floats(a, i).abs();
            DoubleVector x = F32Wide.floats(b, i).abs();
            DoubleVector ratio = y.div(x).blend(1, y.compare(EQ, INF).and(x.compare(EQ, INF)));
            put(ratio.blend(0, y.compare(EQ, 0).and(x.compare(EQ, 0))), c, i);
        }
        F32Wide.atan(c, n);
        for (int i = 0; i < n; i += W) {
            DoubleVector y = F32Wide.floats(a, i);
            DoubleVector x = F32Wide.floats(b, i);
            DoubleVector t = F32Wide.doubles(c, i);
            VectorMask<Double> left = x.reinterpretAsLongs().compare(LT, 0).cast(S); // −0 too
            t = t.blend(PI.sub(t), left);
            LongVector sign = y.reinterpretAsLongs().and(Long.MIN_VALUE);
            t = t.reinterpretAsLongs().or(sign).reinterpretAsDoubles();
            F32Wide.floats(t.blend(Double.NaN, x.compare(NE, x).or(y.compare(NE, y))), o, i);
        }
    }

    /// aᵇ = exp(b ln |a|) with the special values of [Math#pow].
    private static void pow(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            put(F32Wide.floats(a, i).abs(), c, i);
        }
        F32Wide.log(c, n);
        for (int i = 0; i < n; i += W) {
            put(F32Wide.doubles(c, i).mul(F32Wide.floats(b, i)), c, i);
        }
        F32Wide.exp(c, n);
        for (int i = 0; i < n; i += W) {
            DoubleVector m = F32Wide.floats(a, i).abs();
            DoubleVector p = F32Wide.floats(b, i);
            VectorMask<Double> down = p.compare(LT, 0);
            DoubleVector y = F32Wide.doubles(c, i).blend(ZERO.blend(INFINITE, down), m.compare(EQ, 0));
            y = y.blend(INFINITE.blend(ZERO, down), m.compare(EQ, INF));
            VectorMask<Double> far = p.abs().compare(EQ, INF);
            y = y.blend(INFINITE.blend(ZERO, m.compare(LT, 1).eq(p.compare(GT, 0))), far);
            y = y.blend(Double.NaN, far.and(m.compare(EQ, 1)));
            y.intoMemorySegment(ALL, c + 8L * i, ORDER);
        }
        for (int i = 0; i < n; i += W) {
            DoubleVector x = F32Wide.floats(a, i);
            DoubleVector p = F32Wide.floats(b, i);
            DoubleVector y = F32Wide.doubles(c, i);
            // whole numbers below 2²⁴ show their last bit; greater floats are even
            VectorMask<Double> great = p.abs().compare(GE, 0x1p24);
            VectorMask<Double> whole = great.or(p.add(MAGIC).sub(MAGIC).compare(EQ, p));
            VectorMask<Double> odd = p.add(MAGIC).reinterpretAsLongs().and(1).compare(NE, 0).cast(S).and(whole)
                    .andNot(great);
            VectorMask<Double> minus = x.reinterpretAsLongs().compare(LT, 0).cast(S);
            y = y.blend(y.neg(), minus.and(odd));
            y = y.blend(Double.NaN, x.compare(LT, 0).andNot(whole).andNot(x.compare(EQ, -INF)));
            y = y.blend(Double.NaN, x.compare(NE, x).or(p.compare(NE, p)));
            y = y.blend(1, p.compare(EQ, 0));
            // written out, because calls late in a long loop are not inlined
            ((FloatVector) y.convertShape(D2F, H, 0)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    /// a − ⌊a / b⌋ · b.
    private static void mod(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            DoubleVector x = F32Wide.floats(a, i);
            DoubleVector y = F32Wide.floats(b, i);
            DoubleVector q = x.div(y);
            DoubleVector m = q.abs();
            DoubleVector r = m.add(FLOOR_MAGIC).sub(FLOOR_MAGIC).blend(m, m.compare(LT, 0x1p52).not());
            LongVector sign = q.reinterpretAsLongs().and(Long.MIN_VALUE);
            r = r.reinterpretAsLongs().or(sign).reinterpretAsDoubles();
            r = r.blend(r.sub(ONE), r.compare(GT, q));
            F32Wide.floats(x.sub(r.mul(y)), o, i);
        }
    }

    private static void put(DoubleVector y, long c, int i) {
        y.intoMemorySegment(Mem.ALL, c + 8L * i, Mem.ORDER);
    }
}
