package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.PoolMode;

/// Pooling. What reads windows runs by output lines; what adds to windows that may overlap runs by image and block of channels, each
/// of which one task goes through in row-major order.
final class PoolKernel implements CpuKernel {
    private static final int CHANNELS = 64;

    /// Window elements that make a task worth handing out.
    private static final long TASK = 1 << 15;

    private final ConvShape s;
    private final PoolMode mode;
    private final int threads;
    private final int e;
    private final Pooling ops;
    private final int units;
    private final int group;

    private PoolKernel(ConvShape s, PoolMode mode, int threads, int e) {
        this.s = s;
        this.mode = mode;
        this.threads = threads;
        this.e = e;
        ops = e == 4 ? new Pooling32() : new Pooling64();
        units = gradient() ? s.n() * blocks() : s.n() * s.out()[0] * s.out()[1];
        long each = Math.max(1, (long) s.n() * s.outputs() * s.c() * s.taps() / units);
        group = Math.clamp(TASK / each, 1, units);
    }

    static CpuKernel of(Kernel.Pool pool, Pool threads) {
        var s = ConvShape.of(pool);
        boolean gradient = pool.mode() == PoolMode.MAX_GRADIENT || pool.mode() == PoolMode.SUM_GRADIENT;
        long out = gradient ? s.xCount() : s.yCount();
        if (s.xCount() == 0 || s.yCount() == 0) {
            return new Nothing(out * pool.dtype().bytes());
        }
        return switch (pool.dtype()) {
            case F32 -> new PoolKernel(s, pool.mode(), threads.threads(), 4);
            case F64 -> new PoolKernel(s, pool.mode(), threads.threads(), 8);
            case F16, BF16 -> {
                var wide = new PoolKernel(s, pool.mode(), threads.threads(), 4);
                yield switch (pool.mode()) {
                    case MAX, SUM -> new Halves(pool.dtype(), wide, out, s.xCount());
                    case MAX_GRADIENT -> new Halves(pool.dtype(), wide, out, s.xCount(), s.yCount());
                    case MAX_PICK -> new Halves(pool.dtype(), wide, out, s.xCount(), s.xCount());
                    case SUM_GRADIENT -> new Halves(pool.dtype(), wide, out, s.yCount());
                };
            }
            case I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException("pooling of " + pool.dtype());
        };
    }

    private boolean gradient() {
        return mode == PoolMode.MAX_GRADIENT || mode == PoolMode.SUM_GRADIENT;
    }

    private int blocks() {
        return (s.c() + CHANNELS - 1) / CHANNELS;
    }

    private long tapBytes() {
        return Mem.align(8L * s.taps());
    }

    @Override
    public long scratchBytes() {
        return threads * tapBytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        long second = in.length > 1 ? in[1] : 0;
        Pool.Task task = (t, worker) -> {
            long taps = scratch + worker * tapBytes();
            for (int i = t * group; i < Math.min(units, (t + 1) * group); i++) {
                if (gradient()) {
                    image(i, in[0], second, out[0], taps);
                } else {
                    line(i, 0, s.c(), in[0], second, out[0], taps);
                }
            }
        };
        int tasks = (units + group - 1) / group;
        return () -> pool.parallel(tasks, task);
    }

    /// A block of channels of an image's gradient.
    private void image(int unit, long first, long second, long dx, long taps) {
        int n = unit / blocks();
        int c = unit % blocks() * CHANNELS;
        int channels = Math.min(CHANNELS, s.c() - c);
        long to = dx + ((long) n * s.inputs() * s.c() + c) * e;
        if (channels == s.c()) {
            Mem.zero(to, (long) s.inputs() * s.c() * e);
        } else {
            for (int i = 0; i < s.inputs(); i++) {
                Mem.zero(to + (long) i * s.c() * e, (long) channels * e);
            }
        }
        int lines = s.out()[0] * s.out()[1];
        for (int i = n * lines; i < (n + 1) * lines; i++) {
            line(i, c, channels, first, second, dx, taps);
        }
    }

    /// All windows of an output line. `first` and `second` are the launch's inputs.
    private void line(int line, int c, int channels, long first, long second, long out, long taps) {
        int p = line % s.out()[1];
        int d = line / s.out()[1] % s.out()[0];
        int n = line / s.out()[1] / s.out()[0];
        long image = ((long) n * s.inputs() * s.c() + c) * e;
        for (int q = 0; q < s.out()[2]; q++) {
            int count = taps(d, p, q, taps);
            long y = (((long) line * s.out()[2] + q) * s.c() + c) * e;
            switch (mode) {
                case MAX -> ops.max(taps, count, first + image, out + y, channels);
                case SUM -> ops.sum(taps, count, first + image, out + y, channels);
                case MAX_PICK -> ops.maxPick(taps, count, first + image, second + image, out + y, channels);
                case MAX_GRADIENT -> ops.maxGradient(taps, count, first + image, second + y, out + image, channels);
                case SUM_GRADIENT -> ops.sumGradient(taps, count, first + y, out + image, channels);
            }
        }
    }

    /// Writes the offsets of a window's elements and returns how many there are.
    private int taps(int d, int p, int q, long to) {
        int count = 0;
        for (int tz = low(0, d), z1 = high(0, d); tz < z1; tz++) {
            long z = at(0, d, tz);
            for (int ty = low(1, p), y1 = high(1, p); ty < y1; ty++) {
                long y = z * s.in()[1] + at(1, p, ty);
                for (int tx = low(2, q), x1 = high(2, q); tx < x1; tx++) {
                    long x = y * s.in()[2] + at(2, q, tx);
                    Mem.i64(to + 8L * count++, x * s.c() * e);
                }
            }
        }
        return count;
    }

    private int at(int axis, int p, int tap) {
        return p * s.stride()[axis] - s.pad()[axis] + tap * s.dilation()[axis];
    }

    /// First tap inside the input.
    private int low(int axis, int p) {
        return Math.max(0, Math.ceilDiv(-at(axis, p, 0), s.dilation()[axis]));
    }

    /// The tap after the last one inside the input.
    private int high(int axis, int p) {
        return Math.min(s.size()[axis], Math.floorDiv(s.in()[axis] - 1 - at(axis, p, 0), s.dilation()[axis]) + 1);
    }
}
