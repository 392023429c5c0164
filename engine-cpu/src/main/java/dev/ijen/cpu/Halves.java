package dev.ijen.cpu;

/// A kernel on F16 or BF16: converts the inputs to F32, runs the F32 kernel, and rounds its output once.
final class Halves implements CpuKernel {
    private static final int BLOCK = 1 << 15;

    private final HalfCopy copy;
    private final CpuKernel inner;
    private final long[] inCounts;
    private final long outCount;

    Halves(HalfCopy copy, CpuKernel inner, long outCount, long... inCounts) {
        this.copy = copy;
        this.inner = inner;
        this.outCount = outCount;
        this.inCounts = inCounts.clone();
    }

    @Override
    public long scratchBytes() {
        long bytes = Mem.align(4 * outCount);
        for (long n : inCounts) {
            bytes += Mem.align(4 * n);
        }
        return bytes + inner.scratchBytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        var wideIn = new long[in.length];
        long at = scratch;
        for (int i = 0; i < in.length; i++) {
            wideIn[i] = at;
            at += Mem.align(4 * inCounts[i]);
        }
        long wideOut = at;
        var bound = inner.bind(wideIn, new long[] {wideOut}, at + Mem.align(4 * outCount), pool);
        var widen = new Pool.Task[in.length];
        for (int i = 0; i < in.length; i++) {
            long from = in[i];
            long to = wideIn[i];
            long n = inCounts[i];
            widen[i] = (task, worker) -> {
                long first = (long) task * BLOCK;
                copy.widen(from + 2 * first, 0, to + 4 * first, 0, 1, (int) Math.min(BLOCK, n - first));
            };
        }
        Pool.Task narrow = (task, worker) -> {
            long first = (long) task * BLOCK;
            int n = (int) Math.min(BLOCK, outCount - first);
            copy.narrow(wideOut + 4 * first, 0, out[0] + 2 * first, 0, 1, n);
        };
        return new Bound() {
            @Override
            public void run() {
                for (int i = 0; i < widen.length; i++) {
                    pool.parallel(blocks(inCounts[i]), widen[i]);
                }
                bound.run();
                pool.parallel(blocks(outCount), narrow);
            }

            @Override
            public void close() {
                bound.close();
            }
        };
    }

    private static int blocks(long n) {
        return (int) ((n + BLOCK - 1) / BLOCK);
    }
}
