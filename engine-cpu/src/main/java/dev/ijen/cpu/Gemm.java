package dev.ijen.cpu;

import java.lang.foreign.Arena;

/// Blocked matrix product on one thread, over a b that lies in strips of [Micro#strip] columns.
final class Gemm {
    /// Rows of b that are taken at once: a strip of them stays in the first-level cache.
    static final int DEPTH = 256;

    /// A strip's row of zeros.
    static final long ZEROS = Arena.global().allocate(512, 64).address();

    private Gemm() {}

    /// Bytes of a packed strip of `k` rows.
    static long stripBytes(Micro u, int k) {
        return (long) k * u.strip() * u.bytes();
    }

    static int strips(Micro u, int n) {
        return Math.ceilDiv(n, u.strip());
    }

    /// Packs strip `s` of b, whose element (p, j) lies at `b + p · rs + j · cs`, to its place behind `packed`.
    static void packStrip(Micro u, int s, int n, int k, long b, long rs, long cs, long packed) {
        int j = s * u.strip();
        u.pack(b + j * cs, rs, cs, k, Math.min(u.strip(), n - j), packed + s * stripBytes(u, k));
    }

    /// c [m, n] = a · b, or c += a · b. Element (i, p) of a lies at `a + i · ars + p · acs`. Strip s of b begins at
    /// `b + s · step` and its rows are `brs` apart.
    ///
    /// @param panel [#panelBytes] of scratch memory to bring a column-major a together in, or 0 to take it as it is
    static void run(
            Micro u, int m, int n, int k, long a, long ars, long acs, long b, long step, long brs, long c, long ldc,
            boolean add, long panel) {
        int strip = u.strip();
        int whole = panel == 0 ? 0 : m / u.rows() * u.rows();
        for (int p = 0; p < k; p += DEPTH) {
            int depth = Math.min(DEPTH, k - p);
            long ap = a + p * acs;
            boolean more = add || p > 0;
            for (int i = 0; i < whole; i += u.rows()) {
                gather(ap + i * ars, acs, depth, u.rows() * u.bytes(), panel + (long) i * depth * u.bytes());
            }
            for (int j = 0, s = 0; j < n; j += strip, s++) {
                int nj = Math.min(strip, n - j);
                long bs = b + s * step + p * brs;
                long cj = c + (long) j * u.bytes();
                strip(u, whole, nj, depth, panel, u.bytes(), (long) u.rows() * u.bytes(), (long) depth * u.bytes(), bs,
                        brs, cj, ldc, more);
                long rest = whole * ars;
                strip(u, m - whole, nj, depth, ap + rest, ars, acs, ars, bs, brs, cj + whole * ldc, ldc, more);
            }
        }
    }

    /// c [m, n] = a · b for rows i0 to i0 + m, i0 a multiple of [Micro#rows], of an a that [#panels] has packed.
    static void packed(
            Micro u, int i0, int m, int n, int k, long a, long all, long b, long step, long brs, long c, long ldc) {
        int strip = u.strip();
        for (int p = 0; p < k; p += DEPTH) {
            int depth = Math.min(DEPTH, k - p);
            long ap = a + p * all + (long) i0 * depth * u.bytes();
            for (int j = 0, s = 0; j < n; j += strip, s++) {
                strip(u, m, Math.min(strip, n - j), depth, ap, u.bytes(), (long) u.rows() * u.bytes(),
                        (long) depth * u.bytes(), b + s * step + p * brs, brs, c + (long) j * u.bytes(), ldc, p > 0);
            }
        }
    }

    /// Bytes of a packed column of a column-major a with m rows.
    static long columnBytes(Micro u, int m) {
        return (long) Math.ceilDiv(m, u.rows()) * u.rows() * u.bytes();
    }

    /// Packs columns p to p + depth, at most [#DEPTH], of a column-major a [m, k] to their place behind `packed`: [Micro#rows] rows of all of them, then
    /// the next rows. Columns are read whole, one after the other.
    static void panels(Micro u, int m, int p, int depth, long a, long packed) {
        long column = (long) m * u.bytes();
        long bytes = (long) u.rows() * u.bytes();
        long from = a + p * column;
        long block = packed + p * columnBytes(u, m);
        for (int q = 0; q < depth; q++) {
            long to = block + q * bytes;
            long i = 0;
            for (; i <= column - bytes; i += bytes) {
                for (long x = 0; x < bytes; x += 8) {
                    Mem.i64(to + x, Mem.i64(from + i + x));
                }
                to += depth * bytes;
            }
            for (long x = 0; i + x < column; x += 4) {
                Mem.i32(to + x, Mem.i32(from + i + x));
            }
            from += column;
        }
    }

    /// Bytes [#run] needs at `panel`.
    static long panelBytes(Micro u, int m) {
        return (long) m * DEPTH * u.bytes();
    }

    /// Copies the beginnings, `bytes` long, of `n` rows.
    private static void gather(long from, long step, int n, int bytes, long to) {
        for (int p = 0; p < n; p++) {
            for (int i = 0; i < bytes; i += 8) {
                Mem.i64(to + i, Mem.i64(from + i));
            }
            from += step;
            to += bytes;
        }
    }

    /// Row i of a, a multiple of [Micro#rows], begins at `a + i · step`, those behind it are `ars` apart.
    private static void strip(
            Micro u, int m, int n, int k, long a, long ars, long acs, long step, long b, long brs, long c, long ldc,
            boolean add) {
        long fs = add ? ldc : 0;
        int i = 0;
        if (n == u.strip() && step == ars && m >= u.rows()) {
            i = m / u.rows() * u.rows();
            u.groups(m / u.rows(), a, ars, acs, b, brs, k, add ? c : ZEROS, fs, c, ldc);
        }
        while (i < m) {
            int r = u.take(m - i);
            long ai = a + (i - i % u.rows()) * step + i % u.rows() * ars;
            long ci = c + i * ldc;
            if (n == u.strip()) {
                u.full(r, ai, ars, acs, b, brs, k, add ? ci : ZEROS, fs, ci, ldc);
            } else {
                u.part(r, n, ai, ars, acs, b, brs, k, add ? ci : ZEROS, fs, ci, ldc);
            }
            i += r;
        }
    }
}
