package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import java.util.HashMap;
import java.util.Map;

/// Gradient of a convolution's filter by oneDNN, of F32 or BF16 (summed in F32 and rounded at the end), cut by shares of the batch, which are added in order, and by
/// slices of output channels, whose part of dy is copied out first.
final class DnnlConvFilter implements CpuKernel {
    /// Floats that one task adds up.
    private static final int SUM = 1 << 14;

    /// How the work is cut: output channels of a slice and images of a share.
    record Cut(int channels, int images) {
        private static final int SLICE = 32;
        private static final int TASKS = 16;

        /// Shares of the batch as far as adding them up costs less than a tenth of the work, then slices: these read
        /// x more often, and dy must be copied.
        static Cut of(Kernel.Conv conv) {
            var s = ConvShape.of(conv);
            int tasks = Math.min(TASKS, MatMulCut.tasks(s.work()));
            long useful = Math.max(1, (long) s.n() * s.outputs() / 700);
            int shares = Integer.highestOneBit(Math.clamp(useful, 1, Math.min(tasks, s.n())));
            int slices = conv.groups() > 1 ? 1 : Math.clamp(tasks / shares, 1, Math.max(1, conv.k() / SLICE));
            int channels = slices == 1 ? conv.k() : Math.ceilDiv(Math.ceilDiv(conv.k(), slices), 16) * 16;
            return new Cut(channels, Math.ceilDiv(s.n(), shares));
        }
    }

    private record Size(int channels, int images) {}

    /// Primitives by size; layouts of the slices of dw, and the way back from them, by number of channels.
    private record Descriptors(Map<Size, Long> runs, Map<Integer, Long> filters, Map<Integer, Long> reorders) {
        /// True if dw is computed in the layout it has in memory.
        boolean plain() {
            return reorders.isEmpty();
        }
    }

    private final ConvProblem p;
    private final Cut cut;
    private final int slices;
    private final int shares;
    private final int threads;
    private final long filterBytes;
    private final long dyBytes;
    private final long workerBytes;

    private DnnlConvFilter(ConvProblem p, Cut cut, int threads, Descriptors d) {
        this.p = p;
        this.cut = cut;
        this.threads = threads;
        slices = Math.ceilDiv(p.k(), cut.channels);
        shares = Math.ceilDiv(p.n(), cut.images);
        filterBytes = shares == 1 && d.plain() ? 0
                : d.filters.values().stream().mapToLong(Dnnl::bytes).map(Mem::align).max().orElse(0);
        dyBytes = slices == 1 ? 0
                : Mem.align((long) p.dtype().bytes() * cut.images * p.yImage() / p.k() * cut.channels);
        long scratch = 0;
        for (long pd : d.runs.values()) {
            scratch = Math.max(scratch, Mem.align(Dnnl.scratchBytes(pd)));
        }
        for (long pd : d.reorders.values()) {
            scratch = Math.max(scratch, Mem.align(Dnnl.scratchBytes(pd)));
        }
        workerBytes = scratch;
    }

    /// Null if oneDNN has only a slow implementation.
    static CpuKernel of(Kernel.Conv conv, Cut cut, Pool pool) {
        var p = ConvProblem.of(conv);
        try (var scope = new DnnlScope()) {
            var d = describe(scope, p, cut);
            return d == null ? null : new DnnlConvFilter(p, cut, pool.threads(), d);
        }
    }

    private static Descriptors describe(DnnlScope scope, ConvProblem p, Cut cut) {
        var d = new Descriptors(new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (int k = 0; k < p.k(); k += cut.channels) {
            for (int i = 0; i < p.n(); i += cut.images) {
                if (!describe(scope, p, size(p, cut, k, i), d)) {
                    return null;
                }
            }
        }
        boolean plain = true;
        for (int channels : d.filters.keySet()) {
            plain &= Dnnl.equal(d.filters.get(channels), p.withChannels(channels).w(scope));
        }
        if (!plain) {
            d.filters.forEach((channels, md) -> d.reorders.put(
                    channels, scope.descriptor(Dnnl.reorder(md, p.withChannels(channels).w(scope)))));
        }
        return d;
    }

    private static boolean describe(DnnlScope scope, ConvProblem all, Size size, Descriptors d) {
        if (d.runs.containsKey(size)) {
            return true;
        }
        var p = all.withChannels(size.channels);
        Long known = d.filters.get(size.channels);
        long x = p.x(scope, size.images);
        long y = p.y(scope, size.images);
        long hint = scope.descriptor(Dnnl.convForward(x, p.anyFilter(scope), y, p.steps()));
        if (hint == 0) {
            return false;
        }
        long filter = known == null ? p.anySum(scope) : known;
        long pd = scope.descriptor(Dnnl.convFilterGradient(x, filter, y, p.steps(), hint));
        if (pd == 0 || !Dnnl.isFast(pd, all.dtype())) {
            return false;
        }
        d.runs.put(size, pd);
        if (known == null) {
            d.filters.put(size.channels, scope.query(pd, Dnnl.dnnl_query_diff_weights_md));
        }
        return true;
    }

    private static Size size(ConvProblem p, Cut cut, int channel, int image) {
        return new Size(Math.min(cut.channels, p.k() - channel), Math.min(cut.images, p.n() - image));
    }

    @Override
    public long scratchBytes() {
        return (long) slices * shares * filterBytes + threads * (dyBytes + workerBytes);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return new Shards(in[0], out[0], in[1], scratch, pool);
    }

    private final class Shards implements Bound {
        private final DnnlScope scope = new DnnlScope();
        private final DnnlWorkers workers;
        private final DnnlRun[] runs = new DnnlRun[slices * shares];
        private final DnnlRun[] reorders;
        /// Memory objects of the workers' copies of dy.
        private final long[][] copyOf = new long[slices * shares][];
        private final long dy;
        private final long filters;
        private final long copyAt;
        private final long sumTo;
        private final int sumTasks;
        private final Pool pool;
        private final Pool.Task shard = this::shard;
        private final Pool.Task sum = this::sum;
        private final Pool.Task reorder = this::reorder;

        Shards(long x, long dw, long dy, long scratch, Pool pool) {
            this.pool = pool;
            this.dy = dy;
            var d = describe(scope, p, cut);
            reorders = new DnnlRun[d.plain() ? 0 : slices];
            filters = filterBytes == 0 ? dw : scratch;
            copyAt = scratch + (long) slices * shares * filterBytes;
            workers = new DnnlWorkers(scope, threads, copyAt + threads * dyBytes, workerBytes);
            var copies = new HashMap<Size, long[]>();
            long e = p.dtype().bytes();
            long userSlice = e * cut.channels * p.filterCount();
            for (int t = 0; t < runs.length; t++) {
                int k = t / shares * cut.channels;
                int i = t % shares * cut.images;
                var size = size(p, cut, k, i);
                long to = filterBytes == 0 ? dw + t * userSlice : scratch + t * filterBytes;
                runs[t] = workers.run(d.runs.get(size), 3);
                if (slices == 1) {
                    runs[t].with(Dnnl.DNNL_ARG_DIFF_DST,
                            scope.memory(p.y(scope, size.images), dy + e * i * p.yImage()));
                } else {
                    copyOf[t] = copies.computeIfAbsent(size, this::copies);
                    runs[t].with(Dnnl.DNNL_ARG_DIFF_DST, copyOf[t][0]);
                }
                runs[t].with(Dnnl.DNNL_ARG_SRC, scope.memory(p.x(scope, size.images), x + e * i * p.xImage()))
                        .with(Dnnl.DNNL_ARG_DIFF_WEIGHTS, scope.memory(d.filters.get(size.channels), to));
            }
            for (int s = 0; s < reorders.length; s++) {
                int channels = size(p, cut, s * cut.channels, 0).channels;
                long from = scope.memory(d.filters.get(channels), scratch + (long) s * shares * filterBytes);
                reorders[s] = workers.run(d.reorders.get(channels), 2)
                        .with(Dnnl.DNNL_ARG_SRC, from)
                        .with(Dnnl.DNNL_ARG_DST, scope.memory(p.withChannels(channels).w(scope), dw + s * userSlice));
            }
            sumTo = d.plain() ? dw : 0;
            sumTasks = shares == 1 ? 0 : (int) Math.ceilDiv(filterBytes / 4, (long) SUM);
        }

        private long[] copies(Size size) {
            var c = new long[threads];
            for (int w = 0; w < threads; w++) {
                c[w] = scope.memory(p.withChannels(size.channels).y(scope, size.images), copyAt + w * dyBytes);
            }
            return c;
        }

        @Override
        public void run() {
            pool.parallel(runs.length, shard);
            if (shares > 1) {
                pool.parallel(slices * sumTasks, sum);
            }
            if (reorders.length > 0) {
                pool.parallel(slices, reorder);
            }
        }

        private void shard(int task, int worker) {
            if (slices > 1) {
                int k = task / shares * cut.channels;
                int i = task % shares * cut.images;
                int images = Math.min(cut.images, p.n() - i);
                int channels = Math.min(cut.channels, p.k() - k);
                int e = p.dtype().bytes();
                Slices.copy(
                        dy + e * (i * p.yImage() + k),
                        (long) e * p.k(),
                        images * p.yImage() / p.k(),
                        (long) e * channels,
                        copyAt + worker * dyBytes);
                runs[task].put(0, Dnnl.DNNL_ARG_DIFF_DST, copyOf[task][worker]);
            }
            workers.execute(runs[task], worker);
        }

        /// Adds the shares of a part of a slice, into the first one or where dw lies.
        private void sum(int task, int worker) {
            int s = task / sumTasks;
            long from = (long) (task % sumTasks) * SUM;
            int channels = Math.min(cut.channels, p.k() - s * cut.channels);
            long floats = sumTo == 0 ? filterBytes / 4 : channels * p.filterCount();
            long first = filters + (long) s * shares * filterBytes;
            long to = sumTo == 0 ? first : sumTo + 4L * s * cut.channels * p.filterCount();
            Sums.add(first + 4 * from, filterBytes, shares, Math.min(SUM, floats - from), to + 4 * from);
        }

        private void reorder(int task, int worker) {
            workers.execute(reorders[task], worker);
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
