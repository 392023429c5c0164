package dev.ijen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// [Micro] for 32-bit floating point. The kernels stay this small on purpose: larger unrolled ones run out of the virtual registers
/// of the client compiler and then stay slow in some launches of the JVM.
final class Micro32 implements Micro {
    static final Micro32 INSTANCE = new Micro32();

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long V = S.vectorByteSize();
    private static final int STRIP = 2 * S.length();

    /// 8 × 2 accumulators need more than the 16 vector registers of AVX2.
    private static final int ROWS = S.vectorBitSize() == 256 ? 4 : 8;

    private Micro32() {}

    @Override
    public int bytes() {
        return Float.BYTES;
    }

    @Override
    public int strip() {
        return STRIP;
    }

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public void wide(int rows, long a, long ars, long acs, long b, long brs, int k, long c, long ldc, boolean add) {
        if (rows == 1) {
            wide1(a, acs, b, brs, k, c, add);
        } else if (rows == 8) {
            wide8(a, ars, acs, b, brs, k, c, ldc, add);
        } else {
            wide4(a, ars, acs, b, brs, k, c, ldc, add);
        }
    }

    @Override
    public void narrow(int rows, long a, long ars, long acs, long b, long brs, int k, long c, long ldc, boolean add) {
        if (rows == 1) {
            narrow1(a, acs, b, brs, k, c, add);
            return;
        }
        for (int i = 0; i < rows; i += 4) {
            narrow4(a + i * ars, ars, acs, b, brs, k, c + i * ldc, ldc, add);
        }
    }

    @Override
    public void pack(long from, long rs, long cs, int k, int n, long to) {
        if (n == STRIP && cs == Float.BYTES) {
            for (int p = 0; p < k; p++) {
                put(load(from), to, false);
                put(load(from + V), to + V, false);
                from += rs;
                to += 2 * V;
            }
            return;
        }
        int j = 0;
        for (; j + 4 <= n; j += 4) {
            pack4(from + j * cs, rs, cs, k, to + j * Float.BYTES);
        }
        for (; j < STRIP; j++) {
            pack1(from + j * cs, rs, k, j < n, to + j * Float.BYTES);
        }
    }

    private static void pack4(long from, long rs, long cs, int k, long to) {
        for (int p = 0; p < k; p++) {
            Mem.f32(to, Mem.f32(from));
            Mem.f32(to + 4, Mem.f32(from + cs));
            Mem.f32(to + 8, Mem.f32(from + 2 * cs));
            Mem.f32(to + 12, Mem.f32(from + 3 * cs));
            from += rs;
            to += 2 * V;
        }
    }

    private static void pack1(long from, long rs, int k, boolean data, long to) {
        for (int p = 0; p < k; p++) {
            Mem.f32(to, data ? Mem.f32(from) : 0);
            from += rs;
            to += 2 * V;
        }
    }

    @Override
    public void flush(long tile, int rows, int n, long c, long ldc, boolean add) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < n; j++) {
                long at = c + i * ldc + 4L * j;
                float v = Mem.f32(tile + 2 * V * i + 4L * j);
                Mem.f32(at, add ? Mem.f32(at) + v : v);
            }
        }
    }

    private static void wide8(
            long a, long ars, long acs, long b, long brs, int k, long c, long ldc, boolean add) {
        var c00 = FloatVector.zero(S);
        var c01 = FloatVector.zero(S);
        var c10 = FloatVector.zero(S);
        var c11 = FloatVector.zero(S);
        var c20 = FloatVector.zero(S);
        var c21 = FloatVector.zero(S);
        var c30 = FloatVector.zero(S);
        var c31 = FloatVector.zero(S);
        var c40 = FloatVector.zero(S);
        var c41 = FloatVector.zero(S);
        var c50 = FloatVector.zero(S);
        var c51 = FloatVector.zero(S);
        var c60 = FloatVector.zero(S);
        var c61 = FloatVector.zero(S);
        var c70 = FloatVector.zero(S);
        var c71 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            var b0 = load(b);
            var b1 = load(b + V);
            var a0 = splat(a);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            var a1 = splat(a + ars);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            var a2 = splat(a + 2 * ars);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            var a3 = splat(a + 3 * ars);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            var a4 = splat(a + 4 * ars);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            var a5 = splat(a + 5 * ars);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
            var a6 = splat(a + 6 * ars);
            c60 = a6.fma(b0, c60);
            c61 = a6.fma(b1, c61);
            var a7 = splat(a + 7 * ars);
            c70 = a7.fma(b0, c70);
            c71 = a7.fma(b1, c71);
            a += acs;
            b += brs;
        }
        put(c00, c, add);
        put(c01, c + V, add);
        put(c10, c + ldc, add);
        put(c11, c + ldc + V, add);
        put(c20, c + 2 * ldc, add);
        put(c21, c + 2 * ldc + V, add);
        put(c30, c + 3 * ldc, add);
        put(c31, c + 3 * ldc + V, add);
        put(c40, c + 4 * ldc, add);
        put(c41, c + 4 * ldc + V, add);
        put(c50, c + 5 * ldc, add);
        put(c51, c + 5 * ldc + V, add);
        put(c60, c + 6 * ldc, add);
        put(c61, c + 6 * ldc + V, add);
        put(c70, c + 7 * ldc, add);
        put(c71, c + 7 * ldc + V, add);
    }

    private static void wide4(
            long a, long ars, long acs, long b, long brs, int k, long c, long ldc, boolean add) {
        var c00 = FloatVector.zero(S);
        var c01 = FloatVector.zero(S);
        var c10 = FloatVector.zero(S);
        var c11 = FloatVector.zero(S);
        var c20 = FloatVector.zero(S);
        var c21 = FloatVector.zero(S);
        var c30 = FloatVector.zero(S);
        var c31 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            var b0 = load(b);
            var b1 = load(b + V);
            var a0 = splat(a);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            var a1 = splat(a + ars);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            var a2 = splat(a + 2 * ars);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            var a3 = splat(a + 3 * ars);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            a += acs;
            b += brs;
        }
        put(c00, c, add);
        put(c01, c + V, add);
        put(c10, c + ldc, add);
        put(c11, c + ldc + V, add);
        put(c20, c + 2 * ldc, add);
        put(c21, c + 2 * ldc + V, add);
        put(c30, c + 3 * ldc, add);
        put(c31, c + 3 * ldc + V, add);
    }

    private static void wide1(long a, long acs, long b, long brs, int k, long c, boolean add) {
        var c00 = FloatVector.zero(S);
        var c01 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            var b0 = load(b);
            var b1 = load(b + V);
            var a0 = splat(a);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            a += acs;
            b += brs;
        }
        put(c00, c, add);
        put(c01, c + V, add);
    }

    private static void narrow4(
            long a, long ars, long acs, long b, long brs, int k, long c, long ldc, boolean add) {
        var c0 = FloatVector.zero(S);
        var c1 = FloatVector.zero(S);
        var c2 = FloatVector.zero(S);
        var c3 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            var row = load(b);
            var a0 = splat(a);
            c0 = a0.fma(row, c0);
            var a1 = splat(a + ars);
            c1 = a1.fma(row, c1);
            var a2 = splat(a + 2 * ars);
            c2 = a2.fma(row, c2);
            var a3 = splat(a + 3 * ars);
            c3 = a3.fma(row, c3);
            a += acs;
            b += brs;
        }
        put(c0, c, add);
        put(c1, c + ldc, add);
        put(c2, c + 2 * ldc, add);
        put(c3, c + 3 * ldc, add);
    }

    private static void narrow1(long a, long acs, long b, long brs, int k, long c, boolean add) {
        var c0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            var row = load(b);
            var a0 = splat(a);
            c0 = a0.fma(row, c0);
            a += acs;
            b += brs;
        }
        put(c0, c, add);
    }

    private static FloatVector load(long at) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, at, Mem.ORDER);
    }

    private static FloatVector splat(long at) {
        return FloatVector.broadcast(S, Mem.f32(at));
    }

    private static void put(FloatVector v, long at, boolean add) {
        (add ? load(at).add(v) : v).intoMemorySegment(Mem.ALL, at, Mem.ORDER);
    }
}
