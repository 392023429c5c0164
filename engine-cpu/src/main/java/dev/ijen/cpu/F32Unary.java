package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.ijen.tensor.UnaryFn;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Functions of one float.
final class F32Unary {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
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
            case RELU -> F32Unary::relu;
            case SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH -> F32Rare.of(f);
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

    private static FloatVector at(long a, int i) {
        return FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
    }
}
