package dev.ijen.cpu;

/// The way of [WinogradConv] for large filters that change in every run: a filter's points are four times the filter, too much for the caches,
/// so that a part of them is made, multiplied and forgotten at a time. One task makes some output channels, summing over input channels part by
/// part.
final class WinogradBlocks {
    /// Output and input channels that are taken at once, whichever lie along the filter being more.
    private static final int MORE = 64;
    private static final int LESS = 32;
    /// The least bytes of a filter's points and tasks for which it pays.
    static final long LARGE = 4 << 20;
    static final int TASKS = 8;
    /// Floats between lines of points, so that they do not fall on the same sets of a cache.
    static final int GAP = 16;
    /// Bytes of a worker's memory for transforms.
    static final long WORK = Mem.align(Math.max(WinogradTiles.WORK, WinogradFilter.BETWEEN));

    private final WinogradShape s;
    private final boolean forward;
    private final int threads;
    private final Micro micro;
    private final Turns turns;
    private final int line;
    private final int deep;
    private final int wide;

    private WinogradBlocks(WinogradShape s, boolean forward, int threads, Micro micro, Turns turns) {
        this.s = s;
        this.forward = forward;
        this.threads = threads;
        this.micro = micro;
        this.turns = turns;
        line = s.c() + GAP;
        boolean deeper = forward || s.k() < TASKS * MORE;
        deep = Math.min(deeper ? MORE : LESS, s.c());
        wide = Math.min(deeper ? LESS : MORE, s.k());
    }

    /// Null where there is no machine code, or another way is better.
    static WinogradBlocks of(WinogradShape s, boolean forward, int threads, Native nat) {
        var micro = Micro32Code.here();
        var turns = Turns.of(nat.target());
        if (micro == null || turns == null || 4 * s.filterCount() < LARGE) {
            return null;
        }
        var made = of(s, forward, threads, micro, turns);
        return made.tasks() >= TASKS ? made : null;
    }

    /// Whatever pays.
    static WinogradBlocks of(WinogradShape s, boolean forward, int threads, Micro micro, Turns turns) {
        return new WinogradBlocks(s, forward, threads, micro, turns);
    }

    private int tasks() {
        return Math.ceilDiv(s.k(), wide);
    }

    private long inputBytes() {
        return 4L * WinogradShape.POINTS * s.tiles() * line;
    }

    private long tapBytes() {
        return 4L * deep * wide;
    }

    private long filterBytes() {
        return WinogradShape.POINTS * tapBytes();
    }

    private long outputBytes() {
        return 4L * WinogradShape.POINTS * s.tiles() * wide;
    }

    private long workerBytes() {
        return WORK + WinogradFilter.TAPS * tapBytes() + filterBytes() + outputBytes();
    }

    long scratchBytes() {
        return inputBytes() + threads * workerBytes();
    }

    CpuKernel.Bound bind(long x, long w, long y, long scratch, Pool pool) {
        return new Run(x, w, y, scratch, pool);
    }

    private final class Run implements CpuKernel.Bound {
        private final WinogradTiles tiles = new WinogradTiles(s, line, wide);
        private final WinogradSpread spread = new WinogradSpread(s, s.tiles());
        private final long x;
        private final long w;
        private final long y;
        private final long v;
        private final Pool pool;
        private final Pool.Task input = this::input;
        private final Pool.Task block = this::block;

        Run(long x, long w, long y, long scratch, Pool pool) {
            this.x = x;
            this.w = w;
            this.y = y;
            this.pool = pool;
            v = scratch;
        }

        private long work(int worker) {
            return v + inputBytes() + worker * workerBytes();
        }

        @Override
        public void run() {
            pool.parallel(spread.tasks(), input);
            pool.parallel(tasks(), block);
        }

        private void input(int task, int worker) {
            tiles.input(x, spread.from(task), spread.count(task), v, 0, s.tiles(), work(worker));
        }

        private void block(int task, int worker) {
            int k = task * wide;
            int n = Math.min(wide, s.k() - k);
            long work = work(worker);
            long taps = work + WORK;
            long u = taps + WinogradFilter.TAPS * tapBytes();
            long m = u + filterBytes();
            for (int c = 0; c < s.c(); c += deep) {
                int depth = Math.min(deep, s.c() - c);
                filter(k, n, c, depth, taps);
                long point = 4L * depth * n;
                WinogradFilter.row(taps, point, depth * n, u, point, work);
                for (int p = 0; p < WinogradShape.POINTS; p++) {
                    Gemm.run(micro, s.tiles(), n, depth, v + 4L * ((long) p * s.tiles() * line + c), 4L * line, 4,
                            u + p * point, 4L * micro.strip(), 4L * n, m + 4L * p * s.tiles() * n, 4L * n, c > 0, 0);
                }
            }
            tiles.output(m, n, 0, s.tiles(), 0, s.tiles(), y, k, n, work);
        }

        /// Taps of `n` output channels from `k` on and `depth` input channels from `c` on, as [9, depth, n].
        private void filter(int k, int n, int c, int depth, long to) {
            int taps = WinogradFilter.TAPS;
            if (forward) {
                for (int t = 0; t < taps; t++) {
                    turns.run(w + 4L * (((long) k * taps + t) * s.c() + c), 4L * taps * s.c(), n, depth,
                            to + 4L * t * depth * n, 4L * n);
                }
            } else {
                for (int i = 0; i < depth; i++) {
                    long row = w + 4L * ((long) (c + i) * taps * s.k() + k);
                    for (int t = 0; t < taps; t++) {
                        Moves.copy(row + 4L * (taps - 1 - t) * s.k(), to + 4L * ((long) t * depth + i) * n, 4L * n);
                    }
                }
            }
        }
    }
}
