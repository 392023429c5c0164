package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// A product whose a lies by columns, as that of a weight's gradient: each task has a part of c, for which it packs as much of both operands as the
/// second-level cache holds, multiplies, and goes on along p.
final class PanelColumns implements CpuKernel {
    private static final int SIDE = 256;

    private final Kernel.MatMul k;
    private final Micro32Code u;
    private final int threads;
    private final int depth;
    private final int rows;
    private final int columns;
    private final long groupBytes;
    private final long aBytes;
    private final long bBytes;

    PanelColumns(Kernel.MatMul k, Pool pool, Micro32Code u) {
        this.k = k;
        this.u = u;
        threads = pool.threads();
        depth = PanelMatMul.depth(k.k());
        boolean wide = k.n() > k.m();
        int rowParts = Math.max(Math.ceilDiv(k.m(), SIDE), wide ? 1 : 2);
        int columnParts = Math.max(Math.ceilDiv(k.n(), SIDE), wide ? 2 : 1);
        rows = Math.ceilDiv(k.m(), rowParts);
        columns = Math.min(k.n(), Math.ceilDiv(Math.ceilDiv(k.n(), columnParts), u.strip()) * u.strip());
        groupBytes = (long) depth * u.rows() * Float.BYTES + PanelMatMul.GAP;
        aBytes = Mem.align(Math.ceilDiv(rows, u.rows()) * groupBytes);
        bBytes = Mem.align(Gemm.strips(u, columns) * PanelMatMul.stripBytes(u, depth));
    }

    @Override
    public long scratchBytes() {
        return threads * (aBytes + bBytes);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int across = Math.ceilDiv(k.n(), columns);
        Pool.Task task = (t, worker) -> part(
                t / across * rows, t % across * columns, in[0], in[1], out[0], scratch + worker * (aBytes + bBytes));
        int tasks = Math.ceilDiv(k.m(), rows) * across;
        return () -> pool.parallel(tasks, task);
    }

    private void part(int i, int j, long a, long b, long c, long work) {
        int m = Math.min(rows, k.m() - i);
        int n = Math.min(columns, k.n() - j);
        long ldc = (long) k.n() * Float.BYTES;
        long to = c + i * ldc + (long) j * Float.BYTES;
        long packed = work + bBytes;
        for (int p = 0; p < k.k(); p += depth) {
            int d = Math.min(depth, k.k() - p);
            packB(d, n, b + p * ldc + (long) j * Float.BYTES, work);
            packA(d, i, m, a + ((long) p * k.m() + i) * Float.BYTES, packed);
            PanelMatMul.multiply(
                    u, true, m, n, d, packed, groupBytes, work, PanelMatMul.stripBytes(u, depth), to, ldc, p > 0);
        }
    }

    private void packB(int d, int n, long from, long to) {
        long row = (long) k.n() * Float.BYTES;
        long step = PanelMatMul.stripBytes(u, depth);
        int whole = n / u.strip();
        if (whole > 0) {
            u.packStrips(from, row, whole, to, step, d);
        }
        if (whole * u.strip() < n) {
            long j = (long) whole * u.strip() * Float.BYTES;
            u.pack(from + j, row, Float.BYTES, d, n - whole * u.strip(), to + whole * step);
        }
    }

    /// Groups of rows of c, which are columns of what is read. Whole vectors are read where they do not pass the end of the matrix's row.
    private void packA(int d, int i, int m, long from, long to) {
        long row = (long) k.m() * Float.BYTES;
        int groups = Math.ceilDiv(m, u.rows());
        int whole = Math.clamp(Math.floorDiv(k.m() - i - u.strip() / 2, u.rows()) + 1L, 0, groups);
        if (whole > 0) {
            u.packGroups(from, row, whole, to, groupBytes, d);
        }
        for (int g = whole; g < groups; g++) {
            int n = Math.min(u.rows(), m - g * u.rows());
            long at = to + g * groupBytes;
            long f = from + (long) g * u.rows() * Float.BYTES;
            for (int p = 0; p < d; p++) {
                for (int r = 0; r < n; r++) {
                    Mem.i32(at + (long) r * Float.BYTES, Mem.i32(f + (long) r * Float.BYTES));
                }
                f += row;
                at += (long) u.rows() * Float.BYTES;
            }
        }
    }
}
