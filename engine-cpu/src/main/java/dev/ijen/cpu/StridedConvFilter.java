package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;

/// Gradient of the filter of a convolution of F32 in steps of more than 1, as products: for each tap, outputs' gradients [outputs, K] turned, times the inputs
/// [outputs, C] that the tap sees, which are brought together a part at a time.
final class StridedConvFilter implements CpuKernel {
    /// Input and output channels of a task.
    private static final int WIDE = 32;
    private static final int HIGH = 128;
    /// Outputs whose inputs are brought together.
    private static final int PART = Gemm.DEPTH;
    private static final int LEAST = 32;
    /// Multiply-adds and tasks from which on it pays.
    private static final long WORTH = 1 << 22;
    private static final int TASKS = 8;

    private final ConvShape s;
    private final Micro micro;
    private final int threads;
    private final int across;
    private final int down;

    private StridedConvFilter(ConvShape s, Micro micro, int threads) {
        this.s = s;
        this.micro = micro;
        this.threads = threads;
        across = Math.ceilDiv(s.c(), WIDE);
        down = Math.ceilDiv(s.k(), HIGH);
    }

    /// Null where there is no machine code, or another way is better.
    static CpuKernel of(Kernel.Conv conv, Pool pool, Native nat) {
        var s = ConvShape.of(conv);
        var micro = Micro32Code.here();
        boolean fits = conv.dtype() == DType.F32 && conv.pass() == ConvPass.FILTER_GRADIENT && s.groups() == 1
                && !s.unitStride() && Math.min(s.c(), s.k()) >= LEAST && s.work() >= WORTH;
        if (!fits || micro == null || nat.target() == null) {
            return null;
        }
        var made = new StridedConvFilter(s, micro, pool.threads());
        return made.tasks() >= TASKS ? made : null;
    }

    /// Whatever pays.
    static CpuKernel of(ConvShape s, Micro micro, Pool pool) {
        return new StridedConvFilter(s, micro, pool.threads());
    }

    private static long partBytes() {
        return 4L * PART * WIDE;
    }

    @Override
    public long scratchBytes() {
        return threads * partBytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        Pool.Task task = (t, worker) -> product(t, in[0], in[1], out[0], scratch + worker * partBytes());
        return () -> pool.parallel(tasks(), task);
    }

    private int tasks() {
        return s.taps() * across * down;
    }

    private void product(int task, long x, long dy, long dw, long part) {
        int tap = task / down / across;
        int c = task / down % across * WIDE;
        int k = task % down * HIGH;
        int n = Math.min(WIDE, s.c() - c);
        int m = Math.min(HIGH, s.k() - k);
        long ldc = 4L * s.taps() * s.c();
        int all = s.n() * s.outputs();
        for (int i = 0; i < all; i += PART) {
            int depth = Math.min(PART, all - i);
            inputs(tap, i, depth, x + 4L * c, n, part);
            Gemm.run(micro, m, n, depth, dy + 4 * ((long) i * s.k() + k), 4, 4L * s.k(), part, 4L * micro.strip(),
                    4L * n,
                    dw + k * ldc + 4 * ((long) tap * s.c() + c), ldc, i > 0, 0);
        }
    }

    /// What a tap sees for `count` outputs from the i-th on, `n` channels of it.
    private void inputs(int tap, int i, int count, long x, int n, long to) {
        int last = s.out()[2];
        int s2 = tap % s.size()[2] * s.dilation()[2] - s.pad()[2];
        int s1 = tap / s.size()[2] % s.size()[1] * s.dilation()[1] - s.pad()[1];
        int s0 = tap / s.size()[2] / s.size()[1] * s.dilation()[0] - s.pad()[0];
        long bytes = 4L * n;
        for (int end = i + count; i < end;) {
            int q = i % last;
            int run = Math.min(last - q, end - i);
            int line = i / last;
            int h = line % s.out()[1] * s.stride()[1] + s1;
            int d = line / s.out()[1] % s.out()[0] * s.stride()[0] + s0;
            int image = line / s.out()[1] / s.out()[0];
            boolean in = h >= 0 && h < s.in()[1] && d >= 0 && d < s.in()[0];
            // outputs `from` to `until` of the line see something
            int from = in ? Math.clamp(Math.ceilDiv(-s2, s.stride()[2]), q, q + run) : q + run;
            int until = in ? Math.clamp(Math.ceilDiv(s.in()[2] - s2, s.stride()[2]), from, q + run) : from;
            Mem.zero(to, (from - q) * bytes);
            long first = ((long) (image * s.in()[0] + d) * s.in()[1] + h) * s.in()[2] + (long) from * s.stride()[2]
                    + s2;
            Slices.copy(x + 4 * first * s.c(), 4L * s.stride()[2] * s.c(), until - from, bytes,
                    to + (from - q) * bytes);
            Mem.zero(to + (until - q) * bytes, (q + run - until) * bytes);
            to += run * bytes;
            i += run;
        }
    }
}
