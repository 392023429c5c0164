package dev.ijen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// [Micro] for 32-bit floating point. The kernels stay this small on purpose: in larger ones the compiler reaches its
/// limits for inlining, and then puts vectors into objects (8 × 2 accumulators: nine of them a call) or stays slow in
/// some launches of the JVM.
final class Micro32 implements Micro {
    static final Micro32 INSTANCE = new Micro32();

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long V = S.vectorByteSize();
    private static final int STRIP = 2 * S.length();

    /// Masked loads are instructions on x86-64 with vectors of 256 bits or more, and slow code elsewhere.
    static final boolean MASKED = S.vectorBitSize() >= 256;

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
        return 4;
    }

    @Override
    public void full(
            int rows, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c, long ldc) {
        if (rows == 1) {
            full1(a, acs, b, brs, k, from, c);
        } else {
            full4(a, ars, acs, b, brs, k, from, fs, c, ldc);
        }
    }

    @Override
    public void four(long a, long acs, long b, long step, long brs, int k, long from, long fs, long c, long cs) {
        var c0 = load(from);
        var c1 = load(from + V);
        var c2 = load(from + fs);
        var c3 = load(from + fs + V);
        var c4 = load(from + 2 * fs);
        var c5 = load(from + 2 * fs + V);
        var c6 = load(from + 3 * fs);
        var c7 = load(from + 3 * fs + V);
        for (int p = 0; p < k; p++) {
            var x = splat(a);
            c0 = x.fma(load(b), c0);
            c1 = x.fma(load(b + V), c1);
            c2 = x.fma(load(b + step), c2);
            c3 = x.fma(load(b + step + V), c3);
            c4 = x.fma(load(b + 2 * step), c4);
            c5 = x.fma(load(b + 2 * step + V), c5);
            c6 = x.fma(load(b + 3 * step), c6);
            c7 = x.fma(load(b + 3 * step + V), c7);
            a += acs;
            b += brs;
        }
        put(c0, c);
        put(c1, c + V);
        put(c2, c + cs);
        put(c3, c + cs + V);
        put(c4, c + 2 * cs);
        put(c5, c + 2 * cs + V);
        put(c6, c + 3 * cs);
        put(c7, c + 3 * cs + V);
    }

    @Override
    public void part(
            int rows, int n, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c,
            long ldc) {
        for (int j = 0; j < n; j += S.length()) {
            int nj = Math.min(S.length(), n - j);
            long at = j == 0 ? 0 : V;
            if (!MASKED) {
                each(rows, nj, a, ars, acs, b + at, brs, k, from + at, fs, c + at, ldc);
            } else if (rows == 1) {
                part1(nj, a, acs, b + at, brs, k, from + at, c + at);
            } else {
                part4(nj, a, ars, acs, b + at, brs, k, from + at, fs, c + at, ldc);
            }
        }
    }

    @Override
    public void pack(long from, long rs, long cs, int k, int n, long to) {
        if (n == STRIP && cs == Float.BYTES) {
            for (int p = 0; p < k; p++) {
                put(load(from), to);
                put(load(from + V), to + V);
                from += rs;
                to += 2 * V;
            }
            return;
        }
        columns(from, rs, cs, k, n, to, 2 * V);
    }

    /// The same, column by column, to rows that are `row` bytes apart.
    static void columns(long from, long rs, long cs, int k, int n, long to, long row) {
        int j = 0;
        for (; j + 4 <= n; j += 4) {
            pack4(from + j * cs, rs, cs, k, to + (long) j * Float.BYTES, row);
        }
        for (; j < n; j++) {
            pack1(from + j * cs, rs, k, to + (long) j * Float.BYTES, row);
        }
    }

    private static void pack4(long from, long rs, long cs, int k, long to, long row) {
        for (int p = 0; p < k; p++) {
            Mem.f32(to, Mem.f32(from));
            Mem.f32(to + 4, Mem.f32(from + cs));
            Mem.f32(to + 8, Mem.f32(from + 2 * cs));
            Mem.f32(to + 12, Mem.f32(from + 3 * cs));
            from += rs;
            to += row;
        }
    }

    private static void pack1(long from, long rs, int k, long to, long row) {
        for (int p = 0; p < k; p++) {
            Mem.f32(to, Mem.f32(from));
            from += rs;
            to += row;
        }
    }

    private static void full4(
            long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c, long ldc) {
        var c00 = load(from);
        var c01 = load(from + V);
        var c10 = load(from + fs);
        var c11 = load(from + fs + V);
        var c20 = load(from + 2 * fs);
        var c21 = load(from + 2 * fs + V);
        var c30 = load(from + 3 * fs);
        var c31 = load(from + 3 * fs + V);
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
        put(c00, c);
        put(c01, c + V);
        put(c10, c + ldc);
        put(c11, c + ldc + V);
        put(c20, c + 2 * ldc);
        put(c21, c + 2 * ldc + V);
        put(c30, c + 3 * ldc);
        put(c31, c + 3 * ldc + V);
    }

    private static void full1(long a, long acs, long b, long brs, int k, long from, long c) {
        var c00 = load(from);
        var c01 = load(from + V);
        for (int p = 0; p < k; p++) {
            var b0 = load(b);
            var b1 = load(b + V);
            var a0 = splat(a);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            a += acs;
            b += brs;
        }
        put(c00, c);
        put(c01, c + V);
    }

    private static void part4(
            int n, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c, long ldc) {
        var m = S.indexInRange(0, n);
        var c0 = load(from, m);
        var c1 = load(from + fs, m);
        var c2 = load(from + 2 * fs, m);
        var c3 = load(from + 3 * fs, m);
        for (int p = 0; p < k; p++) {
            var row = load(b, m);
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
        put(c0, c, m);
        put(c1, c + ldc, m);
        put(c2, c + 2 * ldc, m);
        put(c3, c + 3 * ldc, m);
    }

    private static void part1(int n, long a, long acs, long b, long brs, int k, long from, long c) {
        var m = S.indexInRange(0, n);
        var c0 = load(from, m);
        for (int p = 0; p < k; p++) {
            var row = load(b, m);
            var a0 = splat(a);
            c0 = a0.fma(row, c0);
            a += acs;
            b += brs;
        }
        put(c0, c, m);
    }

    /// [#part] element by element.
    private static void each(
            int rows, int n, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c,
            long ldc) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < 4 * n; j += 4) {
                float v = Mem.f32(from + i * fs + j);
                for (int p = 0; p < k; p++) {
                    v = Math.fma(Mem.f32(a + i * ars + p * acs), Mem.f32(b + p * brs + j), v);
                }
                Mem.f32(c + i * ldc + j, v);
            }
        }
    }

    private static FloatVector load(long at) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, at, Mem.ORDER);
    }

    private static FloatVector load(long at, VectorMask<Float> m) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, at, Mem.ORDER, m);
    }

    private static FloatVector splat(long at) {
        return FloatVector.broadcast(S, Mem.f32(at));
    }

    private static void put(FloatVector v, long at) {
        v.intoMemorySegment(Mem.ALL, at, Mem.ORDER);
    }

    private static void put(FloatVector v, long at, VectorMask<Float> m) {
        v.intoMemorySegment(Mem.ALL, at, Mem.ORDER, m);
    }
}
