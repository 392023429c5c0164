package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.PoolMode;
import jdk.incubator.vector.FloatVector;

/// Pooling. What reads windows runs by output lines; what adds to windows that may overlap runs by image and block of
/// channels, each of which one task goes through in row-major order.
final class PoolKernel implements CpuKernel {
    private static final int CHANNELS = 64;

    /// Window elements that make a task worth handing out.
    private static final long TASK = 1 << 15;

    private final ConvShape s;
    private final PoolMode mode;
    private final int threads;
    private final int e;
    private final Pooling op;
    /// For windows inside the image; null where there is none that is quicker.
    private final PoolingLines lines;

    /// True for a gradient whose elements are all in one window at most.
    private final boolean once;

    private final int units;
    private final int group;

    private PoolKernel(ConvShape s, PoolMode mode, int threads, int e) {
        this.s = s;
        this.mode = mode;
        this.threads = threads;
        this.e = e;
        once = gradient() && disjoint(s);
        op = e == 8 ? f64(mode) : masked(s.c()) ? masked(mode, once) : f32(mode, once);
        boolean vectors = e == 4 && s.c() >= FloatVector.SPECIES_PREFERRED.length();
        boolean few = e == 4 && !vectors && masked(s.c());
        lines = few && mode == PoolMode.MAX ? PoolingLines::maxFew : vectors && mode == PoolMode.MAX ? PoolingLines::max
                : vectors && mode == PoolMode.SUM ? PoolingLines::sum : null;
        units = gradient() ? s.n() * blocks() : s.n() * s.out()[0] * s.out()[1];
        long each = Math.max(1, (long) s.n() * s.outputs() * s.c() * s.taps() / units);
        group = Math.clamp(TASK / each, 1, units);
    }

    /// @param code true if machine code may be used
    static CpuKernel of(Kernel.Pool pool, Pool threads, boolean code) {
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
                var copy = HalfCopy.of(pool.dtype(), code);
                yield switch (pool.mode()) {
                    case MAX, SUM -> new Halves(copy, wide, out, s.xCount());
                    case MAX_GRADIENT -> new Halves(copy, wide, out, s.xCount(), s.yCount());
                    case MAX_PICK -> new Halves(copy, wide, out, s.xCount(), s.xCount());
                    case SUM_GRADIENT -> new Halves(copy, wide, out, s.yCount());
                };
            }
            case I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException("pooling of " + pool.dtype());
        };
    }

    /// One channel is quicker alone.
    private static boolean masked(int channels) {
        return Micro32.MASKED && channels > 1 && channels % FloatVector.SPECIES_PREFERRED.length() != 0;
    }

    private static Pooling f32(PoolMode mode, boolean once) {
        return switch (mode) {
            case MAX -> Pooling32::max;
            case MAX_GRADIENT -> once ? Pooling32::maxGradientOnce : Pooling32::maxGradient;
            case MAX_PICK -> Pooling32::maxPick;
            case SUM -> Pooling32::sum;
            case SUM_GRADIENT -> once ? Pooling32::sumGradientOnce : Pooling32::sumGradient;
        };
    }

    private static Pooling f64(PoolMode mode) {
        return switch (mode) {
            case MAX -> Pooling64::max;
            case MAX_GRADIENT -> Pooling64::maxGradient;
            case MAX_PICK -> Pooling64::maxPick;
            case SUM -> Pooling64::sum;
            case SUM_GRADIENT -> Pooling64::sumGradient;
        };
    }

    private static Pooling masked(PoolMode mode, boolean once) {
        return switch (mode) {
            case MAX -> PoolingMasked::max;
            case MAX_GRADIENT -> once ? PoolingMasked::maxGradientOnce : PoolingMasked::maxGradient;
            case MAX_PICK -> PoolingMasked::maxPick;
            case SUM -> PoolingMasked::sum;
            case SUM_GRADIENT -> once ? PoolingMasked::sumGradientOnce : PoolingMasked::sumGradient;
        };
    }

    private boolean gradient() {
        return mode == PoolMode.MAX_GRADIENT || mode == PoolMode.SUM_GRADIENT;
    }

    private static boolean disjoint(ConvShape s) {
        boolean all = true;
        for (int i = 0; i < 3; i++) {
            all &= s.stride()[i] > (s.size()[i] - 1) * s.dilation()[i];
        }
        return all;
    }

    /// True if every element of the image is in a window.
    private static boolean covered(ConvShape s) {
        boolean all = true;
        for (int i = 0; i < 3; i++) {
            all &= s.stride()[i] <= s.size()[i]
                    && s.dilation()[i] == 1
                    && (s.out()[i] - 1) * s.stride()[i] + s.size()[i] - s.pad()[i] >= s.in()[i];
        }
        return all;
    }

    private int blocks() {
        return (s.c() + CHANNELS - 1) / CHANNELS;
    }

    private long tapBytes() {
        return Taps.bytes(s);
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
        if (once && e == 4 && covered(s)) {
            // all of it will be written
        } else if (channels == s.c()) {
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
        long all = Taps.second(s, taps);
        Taps.writeAll(s, e, all);
        boolean inside = Taps.inside(s, 0, d) && Taps.inside(s, 1, p);
        // what is shaped like the image, and what like the output
        boolean firstIsImage = mode != PoolMode.SUM_GRADIENT;
        boolean secondIsImage = mode == PoolMode.MAX_PICK;
        boolean outIsImage = gradient();
        for (int q = 0; q < s.out()[2]; q++) {
            boolean whole = inside && Taps.inside(s, 2, q);
            if (whole && lines != null) {
                int last = lastInside(q);
                lines.windows(all, s.taps(), first + image + Taps.origin(s, e, d, p, q),
                        (long) s.stride()[2] * s.c() * e, out + (((long) line * s.out()[2] + q) * s.c() + c) * e,
                        last - q + 1, channels);
                q = last;
                continue;
            }
            if (whole && once && mode == PoolMode.MAX_GRADIENT && e == 4 && channels == s.c() && !masked(channels)) {
                int last = lastInside(q);
                long x = image + Taps.origin(s, e, d, p, q);
                PoolingGradient.line(all, s.taps(), first + x, (long) s.stride()[2] * s.c() * e,
                        second + ((long) line * s.out()[2] + q) * s.c() * e, out + x, last - q + 1, channels);
                q = last;
                continue;
            }
            int count = whole ? s.taps() : Taps.write(s, e, d, p, q, taps);
            long x = whole ? image + Taps.origin(s, e, d, p, q) : image;
            long y = (((long) line * s.out()[2] + q) * s.c() + c) * e;
            op.window(
                    whole ? all : taps,
                    count,
                    first + (firstIsImage ? x : y),
                    second + (secondIsImage ? x : y),
                    out + (outIsImage ? x : y),
                    channels);
        }
    }

    /// The last output column whose window lies inside the image along the last axis; that of `q` does.
    private int lastInside(int q) {
        int last = s.out()[2] - 1;
        while (last > q && !Taps.inside(s, 2, last)) {
            last--;
        }
        return last;
    }
}
