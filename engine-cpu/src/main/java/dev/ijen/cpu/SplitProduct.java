package dev.ijen.cpu;

import dev.ijen.cpu.x86.Split;

/// Product of dense matrices by [Split], on one thread: c [m, n] = a · b or c += a · b.
///
/// @param ta whether a lies as [k, m]
/// @param tb whether b lies as [n, k]
record SplitProduct(SplitCode code, int m, int n, int k, boolean ta, boolean tb) {
    /// Rows of a that are packed at once.
    private static final int ROWS = 64;

    private int depth() {
        return SplitMatMul.depth(k);
    }

    private long group() {
        return SplitCode.groupBytes(depth());
    }

    /// Bytes of a part of b along the sum.
    private long partBytes() {
        return Mem.align(2L * SplitMatMul.blocks(n) * group());
    }

    /// Bytes of all of b, packed.
    long packedBytes() {
        return Math.ceilDiv(k, depth()) * partBytes();
    }

    /// Bytes to work with.
    long workBytes() {
        return SplitCode.EDGE + SplitCode.FOUND + partBytes() + Mem.align(ROWS / Split.GROUP * group());
    }

    /// Packs all of b.
    void pack(long b, long to, long work) {
        for (int p = 0; p < k; p += depth()) {
            pack(p, b, to + p / depth() * partBytes(), work);
        }
    }

    private void pack(int p, long b, long to, long work) {
        long along = (long) Float.BYTES * (tb ? 1 : n);
        long apart = (long) Float.BYTES * (tb ? k : n);
        code.pack(tb, tb, b + p * along, apart, n, Math.min(depth(), k - p), to, group(), work, work + SplitCode.EDGE);
    }

    /// @param adds true for c += a · b
    void run(boolean adds, long a, long b, long c, long work) {
        long packed = work + SplitCode.EDGE + SplitCode.FOUND;
        for (int p = 0; p < k; p += depth()) {
            pack(p, b, packed, work);
            part(p, adds, a, packed, c, work);
        }
    }

    /// The same with a packed b.
    void runPacked(boolean adds, long a, long b, long c, long work) {
        for (int p = 0; p < k; p += depth()) {
            part(p, adds, a, b + p / depth() * partBytes(), c, work);
        }
    }

    private void part(int p, boolean adds, long a, long b, long c, long work) {
        long packed = work + SplitCode.EDGE + SplitCode.FOUND + partBytes();
        long row = (long) Float.BYTES * (ta ? 1 : k);
        long along = (long) Float.BYTES * (ta ? m : 1);
        long ldc = (long) Float.BYTES * n;
        int d = Math.min(depth(), k - p);
        for (int i = 0; i < m; i += ROWS) {
            int rows = Math.min(ROWS, m - i);
            code.pack(!ta, ta, a + p * along + i * row, ta ? along : row, rows, d, packed, group(), work,
                    work + SplitCode.EDGE);
            code.product(adds || p > 0, rows, n, SplitCode.steps(d), packed, group(), b, c + i * ldc, ldc, work);
        }
    }
}
