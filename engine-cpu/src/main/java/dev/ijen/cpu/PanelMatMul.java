package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// A large matrix product of floats in machine code of our own: both operands are read as rows of whole cache lines, b from strips that lie one after
/// the other, and each strip's part that is in use stays in the nearest cache.
///
/// Every sum is a chain in the order of p, as in [JavaMatMul]: the same bits, however the product is cut.
final class PanelMatMul {
    /// Numbers of a strip's column that are taken at once.
    static final int DEPTH = 256;
    /// Bytes between strips: without a gap, and with strips of a power of two, what is read next would have the low address bits of what was
    /// just written, and the processor waits there as if it were the same.
    static final int GAP = 64;
    /// Rows, columns and depth from which packing pays.
    private static final int LEAST = 64;
    /// Rows for which packing all of b pays: an MLP's training step of batch 64 takes 3 % longer with it.
    private static final int ROWS = 128;
    /// The same of k where c is written once only then: 784 × 512 × 64 with a by columns is faster in a library.
    private static final int DEEP = 256;
    /// Most bytes of a packed b; not measured beyond.
    private static final long MOST = 2 << 20;

    private PanelMatMul() {}

    /// True if it is likely to be faster than a library.
    static boolean suits(Kernel.MatMul k) {
        boolean large = k.batch() == 1 && k.m() >= LEAST && k.n() >= LEAST && k.k() >= LEAST;
        return large && (k.ta() ? !k.tb() && k.k() >= DEEP : k.m() >= ROWS && 4L * k.n() * k.k() <= MOST);
    }

    /// For a product that it suits.
    static CpuKernel of(Kernel.MatMul k, Pool pool, Micro32Code u) {
        return k.ta() ? new PanelColumns(k, pool, u) : new PanelRows(k, u);
    }

    /// Depth of the parts that k is cut into, nearly alike.
    static int depth(int k) {
        return Math.ceilDiv(k, Math.ceilDiv(k, DEPTH));
    }

    /// Bytes from strip to strip of `k` rows.
    static long stripBytes(Micro32Code u, int k) {
        return Gemm.stripBytes(u, k) + GAP;
    }

    /// c [m, n] = a · b or, to what is there, c += a · b, by strips of b that lie `step` bytes apart.
    ///
    /// @param together true if a lies in packed groups, `ars` bytes apart; else its rows are
    static void multiply(
            Micro32Code u, boolean together, int m, int n, int k, long a, long ars, long b, long step, long c, long ldc,
            boolean add) {
        int rows = u.rows();
        int groups = m / rows;
        if (groups > 0 && m % rows != 0 && m % rows <= 2) {
            groups--; // two tiles of about four rows keep the processor busy, one of two does not
        }
        long fs = add ? ldc : 0;
        for (int j = 0; j < n; j += u.strip(), b += step, c += (long) u.strip() * Float.BYTES) {
            int nj = Math.min(u.strip(), n - j);
            int i = nj == u.strip() ? groups * rows : 0;
            if (i > 0) {
                u.panel(together, groups, a, ars, b, k, add ? c : Gemm.ZEROS, fs, c, ldc);
            }
            while (i < m) {
                int r = Math.min(together ? rows - i % rows : rows, m - i);
                r = m - i > rows && m - i <= rows + 2 ? Math.min(r, 4) : r;
                long ai = together ? a + i / rows * ars + (long) i % rows * Float.BYTES : a + i * ars;
                long from = add ? c + i * ldc : Gemm.ZEROS;
                long row = together ? Float.BYTES : ars;
                long column = together ? (long) rows * Float.BYTES : Float.BYTES;
                long bytes = Gemm.stripBytes(u, 1);
                if (nj == u.strip()) {
                    u.full(r, ai, row, column, b, bytes, k, from, fs, c + i * ldc, ldc);
                } else {
                    u.part(r, nj, ai, row, column, b, bytes, k, from, fs, c + i * ldc, ldc);
                }
                i += r;
            }
        }
    }
}
