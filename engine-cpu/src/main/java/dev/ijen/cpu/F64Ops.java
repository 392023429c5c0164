package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.UnaryFn;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/// Functions of doubles.
final class F64Ops {
    private static final VectorSpecies<Double> S = DoubleVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private F64Ops() {}

    static Fn of(UnaryFn f) {
        return switch (f) {
            case NEG -> F64Ops::neg;
            case ABS -> F64Ops::abs;
            case SQRT -> F64Ops::sqrt;
            case SIGN, FLOOR, CEIL, ROUND, RECIP, EXP, EXPM1, LOG, LOG1P, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH,
                    TANH,
                    SIGMOID, ERF, RELU -> (a, b, c, o, n) -> each(f, a, o, n);
            case NOT -> throw new IllegalArgumentException("NOT of F64");
        };
    }

    static Fn of(BinaryFn f) {
        return switch (f) {
            case ADD -> F64Ops::add;
            case SUB -> F64Ops::sub;
            case MUL -> F64Ops::mul;
            case DIV -> F64Ops::div;
            case MAX -> F64Ops::max;
            case MIN -> F64Ops::min;
            case MOD, POW, ATAN2 -> (a, b, c, o, n) -> each(f, a, b, o, n);
            case EQ, NE, LT, LE, GT, GE -> (a, b, c, o, n) -> compare(f, a, b, o, n);
            case AND, OR, XOR, SHL, SHR -> throw new IllegalArgumentException(f + " of F64");
        };
    }

    private static void neg(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).neg().intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void abs(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).abs().intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void sqrt(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).sqrt().intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void add(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).add(at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void sub(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).sub(at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void mul(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).mul(at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void div(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).div(at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void max(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).max(at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void min(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).min(at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    /// Through the definition, which is made of functions of [Math] that give the same bits interpreted and compiled.
    private static void each(UnaryFn f, long a, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.f64(o + 8L * i, f.at(Mem.f64(a + 8L * i)));
        }
    }

    private static void each(BinaryFn f, long a, long b, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.f64(o + 8L * i, f.at(Mem.f64(a + 8L * i), Mem.f64(b + 8L * i)));
        }
    }

    private static void compare(BinaryFn f, long a, long b, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(o + 4L * i, (int) f.at(Mem.f64(a + 8L * i), Mem.f64(b + 8L * i)));
        }
    }

    private static DoubleVector at(long a, int i) {
        return DoubleVector.fromMemorySegment(S, ALL, a + 8L * i, ORDER);
    }
}
