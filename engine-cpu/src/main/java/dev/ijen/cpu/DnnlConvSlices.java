package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;

/// Convolution of few, small images with a large filter in F32 by oneDNN, cut into slices of output channels, so that each part of the filter
/// is read once and by one thread. A slice is computed beside the output and copied into it.
final class DnnlConvSlices implements Weighted {
    /// Output channels of a slice.
    private static final int CHANNELS = 64;

    private final ConvProblem p;
    private final ConvProblem slice;
    private final int threads;
    private final long filterBytes;
    private final long workerBytes;

    private DnnlConvSlices(ConvProblem p, int threads, Descriptors d) {
        this.p = p;
        this.threads = threads;
        slice = p.withChannels(CHANNELS);
        filterBytes = Mem.align(Dnnl.bytes(d.filter));
        workerBytes = Mem.align(Math.max(Dnnl.scratchBytes(d.run), Dnnl.scratchBytes(d.reorder)));
    }

    /// @param run of a slice
    /// @param filter layout of its filter
    /// @param reorder from the filter as it lies in memory to that layout
    private record Descriptors(long run, long filter, long reorder) {
        /// Null if oneDNN has only a slow implementation.
        static Descriptors of(DnnlScope scope, ConvProblem slice) {
            long pd = scope.descriptor(Dnnl.convForward(slice.x(scope, slice.n()), slice.anyFilter(scope),
                    slice.y(scope, slice.n()), slice.steps()));
            if (pd == 0 || !Dnnl.isFast(pd, slice.dtype())) {
                return null;
            }
            long filter = scope.query(pd, Dnnl.dnnl_query_weights_md);
            long reorder = scope.descriptor(Dnnl.reorder(slice.w(scope), filter));
            return reorder == 0 ? null : new Descriptors(pd, filter, reorder);
        }
    }

    /// Null if this is not the way for this convolution.
    static CpuKernel of(Kernel.Conv conv, Pool pool) {
        var s = ConvShape.of(conv);
        boolean fits = conv.pass() == ConvPass.FORWARD
                && conv.dtype() == DType.F32
                && s.groups() == 1
                && s.k() % CHANNELS == 0
                && s.k() > CHANNELS
                && s.wCount() >= 2 * Math.max(s.xCount(), s.yCount());
        if (!fits) {
            return null;
        }
        var p = ConvProblem.of(conv);
        try (var scope = new DnnlScope()) {
            var d = Descriptors.of(scope, p.withChannels(CHANNELS));
            return d == null ? null : new DnnlConvSlices(p, pool.threads(), d);
        }
    }

    private int slices() {
        return p.k() / CHANNELS;
    }

    private long outBytes() {
        return Mem.align(4L * p.n() * slice.yImage());
    }

    @Override
    public long weightBytes() {
        return slices() * filterBytes;
    }

    @Override
    public long scratchBytes() {
        return weightBytes() + slices() * outBytes() + threads * workerBytes;
    }

    @Override
    public Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
        return new Shards(in[0], in[WEIGHTS], out[0], scratch, weights, pool);
    }

    private final class Shards implements Kept {
        private final DnnlScope scope = new DnnlScope();
        private final DnnlWorkers workers;
        private final DnnlRun[] reorders = new DnnlRun[slices()];
        private final DnnlRun[] runs = new DnnlRun[slices()];
        private final long y;
        private final long own;
        private final Pool pool;
        private final Pool.Task reorder = this::reorder;
        private final Pool.Task compute = this::compute;

        Shards(long x, long w, long y, long scratch, long weights, Pool pool) {
            this.y = y;
            this.pool = pool;
            own = scratch;
            workers = new DnnlWorkers(scope, threads, scratch + slices() * outBytes(), workerBytes);
            var d = Descriptors.of(scope, slice);
            long input = scope.memory(slice.x(scope, p.n()), x);
            for (int i = 0; i < runs.length; i++) {
                long filter = scope.memory(d.filter, weights + i * filterBytes);
                reorders[i] = workers.run(d.reorder, 2)
                        .with(Dnnl.DNNL_ARG_SRC,
                                scope.memory(slice.w(scope), w + 4L * i * CHANNELS * p.filterCount()))
                        .with(Dnnl.DNNL_ARG_DST, filter);
                runs[i] = workers.run(d.run, 3)
                        .with(Dnnl.DNNL_ARG_SRC, input)
                        .with(Dnnl.DNNL_ARG_WEIGHTS, filter)
                        .with(Dnnl.DNNL_ARG_DST, scope.memory(slice.y(scope, p.n()), own + i * outBytes()));
            }
        }

        @Override
        public void refresh() {
            pool.parallel(slices(), reorder);
        }

        @Override
        public void run() {
            pool.parallel(slices(), compute);
        }

        private void reorder(int task, int worker) {
            workers.execute(reorders[task], worker);
        }

        private void compute(int task, int worker) {
            workers.execute(runs[task], worker);
            Slices.spread(own + task * outBytes(), 4L * CHANNELS, p.n() * p.yImage() / p.k(), 4L * p.k(),
                    y + 4L * task * CHANNELS);
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
