package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.UnaryFn;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Functions of ints.
final class I32Ops {
    private static final VectorSpecies<Integer> S = F32Math.ints();
    private static final int L = S.length();

    private I32Ops() {}

    static Fn of(UnaryFn f) {
        return switch (f) {
            case NEG -> I32Ops::neg;
            case ABS -> I32Ops::abs;
            case SIGN -> I32Ops::sign;
            case RELU -> I32Ops::relu;
            case NOT -> I32Ops::not;
            case FLOOR, CEIL, ROUND, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH,
                    TANH,
                    SIGMOID, ERF -> throw new IllegalArgumentException(f + " of I32");
        };
    }

    static Fn of(BinaryFn f) {
        return switch (f) {
            case ADD -> I32Ops::add;
            case SUB -> I32Ops::sub;
            case MUL -> I32Ops::mul;
            case DIV, MOD -> (a, b, c, o, n) -> each(f, a, b, o, n);
            case MAX -> I32Ops::max;
            case MIN -> I32Ops::min;
            case AND -> I32Ops::and;
            case OR -> I32Ops::or;
            case XOR -> I32Ops::xor;
            case SHL -> I32Ops::shl;
            case SHR -> I32Ops::shr;
            case EQ -> I32Ops::eq;
            case NE -> I32Ops::ne;
            case LT -> I32Ops::lt;
            case LE -> I32Ops::le;
            case GT -> I32Ops::gt;
            case GE -> I32Ops::ge;
            case POW, ATAN2 -> throw new IllegalArgumentException(f + " of I32");
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

    private static void relu(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).max(0).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void sign(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).min(1).max(-1).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void not(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            truth(at(a, i).compare(VectorOperators.EQ, 0), o, i);
        }
    }

    private static void add(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).add(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void sub(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).sub(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void mul(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).mul(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void max(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).max(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void min(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).min(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void and(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).and(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void or(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).or(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void xor(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).lanewise(VectorOperators.XOR, at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void shl(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).lanewise(VectorOperators.LSHL, at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void shr(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).lanewise(VectorOperators.LSHR, at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void eq(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            truth(at(a, i).compare(VectorOperators.EQ, at(b, i)), o, i);
        }
    }

    private static void ne(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            truth(at(a, i).compare(VectorOperators.NE, at(b, i)), o, i);
        }
    }

    private static void lt(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            truth(at(a, i).compare(VectorOperators.LT, at(b, i)), o, i);
        }
    }

    private static void le(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            truth(at(a, i).compare(VectorOperators.LE, at(b, i)), o, i);
        }
    }

    private static void gt(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            truth(at(a, i).compare(VectorOperators.GT, at(b, i)), o, i);
        }
    }

    private static void ge(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            truth(at(a, i).compare(VectorOperators.GE, at(b, i)), o, i);
        }
    }

    /// Without a vector instruction: through the definition for I64, whose low half is right for these.
    private static void each(BinaryFn f, long a, long b, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(o + 4L * i, (int) f.at((long) Mem.i32(a + 4L * i), Mem.i32(b + 4L * i)));
        }
    }

    private static void truth(VectorMask<Integer> m, long o, int i) {
        IntVector.zero(S).blend(1, m).intoMemorySegment(ALL, o + 4L * i, ORDER);
    }

    private static IntVector at(long a, int i) {
        return IntVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
    }
}
