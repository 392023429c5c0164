package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;

/// Convolution of F32 by oneDNN: cut into shards of the batch that each run on one thread. The filter is brought to the layout the
/// primitive wants in every run, or back from it; shards of a filter's gradient are added in order.
final class DnnlConv implements CpuKernel {
    /// Floats that one task adds up.
    private static final int SUM = 1 << 14;

    private final ConvProblem problem;
    private final int images;
    private final int threads;
    private final int shards;
    private final boolean copied;
    private final long filterBytes;
    private final long workerBytes;

    private DnnlConv(ConvProblem problem, int images, int threads, ConvDescriptors d) {
        this.problem = problem;
        this.images = images;
        this.threads = threads;
        shards = (problem.n() + images - 1) / images;
        copied = d.reorder() != 0 || problem.pass() == ConvPass.FILTER_GRADIENT && shards > 1;
        filterBytes = copied ? Mem.align(Dnnl.bytes(d.filter())) : 0;
        long worker = Math.max(Dnnl.scratchBytes(d.full()), d.rest() == 0 ? 0 : Dnnl.scratchBytes(d.rest()));
        workerBytes = Mem.align(Math.max(worker, d.reorder() == 0 ? 0 : Dnnl.scratchBytes(d.reorder())));
    }

    /// Null if oneDNN has only a slow implementation.
    ///
    /// @param images images of a shard
    static CpuKernel of(Kernel.Conv conv, int images, Pool pool) {
        var problem = ConvProblem.of(conv);
        try (var scope = new DnnlScope()) {
            var d = ConvDescriptors.of(scope, problem, images);
            return d == null ? null : new DnnlConv(problem, images, pool.threads(), d);
        }
    }

    private int filters() {
        return problem.pass() == ConvPass.FILTER_GRADIENT ? shards : 1;
    }

    @Override
    public long scratchBytes() {
        return filters() * filterBytes + threads * workerBytes;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return switch (problem.pass()) {
            case FORWARD -> new Shards(in[0], in[1], out[0], scratch, pool);
            case INPUT_GRADIENT -> new Shards(out[0], in[1], in[0], scratch, pool);
            case FILTER_GRADIENT -> new Shards(in[0], out[0], in[1], scratch, pool);
        };
    }

    private final class Shards implements Bound {
        private final DnnlScope scope = new DnnlScope();
        private final DnnlWorkers workers;
        private final DnnlRun reorder;
        private final DnnlRun[] runs = new DnnlRun[shards];
        private final long sums;
        private final long sumTo;
        private final int sumTasks;
        private final long floats;
        private final Pool pool;
        private final Pool.Task shard = this::shard;
        private final Pool.Task sum = this::sum;

        /// @param x the input or its gradient, `w` the filter's, `y` the output's
        Shards(long x, long w, long y, long scratch, Pool pool) {
            this.pool = pool;
            var d = ConvDescriptors.of(scope, problem, images);
            workers = new DnnlWorkers(scope, threads, scratch + filters() * filterBytes, workerBytes);
            boolean gradient = problem.pass() == ConvPass.FILTER_GRADIENT;
            long packed = copied ? scratch : w;
            for (int i = 0; i < shards; i++) {
                int n = Math.min(images, problem.n() - i * images);
                long filter = packed + (gradient ? i * filterBytes : 0);
                runs[i] = workers.run(n == images ? d.full() : d.rest(), 3)
                        .with(name(Dnnl.DNNL_ARG_SRC, Dnnl.DNNL_ARG_DIFF_SRC, ConvPass.INPUT_GRADIENT),
                                scope.memory(problem.x(scope, n), x + 4L * i * images * problem.xImage()))
                        .with(name(Dnnl.DNNL_ARG_WEIGHTS, Dnnl.DNNL_ARG_DIFF_WEIGHTS, ConvPass.FILTER_GRADIENT),
                                scope.memory(d.filter(), filter))
                        .with(problem.pass() == ConvPass.FORWARD ? Dnnl.DNNL_ARG_DST : Dnnl.DNNL_ARG_DIFF_DST,
                                scope.memory(problem.y(scope, n), y + 4L * i * images * problem.yImage()));
            }
            if (d.reorder() == 0) {
                reorder = null;
            } else {
                long user = scope.memory(problem.w(scope), w);
                long own = scope.memory(d.filter(), packed);
                reorder = workers.run(d.reorder(), 2)
                        .with(Dnnl.DNNL_ARG_SRC, gradient ? own : user)
                        .with(Dnnl.DNNL_ARG_DST, gradient ? user : own);
            }
            sums = packed;
            sumTo = gradient && reorder == null ? w : packed;
            floats = Dnnl.bytes(d.filter()) / 4;
            sumTasks = gradient && copied ? (int) ((floats + SUM - 1) / SUM) : 0;
        }

        private int name(int plain, int gradient, ConvPass pass) {
            return problem.pass() == pass ? gradient : plain;
        }

        @Override
        public void run() {
            boolean gradient = problem.pass() == ConvPass.FILTER_GRADIENT;
            if (reorder != null && !gradient) {
                workers.execute(reorder, 0);
            }
            pool.parallel(shards, shard);
            if (gradient) {
                if (shards > 1) {
                    pool.parallel(sumTasks, sum);
                }
                if (reorder != null) {
                    workers.execute(reorder, 0);
                }
            }
        }

        private void shard(int task, int worker) {
            workers.execute(runs[task], worker);
        }

        private void sum(int task, int worker) {
            long from = (long) task * SUM;
            Sums.add(sums + 4 * from, filterBytes, shards, Math.min(SUM, floats - from), sumTo + 4 * from);
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
