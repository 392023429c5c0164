package dev.ijen.cpu;

/// The way of [WinogradConvFilter] for large filters: the sums of their points are four times the filter, too much for the caches, so that each task makes
/// a block of them and transforms it at once.
final class WinogradFilterBlocks implements CpuKernel {
    /// Output and input channels of a task.
    private static final int SIDE = 64;
    /// The most memory that the points of tiles are given which are summed together.
    private static final int MOST = 12 << 20;

    private final WinogradShape s;
    private final int threads;
    private final Micro micro;
    private final int inLine;
    private final int outLine;
    private final int high;
    private final int wide;

    private WinogradFilterBlocks(WinogradShape s, int threads, Micro micro) {
        this.s = s;
        this.threads = threads;
        this.micro = micro;
        inLine = s.c() + WinogradBlocks.GAP;
        outLine = s.k() + WinogradBlocks.GAP;
        high = Math.min(SIDE, s.k());
        wide = Math.min(SIDE, s.c());
    }

    /// Null where there is no machine code, or another way is better.
    static WinogradFilterBlocks of(WinogradShape s, int threads, Native nat) {
        var micro = Micro32Code.here();
        if (micro == null || nat.target() == null || 4 * s.filterCount() < WinogradBlocks.LARGE) {
            return null;
        }
        var made = of(s, threads, micro);
        return made.pointBytes() > MOST || made.tasks() < WinogradBlocks.TASKS ? null : made;
    }

    /// Whatever pays.
    static WinogradFilterBlocks of(WinogradShape s, int threads, Micro micro) {
        return new WinogradFilterBlocks(s, threads, micro);
    }

    private int tasks() {
        return Math.ceilDiv(s.k(), high) * Math.ceilDiv(s.c(), wide);
    }

    private long pointBytes() {
        return 4L * WinogradShape.POINTS * s.tiles() * (inLine + outLine);
    }

    private long sumBytes() {
        return 4L * WinogradShape.POINTS * high * wide;
    }

    @Override
    public long scratchBytes() {
        return pointBytes() + threads * (WinogradBlocks.WORK + sumBytes());
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return new Run(in[0], out[0], in[1], scratch, pool);
    }

    private final class Run implements Bound {
        private final WinogradTiles tiles = new WinogradTiles(s, inLine, outLine);
        private final WinogradSpread spread = new WinogradSpread(s, s.tiles());
        private final int across = Math.ceilDiv(s.c(), wide);
        private final long x;
        private final long dw;
        private final long dy;
        private final long v;
        private final long m;
        private final long own;
        private final Pool pool;
        private final Pool.Task points = this::points;
        private final Pool.Task block = this::block;

        Run(long x, long dw, long dy, long scratch, Pool pool) {
            this.x = x;
            this.dw = dw;
            this.dy = dy;
            this.pool = pool;
            v = scratch;
            m = v + 4L * WinogradShape.POINTS * s.tiles() * inLine;
            own = v + pointBytes();
        }

        private long work(int worker) {
            return own + worker * (WinogradBlocks.WORK + sumBytes());
        }

        @Override
        public void run() {
            pool.parallel(2 * spread.tasks(), points);
            pool.parallel(tasks(), block);
        }

        private void points(int task, int worker) {
            int from = spread.from(task / 2);
            int count = spread.count(task / 2);
            if (task % 2 == 0) {
                tiles.input(x, from, count, v, 0, s.tiles(), work(worker));
            } else {
                tiles.outputGradient(dy, from, count, m, 0, s.tiles(), work(worker));
            }
        }

        private void block(int task, int worker) {
            int k = task / across * high;
            int c = task % across * wide;
            int rows = Math.min(high, s.k() - k);
            int n = Math.min(wide, s.c() - c);
            long work = work(worker);
            long sums = work + WinogradBlocks.WORK;
            long point = 4L * rows * n;
            for (int p = 0; p < WinogradShape.POINTS; p++) {
                Gemm.run(micro, rows, n, s.tiles(), m + 4L * ((long) p * s.tiles() * outLine + k), 4, 4L * outLine,
                        v + 4L * ((long) p * s.tiles() * inLine + c), 4L * micro.strip(), 4L * inLine,
                        sums + p * point, 4L * n, false, 0);
            }
            for (int i = 0; i < rows; i++) {
                WinogradFilter.gradient(sums + 4L * i * n, point,
                        dw + 4L * ((long) (k + i) * WinogradFilter.TAPS * s.c() + c), 4L * s.c(), n, work);
            }
        }
    }
}
