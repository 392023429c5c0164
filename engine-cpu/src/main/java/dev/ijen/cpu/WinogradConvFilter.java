package dev.ijen.cpu;

/// Gradient of a convolution's filter in F32 by Winograd's F(4 × 4, 3 × 3), the adjoint of [WinogradConv]: of each point, the products of all
/// tiles' gradients with their inputs are summed, and the sums transformed to a filter.
final class WinogradConvFilter implements CpuKernel {
    private final WinogradShape s;
    private final WinogradCut cut;
    private final int threads;
    private final long workerBytes;

    private WinogradConvFilter(WinogradShape s, WinogradCut cut, int threads, long workerBytes) {
        this.s = s;
        this.cut = cut;
        this.threads = threads;
        this.workerBytes = workerBytes;
    }

    /// Null if oneDNN has no fast product.
    static CpuKernel of(WinogradShape s, Pool pool) {
        var cut = WinogradCut.steps(s);
        long bytes = product(s, cut).workerBytes();
        return bytes < 0 ? null : new WinogradConvFilter(s, cut, pool.threads(), bytes);
    }

    private static WinogradProduct product(WinogradShape s, WinogradCut cut) {
        return new WinogradProduct(cut.points(), s.k(), s.c(), s.tiles(), true, false);
    }

    private long inputBytes() {
        return 4L * WinogradShape.POINTS * s.tiles() * s.c();
    }

    private long outputBytes() {
        return 4L * WinogradShape.POINTS * s.tiles() * s.k();
    }

    @Override
    public long scratchBytes() {
        return inputBytes() + outputBytes() + 4 * s.filterCount() + threads * (workerBytes + WinogradTiles.WORK);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return new Steps(in[0], out[0], in[1], scratch, pool);
    }

    private final class Steps implements Bound {
        private final DnnlScope scope = new DnnlScope();
        private final WinogradTiles tiles = new WinogradTiles(s);
        private final WinogradFilter filter = new WinogradFilter(s.k(), s.c(), false);
        private final WinogradSpread spread = new WinogradSpread(s);
        private final DnnlWorkers workers;
        private final DnnlRun[] products;
        private final long x;
        private final long dw;
        private final long dy;
        private final long work;
        private final long v;
        private final long m;
        private final long du;
        private final Pool pool;
        private final Pool.Task points = this::points;
        private final Pool.Task product = this::product;
        private final Pool.Task gradient = this::gradient;

        Steps(long x, long dw, long dy, long scratch, Pool pool) {
            this.x = x;
            this.dw = dw;
            this.dy = dy;
            this.pool = pool;
            work = scratch;
            long own = work + (long) threads * WinogradTiles.WORK;
            workers = new DnnlWorkers(scope, threads, own, workerBytes);
            v = own + threads * workerBytes;
            m = v + inputBytes();
            du = m + outputBytes();
            int n = WinogradShape.POINTS / cut.points();
            var a = new long[n];
            var b = new long[n];
            var c = new long[n];
            for (int i = 0; i < n; i++) {
                a[i] = m + i * outputBytes() / n;
                b[i] = v + i * inputBytes() / n;
                c[i] = du + i * 4 * s.filterCount() / n;
            }
            products = WinogradConvFilter.product(s, cut).runs(scope, workers, a, b, c);
        }

        @Override
        public void run() {
            pool.parallel(2 * spread.tasks(), points);
            pool.parallel(products.length, product);
            pool.parallel(filter.tasks(), gradient);
        }

        private void points(int task, int worker) {
            int t = task / 2;
            long own = work + (long) worker * WinogradTiles.WORK;
            if (task % 2 == 0) {
                tiles.input(x, spread.from(t), spread.count(t), v, 0, s.tiles(), own);
            } else {
                tiles.outputGradient(dy, spread.from(t), spread.count(t), m, 0, s.tiles(), own);
            }
        }

        private void product(int task, int worker) {
            workers.execute(products[task], worker);
        }

        private void gradient(int task, int worker) {
            filter.gradient(task, du, dw, work + (long) worker * WinogradTiles.WORK);
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
