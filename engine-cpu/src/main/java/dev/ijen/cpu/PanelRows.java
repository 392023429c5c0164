package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// A product whose a lies by rows: b is packed by all threads, or stays packed where it does not change, and tasks are rows of c, or columns where these
/// are more.
final class PanelRows implements Weighted {
    private static final int TASK_ROWS = 128;
    private static final int FEW = 4; // tasks of so many rows are cut by rows

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
        byRows = k.m() >= FEW * TASK_ROWS || strips < 2 * FEW;
        int parts = MatMulCut.tasks((long) k.m() * k.n() * k.k());
        tasks = byRows
                ? Math.min(Math.ceilDiv(k.m(), u.rows()), Math.max(Math.min(parts, FEW), Math.ceilDiv(k.m(), FEW * TASK_ROWS) * FEW))
                : Math.min(strips, Math.min(parts, FEW));
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
        return new Rows(in[0], in[WEIGHTS], out[0], weights, pool);
    }

    private final class Rows implements Kept {
        private final long a;
        private final long b;
        private final long c;
        private final long packed;
        private final Pool pool;
        private final Pool.Task pack = this::pack;
        private final Pool.Task product = this::product;

        Rows(long a, long b, long c, long packed, Pool pool) {
            this.a = a;
            this.b = b;
            this.c = c;
            this.packed = packed;
            this.pool = pool;
        }

        @Override
        public void refresh() {
            pool.parallel(Math.min(strips, FEW), pack);
        }

        @Override
        public void run() {
            pool.parallel(tasks, product);
        }

        private void pack(int task, int worker) {
            int parts = Math.min(strips, FEW);
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
            int units = byRows ? Math.ceilDiv(k.m(), u.rows()) : strips;
            int from = (int) ((long) units * task / tasks);
            int to = (int) ((long) units * (task + 1) / tasks);
            int i = byRows ? from * u.rows() : 0;
            int m = byRows ? Math.min(to * u.rows(), k.m()) - i : k.m();
            int s = byRows ? 0 : from;
            int n = byRows ? k.n() : Math.min(to * u.strip(), k.n()) - s * u.strip();
            long row = (long) k.k() * Float.BYTES;
            long ldc = (long) k.n() * Float.BYTES;
            long to0 = c + i * ldc + (long) s * u.strip() * Float.BYTES;
            for (int p = 0; p < k.k(); p += depth) {
                PanelMatMul.multiply(u, false, m, n, Math.min(depth, k.k() - p), a + i * row + (long) p * Float.BYTES, row,
                        packed + s * step() + Gemm.stripBytes(u, p), step(), to0, ldc, p > 0);
            }
        }
    }
}
