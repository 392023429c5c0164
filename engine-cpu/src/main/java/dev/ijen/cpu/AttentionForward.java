package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// Attention, a strip of queries at a time: scores of a block of keys, one step of the softmax, the block's values added to the result. What is
/// divided by is the sum of all blocks, at the end. A task is some strips of neighbouring heads, so their keys stay in cache.
final class AttentionForward implements CpuKernel {
    private final Kernel.Attention k;
    private final AttentionShape shape;
    private final Columns columns;
    private final int threads;

    AttentionForward(Kernel.Attention k, Columns columns, int threads, boolean code) {
        this.k = k;
        this.columns = columns;
        this.threads = threads;
        shape = AttentionShape.of(k, code);
    }

    /// Of each worker: packed queries, scores of a block, four rows.
    private long workerBytes() {
        return (k.d() + AttentionShape.BLOCK + 4) * shape.row();
    }

    @Override
    public long scratchBytes() {
        return threads * workerBytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int items = k.n() * k.heads() * shape.strips();
        int tasks = items == 0 ? 0 : Tasks.count(items, shape.cost(2));
        Pool.Task task = (t, w) -> {
            int to = Tasks.from(t + 1, tasks, items);
            for (int i = Tasks.from(t, tasks, items); i < to; i++) {
                int strip = i % shape.strips();
                int head = i / shape.strips();
                strip(in, out, head / k.heads(), head % k.heads(), strip, scratch + w * workerBytes());
            }
        };
        return () -> pool.parallel(tasks, task);
    }

    private void strip(long[] in, long[] out, int n, int h, int strip, long packed) {
        long row = shape.row();
        long s = packed + k.d() * row;
        long max = s + AttentionShape.BLOCK * row;
        long sum = max + row;
        long factor = sum + row;
        int m = shape.queries(strip);
        int kv = h / shape.group();
        int dense = k.heads() * k.d();
        long step = (long) dense * shape.u().bytes();
        long to = shape.query(out[0], n, h, strip, dense);
        int seen = shape.seen(n, strip, in[in.length - 1]);
        shape.pack(shape.query(in[0], n, h, strip, k.qStride()), m, k.qStride(), packed);
        columns.scale(packed, k.scale(), k.d() * shape.u().strip());
        columns.start(max, sum);
        for (int j = 0; j < seen; j += AttentionShape.BLOCK) {
            int end = Math.min(seen, j + AttentionShape.BLOCK);
            shape.scores(shape.key(in[1], n, kv, j, k.kStride()), k.kStride(), end - j, packed, s);
            shape.hide(columns, s, strip, j, end);
            columns.softmax(s, end - j, max, sum, factor);
            if (j > 0) {
                columns.scaleRows(to, step, factor, m, k.d());
            }
            shape.weigh(s, true, m, end - j, shape.key(in[2], n, kv, j, k.vStride()), k.vStride(), to, dense, j > 0);
        }
        columns.finish(max, sum, factor);
        if (seen == 0) {
            for (int i = 0; i < m; i++) {
                Mem.zero(to + i * step, (long) k.d() * shape.u().bytes());
            }
        } else {
            columns.scaleRows(to, step, sum, m, k.d());
        }
        Mem.copy(max, shape.row(out[1], n, h, strip), (long) m * shape.u().bytes());
    }
}
