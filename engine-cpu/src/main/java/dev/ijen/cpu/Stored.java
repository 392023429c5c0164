package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.ijen.tensor.DType;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Between element types as they lie in memory and their compute types.
final class Stored {
    private static final VectorSpecies<Integer> S = F32Math.ints();
    private static final int L = S.length();
    private static final VectorSpecies<Short> HALF = VectorSpecies.of(short.class, VectorShape.forBitSize(L * 16));
    /// Null where four bytes to a vector are fewer than the smallest vector there is.
    private static final VectorSpecies<Byte> QUARTER = L < 8 ? null
            : VectorSpecies.of(byte.class, VectorShape.forBitSize(L * 8));

    static final Cold COLD_U8 = new Cold(20);

    private static final float UP = 0x1p112f;

    private Stored() {}

    /// From memory (address a) to the compute type, or null where they are the same.
    static Fn widen(DType stored) {
        return switch (stored) {
            case F32, F64, I32, I64 -> null;
            case F16 -> Stored::widenF16;
            case BF16 -> Stored::widenBf16;
            case I8 -> QUARTER == null ? Stored::widenEachI8 : Stored::widenI8;
            case U8, BOOL -> QUARTER == null ? Stored::widenEachU8 : Stored::widenU8;
        };
    }

    /// From the compute type to memory (address out), or null where they are the same.
    static Fn narrow(DType stored) {
        return switch (stored) {
            case F32, F64, I32, I64 -> null;
            case F16 -> Stored::narrowF16;
            case BF16 -> Stored::narrowBf16;
            case I8, U8 -> QUARTER == null ? Stored::narrowEach8 : Stored::narrow8;
            case BOOL -> Stored::narrowBool;
        };
    }

    /// The value a stored one stands for, within the compute type; null where all are.
    static Fn round(DType stored) {
        return switch (stored) {
            case F32, F64, I32, I64 -> null;
            case F16 -> Stored::roundF16;
            case BF16 -> Stored::roundBf16;
            case I8 -> Stored::wrapI8;
            case U8 -> Stored::wrapU8;
            case BOOL -> Stored::truth;
        };
    }

    private static void widenF16(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            ShortVector s = ShortVector.fromMemorySegment(HALF, ALL, a + 2L * i, ORDER);
            IntVector h = (IntVector) s.convertShape(VectorOperators.ZERO_EXTEND_S2I, S, 0);
            IntVector m = h.and(0x7fff).lanewise(LSHL, 13);
            // the product moves the exponent and makes subnormal halves normal floats
            IntVector v = m.reinterpretAsFloats().mul(UP).reinterpretAsInts();
            v = v.blend(m.or(0x7f800000), m.compare(GE, 0x0f800000));
            v.or(h.and(0x8000).lanewise(LSHL, 16)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void narrowF16(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            IntVector f = at(a, i);
            IntVector u = f.and(0x7fffffff);
            // to nearest even by adding half a last place less one, and one more where the last place is odd
            IntVector h = u.add(u.lanewise(LSHR, 13).and(1)).sub(0x37fff001).lanewise(LSHR, 13);
            // adding ½ lets the float addition round at a subnormal half's last place
            IntVector small = u.reinterpretAsFloats().add(0.5f).reinterpretAsInts().sub(0x3f000000);
            h = h.blend(small, u.compare(LT, 0x38800000)).blend(0x7c00, u.compare(GE, 0x47800000));
            h = h.blend(0x7e00, u.compare(GT, 0x7f800000)).or(f.lanewise(LSHR, 16).and(0x8000));
            ((ShortVector) h.convertShape(VectorOperators.I2S, HALF, 0)).intoMemorySegment(ALL, o + 2L * i, ORDER);
        }
    }

    private static void widenBf16(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            ShortVector s = ShortVector.fromMemorySegment(HALF, ALL, a + 2L * i, ORDER);
            IntVector h = (IntVector) s.convertShape(VectorOperators.ZERO_EXTEND_S2I, S, 0);
            h.lanewise(LSHL, 16).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void narrowBf16(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            IntVector f = at(a, i);
            IntVector high = f.lanewise(LSHR, 16);
            IntVector r = f.add(high.and(1)).add(0x7fff).lanewise(LSHR, 16);
            r = r.blend(high.or(0x40), f.and(0x7fffffff).compare(GT, 0x7f800000));
            ((ShortVector) r.convertShape(VectorOperators.I2S, HALF, 0)).intoMemorySegment(ALL, o + 2L * i, ORDER);
        }
    }

    private static void roundF16(long a, long b, long c, long o, int n) {
        narrowF16(a, b, c, c, n);
        widenF16(c, b, c, o, n);
    }

    private static void roundBf16(long a, long b, long c, long o, int n) {
        narrowBf16(a, b, c, c, n);
        widenBf16(c, b, c, o, n);
    }

    private static void widenI8(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            ((IntVector) bytes(a, i).convertShape(VectorOperators.B2I, S, 0)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void widenU8(long a, long b, long c, long o, int n) {
        if (COLD_U8.over()) {
            vectorsU8(a, o, n);
            return;
        }
        int done = 0;
        if (COLD_U8.part()) {
            done = Math.min(n, 2 * L);
            long begun = System.nanoTime();
            vectorsU8(a, o, done);
            COLD_U8.end(begun, 2);
        }
        widenEachU8(a + done, b, c, o + 4L * done, n - done);
    }

    private static void vectorsU8(long a, long o, int n) {
        for (int i = 0; i < n; i += L) {
            ((IntVector) bytes(a, i).convertShape(VectorOperators.ZERO_EXTEND_B2I, S, 0))
                    .intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void narrow8(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            ((ByteVector) at(a, i).convertShape(VectorOperators.I2B, QUARTER, 0)).intoMemorySegment(ALL, o + i, ORDER);
        }
    }

    private static void widenEachI8(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(o + 4L * i, Mem.i8(a + i));
        }
    }

    private static void widenEachU8(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(o + 4L * i, Mem.i8(a + i) & 0xff);
        }
    }

    private static void narrowEach8(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i8(o + i, (byte) Mem.i32(a + 4L * i));
        }
    }

    private static void narrowBool(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i8(o + i, (byte) (Mem.i32(a + 4L * i) != 0 ? 1 : 0));
        }
    }

    private static void wrapI8(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).lanewise(LSHL, 24).lanewise(VectorOperators.ASHR, 24).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void wrapU8(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            at(a, i).and(0xff).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void truth(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            IntVector.zero(S).blend(1, at(a, i).compare(VectorOperators.NE, 0)).intoMemorySegment(ALL, o + 4L * i,
                    ORDER);
        }
    }

    private static IntVector at(long a, int i) {
        return IntVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
    }

    private static ByteVector bytes(long a, int i) {
        return ByteVector.fromMemorySegment(QUARTER, ALL, a + i, ORDER);
    }
}
