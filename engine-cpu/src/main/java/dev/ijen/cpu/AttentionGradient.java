package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// Attention's gradients. A task has a head of k and v, or some of its keys, to itself and walks over all strips of queries that see them, in
/// order, so that dk and dv are sums in a fixed order without partial ones. Where heads are few, keys are cut too, and each cut keeps its part of dq
/// until all are added.
///
/// With p = exp(s − lse), dp = do vᵀ and ds = scale · p ∘ (dp − Σ do ∘ o): dv = pᵀ do, dk = dsᵀ q, dq = ds k (Dao, arXiv:2307.08691).
final class AttentionGradient implements CpuKernel {
    /// Enough tasks for the usual number of threads.
    private static final int TASKS = 16;

    private static final int MOST_CUTS = 8;

    private final Kernel.Attention k;
    private final AttentionShape shape;
    private final Columns columns;
    private final int threads;
    private final int cuts;

    AttentionGradient(Kernel.Attention k, Columns columns, int threads, boolean code) {
        this.k = k;
        this.columns = columns;
        this.threads = threads;
        shape = AttentionShape.of(k, code);
        int heads = Math.max(1, k.n() * k.kvHeads());
        int blocks = Math.max(1, k.tk() / AttentionShape.BLOCK);
        cuts = Math.min(Math.min(Math.ceilDiv(TASKS, heads), MOST_CUTS), blocks);
    }

    /// Of each worker: packed queries, output gradients and outputs, scores and their gradients of a block, two rows.
    private long workerBytes() {
        return (3L * k.d() + 2L * AttentionShape.BLOCK + 2) * shape.row();
    }

    /// A part of dq.
    private long partBytes() {
        return Mem.align((long) k.n() * k.tq() * k.heads() * k.d() * shape.u().bytes());
    }

    @Override
    public long scratchBytes() {
        return threads * workerBytes() + (cuts == 1 ? 0 : cuts * partBytes());
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int items = k.n() * k.kvHeads() * cuts;
        int tasks = items == 0 ? 0 : Tasks.count(items, shape.cost(5) * shape.group() * shape.strips() / cuts);
        long parts = scratch + threads * workerBytes();
        Pool.Task task = (t, w) -> {
            int to = Tasks.from(t + 1, tasks, items);
            for (int i = Tasks.from(t, tasks, items); i < to; i++) {
                int cut = i % cuts;
                long dq = cuts == 1 ? out[0] : parts + cut * partBytes();
                int kv = i / cuts % k.kvHeads();
                head(in, out, dq, i / cuts / k.kvHeads(), kv, cut, scratch + w * workerBytes());
            }
        };
        long count = (long) k.n() * k.tq() * k.heads() * k.d();
        int sums = cuts == 1 ? 0 : Tasks.count(Math.ceilDiv(count, 1024), 64L * cuts);
        Pool.Task add = (t, w) -> {
            int blocks = (int) Math.ceilDiv(count, 1024);
            long from = Tasks.from(t, sums, blocks) * 1024L;
            long n = Math.min(count, Tasks.from(t + 1, sums, blocks) * 1024L) - from;
            long at = from * shape.u().bytes();
            columns.sum(parts + at, partBytes(), cuts, out[0] + at, (int) n);
        };
        return () -> {
            pool.parallel(tasks, task);
            pool.parallel(sums, add);
        };
    }

    /// All that keys of one cut of one head have a part in.
    private void head(long[] in, long[] out, long dq, int n, int kv, int cut, long work) {
        int j0 = Tasks.from(cut, cuts, k.tk());
        int j1 = Tasks.from(cut + 1, cuts, k.tk());
        int known = j0; // keys before this have sums
        for (int h = kv * shape.group(); h < (kv + 1) * shape.group(); h++) {
            for (int strip = 0; strip < shape.strips(); strip++) {
                int end = Math.max(j0, Math.min(j1, shape.seen(n, strip, in[in.length - 1])));
                strip(in, out, dq, n, h, strip, j0, end, known, work);
                known = Math.max(known, end);
            }
        }
        int dense = k.kvHeads() * k.d();
        for (int j = known; j < j1; j++) {
            Mem.zero(shape.key(out[1], n, kv, j, dense), (long) k.d() * shape.u().bytes());
            Mem.zero(shape.key(out[2], n, kv, j, dense), (long) k.d() * shape.u().bytes());
        }
    }

    /// @param known where sums of keys end that queries before these have begun
    private void strip(
            long[] in, long[] out, long dq, int n, int h, int strip, int j0, int end, int known, long work) {
        int m = shape.queries(strip);
        int dense = k.heads() * k.d();
        long to = shape.query(dq, n, h, strip, dense);
        if (end <= j0) {
            for (int i = 0; i < m; i++) {
                Mem.zero(to + (long) i * dense * shape.u().bytes(), (long) k.d() * shape.u().bytes());
            }
            return;
        }
        long packed = k.d() * shape.row();
        long q = shape.query(in[0], n, h, strip, k.qStride());
        long dout = shape.query(in[5], n, h, strip, dense);
        long s = work + 3 * packed;
        long dp = s + AttentionShape.BLOCK * shape.row();
        long lse = dp + AttentionShape.BLOCK * shape.row();
        long delta = lse + shape.row();
        shape.pack(q, m, k.qStride(), work);
        columns.scale(work, k.scale(), k.d() * shape.u().strip());
        shape.pack(dout, m, dense, work + packed);
        shape.pack(shape.query(in[3], n, h, strip, dense), m, dense, work + 2 * packed);
        columns.dot(work + packed, work + 2 * packed, k.d(), delta);
        columns.logs(shape.row(in[4], n, h, strip), m, lse);
        int kv = h / shape.group();
        int kvDense = k.kvHeads() * k.d();
        for (int j = j0; j < end; j += AttentionShape.BLOCK) {
            int keys = Math.min(end - j, AttentionShape.BLOCK);
            long key = shape.key(in[1], n, kv, j, k.kStride());
            shape.scores(key, k.kStride(), keys, work, s);
            shape.scores(shape.key(in[2], n, kv, j, k.vStride()), k.vStride(), keys, work + packed, dp);
            shape.hide(columns, s, strip, j, j + keys);
            columns.gradient(s, dp, keys, lse, delta, k.scale());
            int more = Math.clamp(known - j, 0, keys);
            keys(s, more, keys, m, dout, dense, shape.key(out[2], n, kv, j, kvDense));
            keys(dp, more, keys, m, q, k.qStride(), shape.key(out[1], n, kv, j, kvDense));
            shape.weigh(dp, true, m, keys, key, k.kStride(), to, dense, j > j0);
        }
    }

    /// The gradients of a block's keys or values: of the first ones added to what other queries gave.
    private void keys(long weights, int more, int keys, int m, long from, int stride, long to) {
        int dense = k.kvHeads() * k.d();
        if (more > 0) {
            shape.weigh(weights, false, more, m, from, stride, to, dense, true);
        }
        if (more < keys) {
            long first = to + (long) more * dense * shape.u().bytes();
            shape.weigh(weights + more * shape.row(), false, keys - more, m, from, stride, first, dense, false);
        }
    }
}
