package dev.ijen.cpu;

import dev.ijen.cpu.x86.Split;
import dev.ijen.spi.Kernel;

/// A product whose a lies by columns, as that of a weight's gradient: each task has a part of c, for which it packs as much of both operands as the
/// second-level cache holds, multiplies, and goes on along the sum. Where c is small and the sum long, tasks are shares of the sum instead, so that nothing is
/// packed twice, and c is the sum of theirs.
final class SplitColumns implements CpuKernel {
    /// Tasks into which a product is cut at least.
    private static final int TASKS = 4;
    /// Most rows and columns of a part.
    private static final int SIDE = 256;
    /// Most numbers of c for shares of the sum.
    private static final int SMALL = 128 << 10;
    /// Numbers along the sum of a share.
    private static final int SHARE = 256;
    private static final int SUM = 4096;

    private final Kernel.MatMul k;
    private final SplitCode code;
    private final CpuKernel plain;
    private final int threads;
    private final int depth;
    private final int share;
    private final int rows;
    private final int columns;
    private final long group;
    private final long bBytes;
    private final long workerBytes;
    private final long shareBytes;
    private final long flags;

    SplitColumns(Kernel.MatMul k, Pool pool, SplitCode code, CpuKernel plain) {
        this.k = k;
        this.code = code;
        this.plain = plain;
        threads = pool.threads();
        depth = SplitMatMul.depth(k.k());
        group = SplitCode.groupBytes(depth);
        boolean shared = (long) k.m() * k.n() <= SMALL && k.k() >= TASKS * SHARE;
        int down = shared ? 1 : Math.ceilDiv(k.m(), SIDE);
        int across = shared ? 1 : Math.ceilDiv(k.n(), SIDE);
        while (!shared && down * across < TASKS && (down < blocks(k.m()) || across < blocks(k.n()))) {
            // every part more in one direction packs the other operand once more
            if (down < blocks(k.m()) && (k.n() <= k.m() || across == blocks(k.n()))) {
                down++;
            } else {
                across++;
            }
        }
        share = shared ? Math.ceilDiv(Math.ceilDiv(k.k(), TASKS), depth) * depth : k.k();
        shareBytes = shared ? Mem.align(4L * k.m() * k.n()) : 0;
        rows = part(k.m(), down);
        columns = part(k.n(), across);
        bBytes = Mem.align((long) columns / Split.GROUP * group);
        workerBytes = SplitCode.EDGE + bBytes + Mem.align((long) rows / Split.GROUP * group);
        flags = Finite.bytes(threads);
    }

    private static int blocks(int n) {
        return SplitMatMul.blocks(n);
    }

    private static int part(int n, int parts) {
        return Math.ceilDiv(blocks(n), parts) * SplitCode.BLOCK;
    }

    private int shares() {
        return Math.ceilDiv(k.k(), share);
    }

    @Override
    public long scratchBytes() {
        return flags + Math.max(threads * workerBytes + shares() * shareBytes, plain.scratchBytes());
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return new Run(
                in[0], in[1], out[0], scratch, pool, new LateBound(() -> plain.bind(in, out, scratch + flags, pool)));
    }

    private final class Run implements Bound {
        private final long a;
        private final long b;
        private final long c;
        private final Finite finite;
        private final long work;
        private final long parts;
        private final Pool pool;
        private final Bound inFloats;
        private final Pool.Task part = this::part;
        private final Pool.Task sum = this::sum;

        Run(long a, long b, long c, long scratch, Pool pool, Bound inFloats) {
            this.a = a;
            this.b = b;
            this.c = c;
            finite = new Finite(scratch, threads);
            parts = scratch + flags;
            work = parts + shares() * shareBytes;
            this.pool = pool;
            this.inFloats = inFloats;
        }

        @Override
        public void run() {
            finite.clear();
            pool.parallel(Math.ceilDiv(k.m(), rows) * Math.ceilDiv(k.n(), columns) * shares(), part);
            if (!finite.all()) {
                inFloats.run();
            } else if (shares() > 1) {
                pool.parallel(Math.ceilDiv(k.m() * k.n(), SUM), sum);
            }
        }

        private void part(int task, int worker) {
            if (shareBytes > 0) {
                int first = task * share;
                part(0, 0, first, Math.min(first + share, k.k()), parts + task * shareBytes, worker);
            } else {
                int across = Math.ceilDiv(k.n(), columns);
                part(task / across * rows, task % across * columns, 0, k.k(), c, worker);
            }
        }

        /// Rows from i and columns from j on, of a sum from `first` to `last`.
        private void part(int i, int j, int first, int last, long to, int worker) {
            int m = Math.min(rows, k.m() - i);
            int n = Math.min(columns, k.n() - j);
            long lda = (long) k.m() * Float.BYTES;
            long ldb = (long) Float.BYTES * (k.tb() ? k.k() : k.n());
            long ldc = (long) k.n() * Float.BYTES;
            long edge = work + worker * workerBytes;
            long packedB = edge + SplitCode.EDGE;
            long packedA = packedB + bBytes;
            long found = finite.of(worker);
            for (int p = first; p < last; p += depth) {
                int d = Math.min(depth, last - p);
                code.pack(false, true, a + p * lda + (long) i * Float.BYTES, lda, m, d, packedA, group, edge, found);
                long from = b + (k.tb() ? j * ldb + (long) p * Float.BYTES : p * ldb + (long) j * Float.BYTES);
                code.pack(k.tb(), k.tb(), from, ldb, n, d, packedB, group, edge, found);
                code.product(p > first, m, n, SplitCode.steps(d), packedA, group, packedB,
                        to + i * ldc + (long) j * Float.BYTES, ldc, edge);
            }
        }

        private void sum(int task, int worker) {
            long from = (long) task * SUM;
            int n = (int) Math.min(SUM, (long) k.m() * k.n() - from);
            Sums.add(parts + 4 * from, shareBytes, shares(), n, c + 4 * from);
        }

        @Override
        public void close() {
            inFloats.close();
        }
    }
}
