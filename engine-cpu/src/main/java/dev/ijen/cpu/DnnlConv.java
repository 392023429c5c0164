package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import java.util.List;

/// Convolution of F32 or BF16 and the gradient of its input by oneDNN, cut into pieces that each run on one thread. The
/// filter is brought to the layout the primitives want first.
final class DnnlConv implements Weighted {
    private final ConvProblem p;
    private final List<ConvPiece> pieces;
    private final Epilogue epilogue;
    private final int threads;
    private final long filterBytes;
    /// True if the filter lies in memory as the primitives want it.
    private final boolean plain;
    private final long workerBytes;

    private DnnlConv(ConvProblem p, List<ConvPiece> pieces, Epilogue epilogue, int threads, ConvDescriptors d) {
        this.p = p;
        this.pieces = pieces;
        this.epilogue = epilogue;
        this.threads = threads;
        plain = d.reorders().isEmpty();
        filterBytes = Mem.align(Dnnl.bytes(d.filter()));
        long worker = 0;
        for (long pd : d.runs().values()) {
            worker = Math.max(worker, Mem.align(Dnnl.scratchBytes(pd)));
        }
        for (var r : d.reorders()) {
            worker = Math.max(worker, Mem.align(Dnnl.scratchBytes(r.pd())));
        }
        workerBytes = worker;
    }

    /// How the work is cut.
    static List<ConvPiece> pieces(Kernel.Conv conv) {
        var p = ConvProblem.of(conv);
        int tasks = MatMulCut.tasks(ConvShape.of(conv).work());
        int lines = (int) p.out()[0];
        if (conv.pass() == ConvPass.FORWARD && 2 * p.n() <= tasks) {
            lines = Math.max(1, Math.ceilDiv(lines, Math.ceilDiv(tasks, p.n())));
        }
        var pieces = ConvPiece.cut(p, Math.max(1, p.n() / tasks), lines);
        // a piece that sees nothing but padding is no convolution any more
        return pieces.stream().allMatch(q -> q.ins() > 0)
                ? pieces
                : ConvPiece.cut(p, Math.max(1, p.n() / tasks), (int) p.out()[0]);
    }

    /// Null if oneDNN has only a slow implementation, or a wrong one.
    static CpuKernel of(Kernel.Conv conv, List<ConvPiece> pieces, Epilogue epilogue, Pool pool) {
        if (!epilogue.isEmpty() && !ConvShape.of(conv).seesImage()) {
            return null; // oneDNN 3.11 reads where nothing is if more is to be done to sums of nothing
        }
        var p = ConvProblem.of(conv);
        try (var scope = new DnnlScope()) {
            var d = ConvDescriptors.of(scope, p, pieces, epilogue);
            return d == null ? null : new DnnlConv(p, pieces, epilogue, pool.threads(), d);
        }
    }

    @Override
    public long weightBytes() {
        return filterBytes;
    }

    @Override
    public long scratchBytes() {
        return filterBytes + threads * workerBytes;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return plain ? keep(in, out, scratch, in[WEIGHTS], pool) : Weighted.super.bind(in, out, scratch, pool);
    }

    @Override
    public Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
        return p.pass() == ConvPass.FORWARD
                ? new Shards(in[0], in, out[0], scratch, weights, pool)
                : new Shards(out[0], in, in[0], scratch, weights, pool);
    }

    private final class Shards implements Kept {
        private final DnnlScope scope = new DnnlScope();
        private final DnnlWorkers workers;
        private final DnnlRun[] reorders;
        private final DnnlRun[] runs;
        private final long w;
        private final long weights;
        private final Pool pool;
        private final Pool.Task reorder = this::reorder;
        private final Pool.Task shard = this::shard;

        /// @param x the input or its gradient
        Shards(long x, long[] in, long y, long scratch, long weights, Pool pool) {
            w = in[WEIGHTS];
            this.weights = weights;
            this.pool = pool;
            var d = ConvDescriptors.of(scope, p, pieces, epilogue);
            workers = new DnnlWorkers(scope, threads, scratch, workerBytes);
            int e = p.dtype().bytes();
            reorders = new DnnlRun[d.reorders().size()];
            for (int i = 0; i < reorders.length; i++) {
                var r = d.reorders().get(i);
                reorders[i] = workers.run(r.pd(), 2)
                        .with(Dnnl.DNNL_ARG_SRC, scope.memory(r.from(), w + (long) e * r.channel() * p.filterCount()))
                        .with(Dnnl.DNNL_ARG_DST, scope.memory(r.to(), weights));
            }
            boolean forward = p.pass() == ConvPass.FORWARD;
            runs = new DnnlRun[pieces.size()];
            for (int i = 0; i < runs.length; i++) {
                var q = pieces.get(i);
                var part = p.part(q.size());
                long xi = x + e * (q.image() * p.xImage() + q.in() * p.xImage() / p.in()[0]);
                long from = e * (q.image() * p.yImage() + q.out() * p.yImage() / p.out()[0]);
                long yi = y + from;
                runs[i] = workers.run(d.runs().get(q.size()), 4 + epilogue.steps().size())
                        .with(
                                forward ? Dnnl.DNNL_ARG_SRC : Dnnl.DNNL_ARG_DIFF_SRC,
                                scope.memory(part.x(scope, q.images()), xi))
                        .with(Dnnl.DNNL_ARG_WEIGHTS, scope.memory(d.filter(), weights))
                        .with(
                                forward ? Dnnl.DNNL_ARG_DST : Dnnl.DNNL_ARG_DIFF_DST,
                                scope.memory(part.y(scope, q.images()), yi));
                epilogue.arguments(scope, runs[i], part, q.images(), in, from);
            }
        }

        @Override
        public void refresh() {
            if (plain) {
                Mem.copy(w, weights, (long) p.dtype().bytes() * p.k() * p.filterCount());
            } else {
                pool.parallel(reorders.length, reorder);
            }
        }

        @Override
        public void run() {
            pool.parallel(runs.length, shard);
        }

        private void reorder(int task, int worker) {
            workers.execute(reorders[task], worker);
        }

        private void shard(int task, int worker) {
            workers.execute(runs[task], worker);
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
