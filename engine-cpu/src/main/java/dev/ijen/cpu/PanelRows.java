package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// A product whose a lies by rows: b is packed by all threads, or stays packed where it does not change, and tasks are rows of c, or columns where these
/// are more.
final class PanelRows implements Weighted {
    /// About as many rows as a task has: few enough that their part of a stays in the second-level cache, enough to read a strip of b for.
    private static final int TASK_ROWS = 64;
    /// Tasks are some times so many, for as many threads.
    private static final int SHARES = 4;

    private final Kernel.MatMul k;
    private final Micro32Code u;
    private final int depth;
    private final int strips;
    private final boolean byRows;
    private final int tasks;

    PanelRows(Kernel.MatMul k, Micro32Code u) {
        this.k = k;
        this.u = u;
        depth = PanelMatMul.depth(k.k());
        strips = Gemm.strips(u, k.n());
        byRows = k.m() >= SHARES * TASK_ROWS || strips < 2 * SHARES;
        int least = Math.min(SHARES, MatMulCut.tasks((long) k.m() * k.n() * k.k()));
        int shares = Math.ceilDiv(k.m(), SHARES * TASK_ROWS) * SHARES;
        tasks = Math.min(units(), byRows ? Math.max(least, shares) : least);
    }

    /// What tasks are made of.
    private int units() {
        return byRows ? Math.ceilDiv(k.m(), u.rows()) : strips;
    }

    @Override
    public long weightBytes() {
        return Mem.align(strips * step());
    }

    @Override
    public long scratchBytes() {
        return weightBytes();
    }

    private long step() {
        return PanelMatMul.stripBytes(u, k.k());
    }

    @Override
    public Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
        return new Run(in[0], in[WEIGHTS], out[0], weights, pool);
    }

    private final class Run implements Kept {
        private final long a;
        private final long b;
        private final long c;
        private final long packed;
        private final Pool pool;
        private final Pool.Task pack = this::pack;
        private final Pool.Task product = this::product;

        Run(long a, long b, long c, long packed, Pool pool) {
            this.a = a;
            this.b = b;
            this.c = c;
            this.packed = packed;
            this.pool = pool;
        }

        @Override
        public void refresh() {
            pool.parallel(Math.min(strips, SHARES), pack);
        }

        @Override
        public void run() {
            pool.parallel(tasks, product);
        }

        private void pack(int task, int worker) {
            int parts = Math.min(strips, SHARES);
            int from = strips * task / parts;
            int to = strips * (task + 1) / parts;
            long rs = (long) Float.BYTES * (k.tb() ? 1 : k.n());
            long cs = (long) Float.BYTES * (k.tb() ? k.k() : 1);
            int whole = k.tb() ? from : Math.min(to, k.n() / u.strip());
            if (whole > from) {
                u.packStrips(b + from * cs * u.strip(), rs, whole - from, packed + from * step(), step(), k.k());
            }
            for (int s = Math.max(from, whole); s < to; s++) {
                int j = s * u.strip();
                u.pack(b + j * cs, rs, cs, k.k(), Math.min(u.strip(), k.n() - j), packed + s * step());
            }
        }

        private void product(int task, int worker) {
            int from = (int) ((long) units() * task / tasks);
            int to = (int) ((long) units() * (task + 1) / tasks);
            if (byRows) {
                int i = from * u.rows();
                part(i, 0, Math.min(to * u.rows(), k.m()) - i, k.n());
            } else {
                int j = from * u.strip();
                part(0, j, k.m(), Math.min(to * u.strip(), k.n()) - j);
            }
        }

        private void part(int i, int j, int m, int n) {
            long row = (long) k.k() * Float.BYTES;
            long ldc = (long) k.n() * Float.BYTES;
            long to = c + i * ldc + (long) j * Float.BYTES;
            long strip = packed + j / u.strip() * step();
            for (int p = 0; p < k.k(); p += depth) {
                long from = a + i * row + (long) p * Float.BYTES;
                PanelMatMul.multiply(u, false, m, n, Math.min(depth, k.k() - p), from, row,
                        strip + Gemm.stripBytes(u, p), step(), to, ldc, p > 0);
            }
        }
    }
}
