package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.ijen.tensor.UnaryFn;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Functions of one float.
final class F32Unary {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    private static final int W = D.length();
    /// Half the width: as many floats as there are doubles in a vector.
    private static final VectorSpecies<Float> H = VectorSpecies.of(float.class,
            VectorShape.forBitSize(S.vectorBitSize() / 2));
    private static final float MAGIC = 0x1p23f;

    private F32Unary() {}

    static Fn of(UnaryFn f) {
        return switch (f) {
            case NEG -> F32Unary::neg;
            case ABS -> F32Unary::abs;
            case SIGN -> F32Unary::sign;
            case FLOOR -> F32Unary::floor;
            case CEIL -> F32Unary::ceil;
            case ROUND -> F32Unary::round;
            case SQRT -> F32Unary::sqrt;
            case RECIP -> F32Unary::recip;
            case SIN -> F32Unary::sin;
            case COS -> F32Unary::cos;
            case TAN -> F32Unary::tan;
            case ASIN -> F32Unary::asin;
            case ACOS -> F32Unary::acos;
            case ATAN -> F32Unary::atan;
            case SINH -> F32Unary::sinh;
            case COSH -> F32Unary::cosh;
            case RELU -> F32Unary::relu;
            case EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF -> F32Math.of(f);
            case NOT -> throw new IllegalArgumentException("NOT of F32");
        };
    }

    private static void neg(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).neg().intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void abs(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).abs().intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void sign(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = at(a, i); // ±0 and NaN stay as they are
            x.blend(1f, x.compare(GT, 0f)).blend(-1f, x.compare(LT, 0f)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    /// The nearest whole number, ties to even; keeps the sign of 0.
    private static FloatVector rounded(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector r = a.add(MAGIC).sub(MAGIC).blend(a, a.compare(LT, MAGIC).not());
        return r.reinterpretAsInts().or(x.reinterpretAsInts().and(Integer.MIN_VALUE)).reinterpretAsFloats();
    }

    private static void round(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            rounded(at(a, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void floor(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = at(a, i);
            FloatVector r = rounded(x);
            r.blend(r.sub(1f), r.compare(GT, x)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void ceil(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = at(a, i).neg(); // ⌈x⌉ = −⌊−x⌋, which keeps −0
            FloatVector r = rounded(x);
            r.blend(r.sub(1f), r.compare(GT, x)).neg().intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void sqrt(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).sqrt().intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void recip(long a, long b, long c, long o, int n) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < n; i += L) {
            one.div(at(a, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void relu(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector x = at(a, i); // x stays where it is NaN
            x.blend(0f, x.compare(VectorOperators.LE, 0f)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void sin(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            DoubleVector x = wide(a, i);
            if (far(x)) {
                each(UnaryFn.SIN, a, o, i);
            } else {
                narrow(F32Wide.sin(x), o, i);
            }
        }
    }

    private static void cos(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            DoubleVector x = wide(a, i);
            if (far(x)) {
                each(UnaryFn.COS, a, o, i);
            } else {
                narrow(F32Wide.cos(x), o, i);
            }
        }
    }

    private static void tan(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            DoubleVector x = wide(a, i);
            if (far(x)) {
                each(UnaryFn.TAN, a, o, i);
            } else {
                narrow(F32Wide.tan(x), o, i);
            }
        }
    }

    private static boolean far(DoubleVector x) {
        return x.abs().compare(GT, F32Wide.FAR).anyTrue();
    }

    /// One vector with an argument too great for the short reduction. Each element takes the path of its own size, so that a
    /// value never depends on its neighbours.
    private static void each(UnaryFn f, long a, long o, int i) {
        for (int k = i; k < i + W; k++) {
            double x = Mem.f32(a + 4L * k);
            if (Math.abs(x) > F32Wide.FAR) {
                Mem.f32(o + 4L * k, (float) f.at(x));
            } else {
                DoubleVector v = DoubleVector.broadcast(D, x);
                DoubleVector y = f == UnaryFn.SIN ? F32Wide.sin(v) : f == UnaryFn.COS ? F32Wide.cos(v) : F32Wide.tan(v);
                Mem.f32(o + 4L * k, (float) y.lane(0));
            }
        }
    }

    private static void asin(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            narrow(F32Wide.asin(wide(a, i)), o, i);
        }
    }

    private static void acos(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            narrow(F32Wide.acos(wide(a, i)), o, i);
        }
    }

    private static void atan(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            narrow(F32Wide.atan(wide(a, i)), o, i);
        }
    }

    private static void sinh(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            narrow(F32Wide.sinh(wide(a, i)), o, i);
        }
    }

    private static void cosh(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += W) {
            narrow(F32Wide.cosh(wide(a, i)), o, i);
        }
    }

    private static FloatVector at(long a, int i) {
        return FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
    }

    /// A vector of doubles from as many floats.
    static DoubleVector wide(long a, int i) {
        return (DoubleVector) FloatVector.fromMemorySegment(H, ALL, a + 4L * i, ORDER).convertShape(VectorOperators.F2D,
                D, 0);
    }

    /// Rounds a vector of doubles to as many floats.
    static void narrow(DoubleVector v, long o, int i) {
        ((FloatVector) v.convertShape(VectorOperators.D2F, H, 0)).intoMemorySegment(ALL, o + 4L * i, ORDER);
    }

    /// Doubles in a vector.
    static int wideLength() {
        return W;
    }
}
