package dev.ijen.cpu;

import java.lang.foreign.Arena;

/// Blocked matrix product on one thread, over a b that lies in strips of [Micro#strip] columns.
final class Gemm {
    /// Rows of b that are taken at once: a strip of them stays in the first-level cache.
    private static final int DEPTH = 256;

    /// A strip's row of zeros.
    private static final long ZEROS = Arena.global().allocate(512, 64).address();

    private Gemm() {}

    /// Bytes of `n` columns and `k` rows of b in packed strips.
    static long packedBytes(Micro u, int n, int k) {
        return (long) strips(u, n) * k * u.strip() * u.bytes();
    }

    /// Bytes [#run] needs at `tile`.
    static long tileBytes(Micro u) {
        return (long) u.rows() * u.strip() * u.bytes();
    }

    static int strips(Micro u, int n) {
        return (n + u.strip() - 1) / u.strip();
    }

    /// Packs strip `s` of b, whose element (p, j) lies at `b + p · rs + j · cs`, to `packed + s · strip bytes`.
    static void packStrip(Micro u, int s, int n, int k, long b, long rs, long cs, long packed) {
        int j = s * u.strip();
        u.pack(b + j * cs, rs, cs, k, Math.min(u.strip(), n - j), packed + s * packedBytes(u, u.strip(), k));
    }

    /// c [m, n] = a · b, or c += a · b. Element (i, p) of a lies at `a + i · ars + p · acs`. Strip s of b begins at
    /// `b + s · step` and its rows are `brs` apart; if the last one is not full, it begins at `edge` and its rows are a strip
    /// apart.
    static void run(
            Micro u, int m, int n, int k, long a, long ars, long acs, long b, long step, long brs, long edge, long c,
            long ldc, boolean add, long tile) {
        int strip = u.strip();
        long packedRow = (long) strip * u.bytes();
        for (int p = 0; p < k; p += DEPTH) {
            int depth = Math.min(DEPTH, k - p);
            long ap = a + p * acs;
            boolean more = add || p > 0;
            for (int j = 0, s = 0; j < n; j += strip, s++) {
                int nr = Math.min(strip, n - j);
                long cj = c + (long) j * u.bytes();
                if (nr == strip) {
                    full(u, m, depth, ap, ars, acs, b + s * step + p * brs, brs, cj, ldc, more);
                } else {
                    part(u, m, nr, depth, ap, ars, acs, edge + p * packedRow, packedRow, cj, ldc, more, tile);
                }
            }
        }
    }

    private static void full(
            Micro u, int m, int k, long a, long ars, long acs, long b, long brs, long c, long ldc, boolean add) {
        int rows = u.rows();
        long fs = add ? ldc : 0;
        for (int i = 0; i < m; ) {
            int r = i + rows <= m ? rows : 1;
            long ci = c + i * ldc;
            u.wide(r, a + i * ars, ars, acs, b, brs, k, add ? ci : ZEROS, fs, ci, ldc);
            i += r;
        }
    }

    private static void part(
            Micro u, int m, int n, int k, long a, long ars, long acs, long b, long brs, long c, long ldc, boolean add,
            long tile) {
        int rows = u.rows();
        boolean narrow = 2 * n <= u.strip();
        long fs = add ? brs : 0;
        for (int i = 0; i < m; ) {
            int r = i + rows <= m ? rows : 1;
            long ai = a + i * ars;
            long from = ZEROS;
            if (add) {
                u.copy(c + i * ldc, ldc, tile, brs, r, n);
                from = tile;
            }
            if (narrow) {
                u.narrow(r, ai, ars, acs, b, brs, k, from, fs, tile, brs);
            } else {
                u.wide(r, ai, ars, acs, b, brs, k, from, fs, tile, brs);
            }
            u.copy(tile, brs, c + i * ldc, ldc, r, n);
            i += r;
        }
    }
}
