package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import dev.ijen.tensor.BinaryFn;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Functions of two floats.
final class F32Binary {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> SI = F32Math.ints();
    private static final int L = S.length();

    private F32Binary() {}

    static Fn of(BinaryFn f) {
        return switch (f) {
            case ADD -> F32Binary::add;
            case SUB -> F32Binary::sub;
            case MUL -> F32Binary::mul;
            case DIV -> F32Binary::div;
            case MOD, POW, ATAN2 -> F32Rare.of(f);
            case MAX -> F32Binary::max;
            case MIN -> F32Binary::min;
            case EQ -> F32Binary::eq;
            case NE -> F32Binary::ne;
            case LT -> F32Binary::lt;
            case LE -> F32Binary::le;
            case GT -> F32Binary::gt;
            case GE -> F32Binary::ge;
            case AND, OR, XOR, SHL, SHR -> throw new IllegalArgumentException(f + " of F32");
        };
    }

    /// The function with one number on the right, at address b, or null if there is none.
    static Fn right(BinaryFn f) {
        return switch (f) {
            case ADD -> F32Binary::addRight;
            case SUB -> F32Binary::subRight;
            case MUL -> F32Binary::mulRight;
            case DIV -> F32Binary::divRight;
            case MAX -> F32Binary::maxRight;
            case MIN -> F32Binary::minRight;
            case MOD, POW, ATAN2, EQ, NE, LT, LE, GT, GE, AND, OR, XOR, SHL, SHR -> null;
        };
    }

    /// The function with one number on the left, at address a, or null if there is none.
    static Fn left(BinaryFn f) {
        return switch (f) {
            case ADD -> F32Binary::addLeft;
            case SUB -> F32Binary::subLeft;
            case MUL -> F32Binary::mulLeft;
            case DIV -> F32Binary::divLeft;
            case MAX -> F32Binary::maxLeft;
            case MIN -> F32Binary::minLeft;
            case MOD, POW, ATAN2, EQ, NE, LT, LE, GT, GE, AND, OR, XOR, SHL, SHR -> null;
        };
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

    private static void div(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).div(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
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

    private static void addRight(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(b));
        for (int i = 0; i < n; i += L) {
            at(a, i).add(x).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void subRight(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(b));
        for (int i = 0; i < n; i += L) {
            at(a, i).sub(x).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void mulRight(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(b));
        for (int i = 0; i < n; i += L) {
            at(a, i).mul(x).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void divRight(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(b));
        for (int i = 0; i < n; i += L) {
            at(a, i).div(x).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void maxRight(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(b));
        for (int i = 0; i < n; i += L) {
            at(a, i).max(x).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void minRight(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(b));
        for (int i = 0; i < n; i += L) {
            at(a, i).min(x).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void addLeft(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(a));
        for (int i = 0; i < n; i += L) {
            x.add(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void subLeft(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(a));
        for (int i = 0; i < n; i += L) {
            x.sub(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void mulLeft(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(a));
        for (int i = 0; i < n; i += L) {
            x.mul(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void divLeft(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(a));
        for (int i = 0; i < n; i += L) {
            x.div(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void maxLeft(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(a));
        for (int i = 0; i < n; i += L) {
            x.max(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void minLeft(long a, long b, long c, long o, int n) {
        FloatVector x = FloatVector.broadcast(S, Mem.f32(a));
        for (int i = 0; i < n; i += L) {
            x.min(at(b, i)).intoMemorySegment(ALL, o + 4L * i, ORDER);
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

    /// c ≠ 0 ? a : b; for I32 as well, whose bits are only moved.
    static void select(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            IntVector t = IntVector.fromMemorySegment(SI, ALL, c + 4L * i, ORDER);
            at(b, i).blend(at(a, i), t.compare(VectorOperators.NE, 0).cast(S)).intoMemorySegment(ALL, o + 4L * i,
                    ORDER);
        }
    }

    private static void truth(VectorMask<Float> m, long o, int i) {
        IntVector.zero(SI).blend(1, m.cast(SI)).intoMemorySegment(ALL, o + 4L * i, ORDER);
    }

    private static FloatVector at(long a, int i) {
        return FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
    }
}
