package dev.ijen.cpu;

import dev.ijen.cpu.x86.Split;
import dev.ijen.spi.Kernel;

/// A product whose a lies by rows: b is packed by all threads, or stays packed where it does not change; a task packs some rows of a and multiplies.
final class SplitRows implements Weighted {
    /// Rows of a task, if there are enough of them: few enough that their part of a stays in the second-level cache.
    private static final int TASK_ROWS = 64;
    /// Tasks into which a product is cut at least, where it is large enough.
    private static final int TASKS = 4;
    /// Bytes of b from which tasks have more rows, for which it is read.
    private static final long LARGE = 1 << 20;
    /// Rows from which packing b for one product pays.
    private static final int ROWS = 256;

    private final Kernel.MatMul k;
    private final SplitCode code;
    private final CpuKernel plain;
    private final int threads;
    private final int strips;
    private final int depth;
    private final int rows;
    private final int columns; // strips of a task
    private final long group;
    private final long workerBytes;
    private final long flags;

    SplitRows(Kernel.MatMul k, Pool pool, SplitCode code, CpuKernel plain) {
        this.k = k;
        this.code = code;
        this.plain = plain;
        threads = pool.threads();
        strips = SplitMatMul.blocks(k.n());
        depth = SplitMatMul.depth(k.k());
        group = SplitCode.groupBytes(depth);
        int most = packedBytes() > LARGE ? 2 * TASK_ROWS : TASK_ROWS;
        int blocks = SplitMatMul.blocks(k.m());
        rows = Math.min(blocks * SplitCode.BLOCK, most);
        int least = Math.min(TASKS, MatMulCut.tasks((long) k.m() * k.n() * k.k()));
        int across = Math.clamp(Math.ceilDiv(least, Math.ceilDiv(k.m(), rows)), 1, strips);
        columns = Math.ceilDiv(strips, across);
        workerBytes = Mem.align(rows / Split.GROUP * group) + SplitCode.EDGE;
        flags = Finite.bytes(threads);
    }

    /// Of b, part after part along the sum.
    private long packedBytes() {
        return 2L * Math.ceilDiv(k.k(), depth) * strips * group;
    }

    @Override
    public long weightBytes() {
        return SplitCode.FOUND + Mem.align(packedBytes());
    }

    @Override
    public long scratchBytes() {
        return weightBytes() + flags + Math.max(threads * workerBytes, plain.scratchBytes());
    }

    /// In floats, where something is not finite.
    @Override
    public boolean readsAgain() {
        return true;
    }

    /// With few rows, packing b takes longer than it saves, unless b stays.
    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return k.m() < ROWS ? plain.bind(in, out, scratch, pool) : refreshing(in, out, scratch, pool);
    }

    /// Packs b in every run.
    Bound refreshing(long[] in, long[] out, long scratch, Pool pool) {
        return Weighted.super.bind(in, out, scratch, pool);
    }

    @Override
    public Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
        return new Run(in[0], in[WEIGHTS], out[0], weights, scratch, pool,
                new LateBound(() -> plain.bind(in, out, scratch + flags, pool)));
    }

    private final class Run implements Kept {
        private final long a;
        private final long b;
        private final long c;
        private final long packed;
        private final Finite finite;
        private final long work;
        private final Pool pool;
        private final Bound inFloats;
        private final Pool.Task pack = this::pack;
        private final Pool.Task product = this::product;

        Run(long a, long b, long c, long weights, long scratch, Pool pool, Bound inFloats) {
            this.a = a;
            this.b = b;
            this.c = c;
            packed = weights + SplitCode.FOUND;
            finite = new Finite(scratch, threads);
            work = scratch + flags;
            this.pool = pool;
            this.inFloats = inFloats;
        }

        @Override
        public void refresh() {
            finite.clear();
            pool.parallel(Math.min(strips, 2 * TASKS), pack);
            Mem.zero(packed - SplitCode.FOUND, SplitCode.FOUND);
            if (!finite.all()) {
                Mem.f32(packed - SplitCode.FOUND, Float.NaN);
            }
        }

        @Override
        public void run() {
            finite.clear();
            pool.parallel(Math.ceilDiv(k.m(), rows) * Math.ceilDiv(strips, columns), product);
            if (!finite.all() || !SplitCode.isFinite(packed - SplitCode.FOUND)) {
                inFloats.run();
            }
        }

        private void pack(int task, int worker) {
            int parts = Math.min(strips, 2 * TASKS);
            long stride = (long) Float.BYTES * (k.tb() ? k.k() : k.n());
            long row = (long) Float.BYTES * (k.tb() ? 1 : k.n());
            long column = (long) Float.BYTES * (k.tb() ? k.k() : 1);
            int first = strips * task / parts;
            int j = first * SplitCode.BLOCK;
            int n = Math.min(strips * (task + 1) / parts * SplitCode.BLOCK, k.n()) - j;
            for (int p = 0; p < k.k(); p += depth) {
                code.pack(k.tb(), k.tb(), b + j * column + p * row, stride, n, Math.min(depth, k.k() - p),
                        strip(p, first), group, edge(worker), finite.of(worker));
            }
        }

        private long strip(int p, int s) {
            return packed + ((long) p / depth * strips + s) * 2 * group;
        }

        private long edge(int worker) {
            return work + worker * workerBytes;
        }

        private void product(int task, int worker) {
            int across = Math.ceilDiv(strips, columns);
            int i = task / across * rows;
            int strip = task % across * columns;
            int j = strip * SplitCode.BLOCK;
            int m = Math.min(rows, k.m() - i);
            int n = Math.min(columns * SplitCode.BLOCK, k.n() - j);
            long row = (long) k.k() * Float.BYTES;
            long ldc = (long) k.n() * Float.BYTES;
            long mine = edge(worker) + SplitCode.EDGE;
            for (int p = 0; p < k.k(); p += depth) {
                int d = Math.min(depth, k.k() - p);
                code.pack(true, false, a + i * row + (long) p * Float.BYTES, row, m, d, mine, group, edge(worker),
                        finite.of(worker));
                code.product(p > 0, m, n, SplitCode.steps(d), mine, group, strip(p, strip),
                        c + i * ldc + (long) j * Float.BYTES, ldc, edge(worker));
            }
        }

        @Override
        public void close() {
            inFloats.close();
        }
    }
}
