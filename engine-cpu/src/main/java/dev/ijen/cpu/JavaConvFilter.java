package dev.ijen.cpu;

/// The gradient of a convolution's filter in plain Java: dw = windowsᵀ · dy, where a task has some columns of the
/// windows and a share of the positions. Shares are added in order.
final class JavaConvFilter implements CpuKernel {
    /// Columns of a task.
    private static final int BLOCK = 72;

    /// Positions laid out at once.
    private static final int ROWS = 256;

    private static final int TASKS = 32;

    private final ConvShape s;
    private final Micro u;
    private final int threads;
    private final int depth;
    private final int blocks;
    private final int shares;
    private final long positions;

    JavaConvFilter(ConvShape s, Micro u, int threads) {
        this.s = s;
        this.u = u;
        this.threads = threads;
        depth = s.taps() * s.cg();
        blocks = (depth + BLOCK - 1) / BLOCK;
        positions = (long) s.n() * s.outputs();
        shares = (int) Math.clamp(TASKS / ((long) blocks * s.groups()), 1, (positions + 2 * ROWS - 1) / (2 * ROWS));
    }

    private long columnBytes() {
        return (long) ROWS * BLOCK * u.bytes();
    }

    /// Bytes of one share's sums: [groups, taps · cg, kg].
    private long shareBytes() {
        return Mem.align(s.wCount() * u.bytes());
    }

    @Override
    public long scratchBytes() {
        return shares * shareBytes() + threads * columnBytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        long own = scratch + shares * shareBytes();
        Pool.Task product = (task, worker) -> product(task, in[0], in[1], scratch, own + worker * columnBytes());
        Pool.Task finish = (k, worker) -> finish(k, scratch, out[0]);
        return () -> {
            pool.parallel(shares * s.groups() * blocks, product);
            pool.parallel(s.k(), finish);
        };
    }

    private void product(int task, long x, long dy, long sums, long column) {
        long e = u.bytes();
        int i0 = task % blocks * BLOCK;
        int i1 = Math.min(depth, i0 + BLOCK);
        int g = task / blocks % s.groups();
        int share = task / blocks / s.groups();
        long end = positions * (share + 1) / shares;
        long c = sums + share * shareBytes() + ((long) g * depth + i0) * s.kg() * e;
        boolean add = false;
        for (long pos = positions * share / shares; pos < end; pos += ROWS) {
            int rows = (int) Math.min(ROWS, end - pos);
            Im2col.fill(s, x, u.bytes(), g, pos, rows, i0, i1, column);
            long b = dy + (pos * s.k() + (long) g * s.kg()) * e;
            Gemm.run(
                    u, i1 - i0, s.kg(), rows, column, e, (i1 - i0) * e, b, u.strip() * e, s.k() * e, c, s.kg() * e, add,
                    0);
            add = true;
        }
    }

    /// Adds up the shares of one output channel and turns them to [taps, cg].
    private void finish(int k, long sums, long dw) {
        int g = k / s.kg();
        for (int i = 0; i < depth; i++) {
            long from = ((long) g * depth + i) * s.kg() + k % s.kg();
            long to = (long) k * depth + i;
            if (u.bytes() == 4) {
                float v = Mem.f32(sums + 4 * from);
                for (int h = 1; h < shares; h++) {
                    v += Mem.f32(sums + h * shareBytes() + 4 * from);
                }
                Mem.f32(dw + 4 * to, v);
            } else {
                double v = Mem.f64(sums + 8 * from);
                for (int h = 1; h < shares; h++) {
                    v += Mem.f64(sums + h * shareBytes() + 8 * from);
                }
                Mem.f64(dw + 8 * to, v);
            }
        }
    }
}
