package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;

/// Gradient of the filter of a convolution of F32 in steps of more than 1, as products: for each tap, outputs' gradients [outputs, K] turned, times the inputs
/// [outputs, C] that the tap sees, which are brought together a part at a time.
///
/// A task is a tap, some outputs and some of K, so that what it reads stays in the second-level cache; tasks that follow one another read the same
/// gradients. Where outputs are cut, each share of them has sums of its own, which are added in the end.
final class StridedConvFilter implements CpuKernel {
    /// Input and output channels of a product.
    private static final int WIDE = 32;
    private static final int HIGH = 128;
    /// Outputs whose inputs are brought together.
    private static final int PART = Gemm.DEPTH;
    /// About as many outputs as a share has.
    private static final int OUTPUTS = 1024;
    private static final int MOST_SHARES = 16;
    /// Most bytes of all shares' sums, unless there is but one.
    private static final long MOST = 16 << 20;
    /// Tasks from which on it pays.
    private static final int TASKS = 8;
    /// Numbers that are added up by a task.
    private static final int SUM = 1 << 14;

    private final ConvShape s;
    private final Micro micro;
    private final int threads;
    private final int down;
    private final int shares;

    private StridedConvFilter(ConvShape s, Micro micro, int threads) {
        this.s = s;
        this.micro = micro;
        this.threads = threads;
        down = Math.ceilDiv(s.k(), HIGH);
        int outputs = s.n() * s.outputs();
        int enough = Math.max(outputs / OUTPUTS, Math.ceilDiv(TASKS, s.taps() * down));
        int most = (int) Math.min(MOST_SHARES, MOST / (4 * s.wCount()));
        shares = Math.max(1, Math.min(Math.min(enough, outputs / PART), most));
    }

    /// Null where there is no machine code, or another way is better.
    static CpuKernel of(Kernel.Conv conv, Pool pool, Native nat) {
        var s = ConvShape.of(conv);
        if (conv.pass() != ConvPass.FILTER_GRADIENT || !StridedConv.suits(conv.dtype(), s, nat)) {
            return null;
        }
        var made = new StridedConvFilter(s, Micro32Code.here(), pool.threads());
        return made.tasks() >= TASKS ? made : null;
    }

    /// Whatever pays.
    static CpuKernel of(ConvShape s, Micro micro, Pool pool) {
        return new StridedConvFilter(s, micro, pool.threads());
    }

    private static long partBytes() {
        return 4L * PART * WIDE;
    }

    /// Of each share's sums.
    private long shareBytes() {
        return shares == 1 ? 0 : Mem.align(4 * s.wCount());
    }

    @Override
    public long scratchBytes() {
        return threads * partBytes() + shares * shareBytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        long sums = shares == 1 ? out[0] : scratch + threads * partBytes();
        Pool.Task task = (t, worker) -> product(t, in[0], in[1], sums, scratch + worker * partBytes());
        int adds = shares == 1 ? 0 : (int) Math.ceilDiv(s.wCount(), SUM);
        Pool.Task add = (t, _) -> {
            long from = (long) t * SUM;
            Sums.add(sums + 4 * from, shareBytes(), shares, Math.min(SUM, s.wCount() - from), out[0] + 4 * from);
        };
        return () -> {
            pool.parallel(tasks(), task);
            pool.parallel(adds, add);
        };
    }

    private int tasks() {
        return shares * down * s.taps();
    }

    private void product(int task, long x, long dy, long sums, long part) {
        int tap = task % s.taps();
        int k = task / s.taps() % down * HIGH;
        int share = task / s.taps() / down;
        int m = Math.min(HIGH, s.k() - k);
        long ldc = 4L * s.taps() * s.c();
        long to = sums + share * shareBytes() + k * ldc + 4L * tap * s.c();
        int outputs = s.n() * s.outputs();
        int end = Tasks.from(share + 1, shares, outputs);
        int begin = Tasks.from(share, shares, outputs);
        for (int i = begin; i < end; i += PART) {
            int depth = Math.min(PART, end - i);
            for (int c = 0; c < s.c(); c += WIDE) {
                int n = Math.min(WIDE, s.c() - c);
                inputs(tap, i, depth, x + 4L * c, n, part);
                Gemm.run(micro, m, n, depth, dy + 4 * ((long) i * s.k() + k), 4, 4L * s.k(), part, 4L * micro.strip(),
                        4L * n, to + 4L * c, ldc, i > begin, 0);
            }
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
