package dev.ijen.cpu;

import dev.ijen.cpu.WinogradFilter.Order;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;

/// Convolution of F32 and the gradient of its input by Winograd's F(4 × 4, 3 × 3): tiles and filters are transformed by our own code, the
/// products between are oneDNN's, or for large filters that change those of [WinogradBlocks].
final class WinogradConv implements Weighted {
    private final WinogradShape s;
    private final WinogradCut cut;
    private final WinogradFilter filter;
    private final boolean forward;
    private final int threads;
    private final long workerBytes;
    private final long workBytes;
    /// How it is done if the filter changes in every run; null if that makes no difference.
    private final WinogradBlocks blocks;

    private WinogradConv(
            WinogradShape s, WinogradCut cut, boolean forward, int threads, long workerBytes, WinogradBlocks blocks) {
        this.blocks = blocks;
        this.s = s;
        this.cut = cut;
        this.forward = forward;
        this.threads = threads;
        this.workerBytes = workerBytes;
        filter = !forward ? new WinogradFilter(s.c(), s.k(), Order.TURNED)
                : new WinogradFilter(s.k(), s.c(), across(s) ? Order.INPUT_FIRST : Order.OUTPUT_FIRST);
        workBytes = Mem.align(Math.max(WinogradTiles.WORK, filter.workBytes()));
    }

    /// Null if oneDNN has no fast product.
    static CpuKernel of(Kernel.Conv conv, WinogradShape s, WinogradCut cut, Pool pool, Native nat) {
        boolean forward = conv.pass() == ConvPass.FORWARD;
        boolean packed = !cut.byPoints() && product(s, cut, cut.chunk(), forward).packedBytes() > 0;
        long most = product(s, cut, cut.chunk(), forward).workerBytes(packed);
        long last = s.tiles() % cut.chunk() == 0
                ? 0
                : product(s, cut, s.tiles() % cut.chunk(), forward).workerBytes(packed);
        return Math.min(most, last) < 0 ? null
                : new WinogradConv(s, cut, forward, pool.threads(), Math.max(most, last),
                        cut.byPoints() ? WinogradBlocks.of(s, forward, pool.threads(), nat) : null);
    }

    /// True if bringing the filter across costs less than products with a filter that lies along.
    private static boolean across(WinogradShape s) {
        return s.c() * s.k() <= 1 << 14 || s.tiles() >= 256;
    }

    private static WinogradProduct product(WinogradShape s, WinogradCut cut, int tiles, boolean forward) {
        return new WinogradProduct(cut.points(), tiles, s.k(), s.c(), false, forward && !across(s), false);
    }

    /// Bytes of a transformed filter that is packed for products; 0 if it stays as it is.
    private long packedBytes() {
        return cut.byPoints() ? 0 : product(s, cut, cut.chunk(), forward).packedBytes();
    }

    @Override
    public long weightBytes() {
        return packedBytes() > 0 ? packedBytes() : 4 * s.filterCount();
    }

    private long inputBytes() {
        return 4L * WinogradShape.POINTS * WinogradProduct.lines(cut.chunk()) * s.c();
    }

    private long outputBytes() {
        return 4L * WinogradShape.POINTS * WinogradProduct.lines(cut.chunk()) * s.k();
    }

    @Override
    public long scratchBytes() {
        return blocks == null ? keptBytes() : Math.max(keptBytes(), blocks.scratchBytes());
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return blocks == null
                ? Weighted.super.bind(in, out, scratch, pool)
                : blocks.bind(in[0], in[WEIGHTS], out[0], scratch, pool);
    }

    private long keptBytes() {
        int copies = cut.byPoints() ? 1 : threads;
        return weightBytes() + (packedBytes() > 0 ? 4 * s.filterCount() : 0) + copies * (inputBytes() + outputBytes())
                + threads * (workerBytes + workBytes);
    }

    @Override
    public Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
        return cut.byPoints()
                ? new Steps(in[0], in[1], out[0], scratch, weights, pool)
                : new Chunks(in[0], in[1], out[0], scratch, weights, pool);
    }

    /// What both ways have in common.
    private abstract class Common implements Kept {
        final DnnlScope scope = new DnnlScope();
        final WinogradTiles tiles = new WinogradTiles(s);
        final DnnlWorkers workers;
        final long x;
        final long y;
        final long u;
        final long v;
        final Pool pool;
        /// The filter's points, as they are transformed.
        final long plain;
        private final long w;
        private final long work;
        private final Pool.Task transform = this::transform;
        private final Pool.Task pack = this::pack;

        Common(long x, long w, long y, long scratch, long u, Pool pool) {
            this.x = x;
            this.w = w;
            this.y = y;
            this.u = u;
            this.pool = pool;
            work = scratch;
            long own = work + threads * workBytes;
            workers = new DnnlWorkers(scope, threads, own, workerBytes);
            plain = packedBytes() > 0 ? own + threads * workerBytes : u;
            v = own + threads * workerBytes + (packedBytes() > 0 ? 4 * s.filterCount() : 0);
        }

        long work(int worker) {
            return work + worker * workBytes;
        }

        @Override
        public void refresh() {
            pool.parallel(filter.tasks(), transform);
            if (plain != u) {
                pool.parallel(WinogradShape.POINTS, pack);
            }
        }

        private void transform(int task, int worker) {
            filter.points(task, w, plain, work(worker));
        }

        private void pack(int point, int worker) {
            product(s, cut, cut.chunk(), forward).pack(point, plain, u, workers.scratch(worker));
        }

        @Override
        public void close() {
            scope.close();
        }
    }

    /// Chunks of tiles through all steps.
    private final class Chunks extends Common {
        private final WinogradRun[] products;
        private final WinogradRun[] last;
        private final Pool.Task chunk = this::chunk;

        Chunks(long x, long w, long y, long scratch, long u, Pool pool) {
            super(x, w, y, scratch, u, pool);
            var a = new long[threads];
            var b = new long[threads];
            var c = new long[threads];
            for (int i = 0; i < threads; i++) {
                a[i] = v(i);
                b[i] = u;
                c[i] = m(i);
            }
            boolean packed = plain != u;
            products = product(s, cut, cut.chunk(), forward).runs(scope, workers, packed, a, b, c);
            int rest = s.tiles() % cut.chunk();
            last = rest == 0 ? products : product(s, cut, rest, forward).runs(scope, workers, packed, a, b, c);
        }

        private long v(int worker) {
            return v + worker * (inputBytes() + outputBytes());
        }

        private long m(int worker) {
            return v(worker) + inputBytes();
        }

        @Override
        public void run() {
            pool.parallel(Math.ceilDiv(s.tiles(), cut.chunk()), chunk);
        }

        private void chunk(int task, int worker) {
            int from = task * cut.chunk();
            int count = Math.min(cut.chunk(), s.tiles() - from);
            int lines = WinogradProduct.lines(count);
            tiles.input(x, from, count, v(worker), from, lines, work(worker));
            (count == cut.chunk() ? products : last)[worker].run(worker);
            tiles.output(m(worker), from, lines, from, count, y, work(worker));
        }
    }

    /// All tiles one step after the other.
    private final class Steps extends Common {
        private final WinogradSpread spread = new WinogradSpread(s, s.tiles());
        private final int lines = WinogradProduct.lines(s.tiles());
        private final WinogradRun[] products;
        private final long m = v + inputBytes();
        private final Pool.Task input = this::input;
        private final Pool.Task product = this::product;
        private final Pool.Task output = this::output;

        Steps(long x, long w, long y, long scratch, long u, Pool pool) {
            super(x, w, y, scratch, u, pool);
            int n = WinogradShape.POINTS / cut.points();
            var a = new long[n];
            var b = new long[n];
            var c = new long[n];
            for (int i = 0; i < n; i++) {
                a[i] = v + i * inputBytes() / n;
                b[i] = u + i * weightBytes() / n;
                c[i] = m + i * outputBytes() / n;
            }
            products = WinogradConv.product(s, cut, s.tiles(), forward).runs(scope, workers, false, a, b, c);
        }

        @Override
        public void run() {
            pool.parallel(spread.tasks(), input);
            pool.parallel(products.length, product);
            pool.parallel(spread.tasks(), output);
        }

        private void input(int task, int worker) {
            tiles.input(x, spread.from(task), spread.count(task), v, 0, lines, work(worker));
        }

        private void product(int task, int worker) {
            products[task].run(worker);
        }

        private void output(int task, int worker) {
            tiles.output(m, 0, lines, spread.from(task), spread.count(task), y, work(worker));
        }
    }
}
