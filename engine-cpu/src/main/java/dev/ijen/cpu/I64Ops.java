package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.UnaryFn;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Functions of longs.
final class I64Ops {
    private static final VectorSpecies<Long> S = F32Wide.longs();
    private static final int L = S.length();

    private I64Ops() {}

    static Fn of(UnaryFn f) {
        return switch (f) {
            case NEG -> I64Ops::neg;
            case ABS -> I64Ops::abs;
            case SIGN -> I64Ops::sign;
            case RELU -> I64Ops::relu;
            case NOT -> I64Ops::not;
            case FLOOR, CEIL, ROUND, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH,
                    TANH,
                    SIGMOID, ERF -> throw new IllegalArgumentException(f + " of I64");
        };
    }

    static Fn of(BinaryFn f) {
        return switch (f) {
            case ADD -> I64Ops::add;
            case SUB -> I64Ops::sub;
            case MUL -> I64Ops::mul;
            case MAX -> I64Ops::max;
            case MIN -> I64Ops::min;
            case AND -> I64Ops::and;
            case OR -> I64Ops::or;
            case XOR -> I64Ops::xor;
            case SHL -> I64Ops::shl;
            case SHR -> I64Ops::shr;
            case DIV, MOD -> (a, b, c, o, n) -> each(f, a, b, o, n);
            case EQ, NE, LT, LE, GT, GE -> (a, b, c, o, n) -> compare(f, a, b, o, n);
            case POW, ATAN2 -> throw new IllegalArgumentException(f + " of I64");
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

    private static void relu(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).max(0).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void sign(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).min(1).max(-1).intoMemorySegment(ALL, o + 8L * i, ORDER);
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

    private static void and(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).and(at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void or(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).or(at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void xor(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).lanewise(VectorOperators.XOR, at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void shl(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).lanewise(VectorOperators.LSHL, at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void shr(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).lanewise(VectorOperators.LSHR, at(b, i)).intoMemorySegment(ALL, o + 8L * i, ORDER);
        }
    }

    private static void not(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i64(o + 8L * i, Mem.i64(a + 8L * i) == 0 ? 1 : 0);
        }
    }

    private static void each(BinaryFn f, long a, long b, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i64(o + 8L * i, f.at(Mem.i64(a + 8L * i), Mem.i64(b + 8L * i)));
        }
    }

    private static void compare(BinaryFn f, long a, long b, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(o + 4L * i, (int) f.at(Mem.i64(a + 8L * i), Mem.i64(b + 8L * i)));
        }
    }

    /// c ≠ 0 ? a : b, where c is I32; for F64 as well, whose bits are only moved.
    static void select(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i64(o + 8L * i, Mem.i64((Mem.i32(c + 4L * i) != 0 ? a : b) + 8L * i));
        }
    }

    private static LongVector at(long a, int i) {
        return LongVector.fromMemorySegment(S, ALL, a + 8L * i, ORDER);
    }
}
