package dev.ijen.cpu;

/// y = conv(x, w) in plain Java. Also the gradient of the input where all steps are 1: that is a convolution of dy
/// with the filter turned round and its channels exchanged.
final class JavaConvForward implements CpuKernel {
    /// Bytes of windows a task lays out at once, which should stay in the second-level cache.
    private static final int COLUMN_BYTES = 192 << 10;

    private final ConvShape s;
    private final Micro u;
    private final int threads;
    private final boolean turned;
    private final int depth;
    private final int rows;
    private final int strips;
    private final long stripBytes;
    private final long columnBytes;

    /// @param s the convolution to compute
    /// @param turned true if the filter in memory is [cg, taps, kg] of `s` (groups in front of cg) and turned round
    JavaConvForward(ConvShape s, Micro u, int threads, boolean turned) {
        this.s = s;
        this.u = u;
        this.threads = threads;
        this.turned = turned;
        depth = s.taps() * s.cg();
        int fit = Math.max(1, COLUMN_BYTES / (depth * u.bytes()));
        rows = (int) Math.min(positions(), Math.clamp(fit / 8 * 8L, 8, 128));
        strips = Gemm.strips(u, s.kg());
        stripBytes = Gemm.stripBytes(u, depth);
        columnBytes = s.pointwise() ? 0 : Mem.align((long) rows * depth * u.bytes());
    }

    private long positions() {
        return (long) s.n() * s.outputs();
    }

    @Override
    public long scratchBytes() {
        return (long) s.groups() * strips * stripBytes + threads * columnBytes;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        long workers = scratch + (long) s.groups() * strips * stripBytes;
        Pool.Task pack = (task, worker) -> pack(task, in[1], scratch);
        Pool.Task product = (task, worker) -> product(task, in[0], scratch, out[0], workers + worker * columnBytes);
        int tasks = Math.toIntExact((positions() + rows - 1) / rows);
        return () -> {
            pool.parallel(s.groups() * strips, pack);
            pool.parallel(tasks, product);
        };
    }

    /// Packs a strip of output channels of a group: rows are (tap, input channel).
    private void pack(int task, long w, long packed) {
        int g = task / strips;
        int j = task % strips * u.strip();
        int n = Math.min(u.strip(), s.kg() - j);
        long e = u.bytes();
        long to = packed + task * stripBytes;
        if (!turned) {
            u.pack(w + ((long) g * s.kg() + j) * depth * e, e, depth * e, depth, n, to);
            return;
        }
        // in memory: [groups, cg, taps, kg]
        int taps = s.taps();
        for (int t = 0; t < taps; t++) {
            long from = w + (((long) g * s.cg() * taps + taps - 1 - t) * s.kg() + j) * e;
            u.pack(from, (long) taps * s.kg() * e, e, s.cg(), n, to + (long) t * s.cg() * u.strip() * e);
        }
    }

    private void product(int task, long x, long packed, long y, long own) {
        long e = u.bytes();
        long pos = (long) task * rows;
        int m = (int) Math.min(rows, positions() - pos);
        long row = u.strip() * e;
        for (int g = 0; g < s.groups(); g++) {
            long a = own;
            long ars = depth * e;
            if (s.pointwise()) {
                a = x + (pos * s.c() + (long) g * s.cg()) * e;
                ars = s.c() * e;
            } else {
                Im2col.fill(s, x, u.bytes(), g, pos, m, 0, depth, a);
            }
            long b = packed + (long) g * strips * stripBytes;
            long c = y + (pos * s.k() + (long) g * s.kg()) * e;
            Gemm.run(u, m, s.kg(), depth, a, ars, e, b, stripBytes, row, c, s.k() * e, false, 0);
        }
    }
}
