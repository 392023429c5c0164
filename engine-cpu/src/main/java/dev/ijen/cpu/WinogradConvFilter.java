package dev.ijen.cpu;

/// Gradient of a convolution's filter in F32 by Winograd's F(4 × 4, 3 × 3), the adjoint of [WinogradConv]: of each point, the products of all
/// tiles' gradients with their inputs are summed, and the sums transformed to a filter.
final class WinogradConvFilter implements CpuKernel {
    private final WinogradShape s;
    private final WinogradCut cut;
    private final int shares;
    private final int threads;
    private final long workerBytes;

    private WinogradConvFilter(WinogradShape s, WinogradCut cut, int threads, long workerBytes) {
        this.s = s;
        this.cut = cut;
        this.threads = threads;
        this.workerBytes = workerBytes;
        shares = cut.byPoints() ? 1 : cut.shares(s);
    }

    /// Null if oneDNN has no fast product.
    static CpuKernel of(WinogradShape s, WinogradCut cut, Pool pool) {
        long bytes = product(s, cut, cut.chunk(), false).workerBytes(false);
        long adding = product(s, cut, cut.chunk(), true).workerBytes(false);
        int rest = s.tiles() % cut.chunk();
        long last = rest == 0 ? 0 : product(s, cut, rest, true).workerBytes(false);
        return Math.min(Math.min(bytes, adding), last) < 0 ? null
                : new WinogradConvFilter(s, cut, pool.threads(), Math.max(Math.max(bytes, adding), last));
    }

    private static WinogradProduct product(WinogradShape s, WinogradCut cut, int tiles, boolean adds) {
        return new WinogradProduct(cut.points(), s.k(), s.c(), tiles, true, false, adds);
    }

    private long inputBytes() {
        return 4L * WinogradShape.POINTS * WinogradProduct.lines(cut.chunk()) * s.c();
    }

    private long outputBytes() {
        return 4L * WinogradShape.POINTS * WinogradProduct.lines(cut.chunk()) * s.k();
    }

    private long pointBytes() {
        return 4 * s.filterCount();
    }

    @Override
    public long scratchBytes() {
        int copies = cut.byPoints() ? 1 : threads;
        return copies * (inputBytes() + outputBytes()) + shares * pointBytes()
                + threads * (workerBytes + WinogradTiles.WORK);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return cut.byPoints()
                ? new Steps(in[0], out[0], in[1], scratch, pool)
                : new Shares(in[0], out[0], in[1], scratch, pool);
    }

    /// What both ways have in common.
    private abstract class Common implements Bound {
        final DnnlScope scope = new DnnlScope();
        final WinogradTiles tiles = new WinogradTiles(s);
        final DnnlWorkers workers;
        final long x;
        final long dy;
        final long du;
        final long v;
        final Pool pool;
        private final WinogradFilter filter = new WinogradFilter(s.k(), s.c(), WinogradFilter.Order.OUTPUT_FIRST);
        private final long dw;
        private final long work;
        private final Pool.Task gradient = this::gradient;

        Common(long x, long dw, long dy, long scratch, Pool pool) {
            this.x = x;
            this.dw = dw;
            this.dy = dy;
            this.pool = pool;
            work = scratch;
            long own = work + (long) threads * WinogradTiles.WORK;
            workers = new DnnlWorkers(scope, threads, own, workerBytes);
            du = own + threads * workerBytes;
            v = du + shares * pointBytes();
        }

        long work(int worker) {
            return work + (long) worker * WinogradTiles.WORK;
        }

        /// Sums of points to the filter.
        void finish() {
            pool.parallel(filter.tasks(), gradient);
        }

        private void gradient(int task, int worker) {
            filter.gradient(task, du, shares, dw, work(worker));
        }

        @Override
        public void close() {
            scope.close();
        }
    }

    /// Shares of the tiles, each in chunks through both steps and summed by one task.
    private final class Shares extends Common {
        private final int chunks = Math.ceilDiv(s.tiles(), cut.chunk());
        /// By share and worker: the first chunk's product, those that are added, and the last of all.
        private final WinogradRun[][] first = new WinogradRun[shares][];
        private final WinogradRun[][] next = new WinogradRun[shares][];
        private final WinogradRun[] last;
        private final Pool.Task share = this::share;

        Shares(long x, long dw, long dy, long scratch, Pool pool) {
            super(x, dw, dy, scratch, pool);
            for (int i = 0; i < shares; i++) {
                first[i] = runs(i, cut.chunk(), false);
                next[i] = runs(i, cut.chunk(), true);
            }
            int rest = s.tiles() % cut.chunk();
            last = rest == 0 ? next[shares - 1] : runs(shares - 1, rest, true);
        }

        private WinogradRun[] runs(int share, int tiles, boolean adds) {
            var a = new long[threads];
            var b = new long[threads];
            var c = new long[threads];
            for (int i = 0; i < threads; i++) {
                a[i] = m(i);
                b[i] = v(i);
                c[i] = du + share * pointBytes();
            }
            return product(s, cut, tiles, adds).runs(scope, workers, false, a, b, c);
        }

        private long v(int worker) {
            return v + worker * (inputBytes() + outputBytes());
        }

        private long m(int worker) {
            return v(worker) + inputBytes();
        }

        @Override
        public void run() {
            pool.parallel(shares, share);
            finish();
        }

        private void share(int task, int worker) {
            int begin = (int) ((long) chunks * task / shares);
            int end = (int) ((long) chunks * (task + 1) / shares);
            for (int i = begin; i < end; i++) {
                int from = i * cut.chunk();
                int count = Math.min(cut.chunk(), s.tiles() - from);
                int lines = WinogradProduct.lines(count);
                tiles.input(x, from, count, v(worker), from, lines, work(worker));
                tiles.outputGradient(dy, from, count, m(worker), from, lines, work(worker));
                var runs = i == begin ? first[task] : count == cut.chunk() ? next[task] : last;
                runs[worker].run(worker);
            }
        }
    }

    /// All tiles, or as many as memory is spent on, one step after the other.
    private final class Steps extends Common {
        private final int rounds = Math.ceilDiv(s.tiles(), cut.chunk());
        private final WinogradRun[] first;
        private final WinogradRun[] next;
        private final WinogradRun[] last;
        private final long m = v + inputBytes();
        private final Pool.Task points = this::points;
        private final Pool.Task product = this::product;
        /// The round under way: where its tiles begin, how they are spread, its products.
        private int begin;
        private WinogradSpread spread;
        private WinogradRun[] products;
        private final WinogradSpread whole = new WinogradSpread(s, cut.chunk());
        private final WinogradSpread rest = new WinogradSpread(s, s.tiles() - (rounds - 1) * cut.chunk());

        Steps(long x, long dw, long dy, long scratch, Pool pool) {
            super(x, dw, dy, scratch, pool);
            first = runs(cut.chunk(), false);
            next = rounds > 1 ? runs(cut.chunk(), true) : first;
            last = rounds > 1 ? runs(rest.tiles(), true) : first;
        }

        private WinogradRun[] runs(int tiles, boolean adds) {
            int n = WinogradShape.POINTS / cut.points();
            var a = new long[n];
            var b = new long[n];
            var c = new long[n];
            for (int i = 0; i < n; i++) {
                long lines = (long) i * cut.points() * WinogradProduct.lines(tiles);
                a[i] = m + 4 * lines * s.k();
                b[i] = v + 4 * lines * s.c();
                c[i] = du + i * pointBytes() / n;
            }
            return WinogradConvFilter.product(s, cut, tiles, adds).runs(scope, workers, false, a, b, c);
        }

        @Override
        public void run() {
            for (int r = 0; r < rounds; r++) {
                boolean end = r == rounds - 1;
                begin = r * cut.chunk();
                spread = end ? rest : whole;
                products = r == 0 ? first : end ? last : next;
                pool.parallel(2 * spread.tasks(), points);
                pool.parallel(products.length, product);
            }
            finish();
        }

        private void points(int task, int worker) {
            int from = begin + spread.from(task / 2);
            int count = spread.count(task / 2);
            int lines = WinogradProduct.lines(spread.tiles());
            if (task % 2 == 0) {
                tiles.input(x, from, count, v, begin, lines, work(worker));
            } else {
                tiles.outputGradient(dy, from, count, m, begin, lines, work(worker));
            }
        }

        private void product(int task, int worker) {
            products[task].run(worker);
        }
    }
}
