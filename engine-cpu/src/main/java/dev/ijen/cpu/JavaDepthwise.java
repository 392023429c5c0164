package dev.ijen.cpu;

import dev.ijen.spi.Kernel.ConvPass;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Convolution of each channel by itself, F32, in plain Java: vectors of channels, over the filter turned to [taps,
/// channels]. Channels left over go one by one through the same operations in the same order.
final class JavaDepthwise implements CpuKernel {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final long V = S.vectorByteSize();
    private static final int CHANNELS = 64;
    private static final int SHARES = 16;

    private final ConvShape s;
    private final ConvPass pass;
    private final int threads;
    private final int blocks;
    private final int shares;

    JavaDepthwise(ConvShape s, ConvPass pass, int threads) {
        this.s = s;
        this.pass = pass;
        this.threads = threads;
        blocks = Math.ceilDiv(s.c(), CHANNELS);
        shares = pass == ConvPass.FILTER_GRADIENT ? Math.min(SHARES, s.n()) : 1;
    }

    static boolean fits(ConvShape s) {
        return s.cg() == 1 && s.kg() == 1 && s.groups() > 1;
    }

    private long filterBytes() {
        return Mem.align(4 * s.wCount());
    }

    @Override
    public long scratchBytes() {
        return shares * filterBytes() + threads * Taps.bytes(s);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        long taps = scratch + shares * filterBytes();
        int lines = s.out()[0] * s.out()[1];
        return switch (pass) {
            case FORWARD -> {
                Pool.Task turn = (t, worker) -> turn(t, in[1], scratch);
                Pool.Task line = (i, worker) -> {
                    long x = in[0] + 4L * (i / lines) * s.inputs() * s.c();
                    line(i, 0, s.c(), x, scratch, out[0], taps + worker * Taps.bytes(s));
                };
                yield () -> {
                    pool.parallel(s.taps(), turn);
                    pool.parallel(s.n() * lines, line);
                };
            }
            case INPUT_GRADIENT -> {
                Pool.Task turn = (t, worker) -> turn(t, in[1], scratch);
                Pool.Task image = (i, worker) -> image(i, in[0], scratch, out[0], taps + worker * Taps.bytes(s));
                yield () -> {
                    pool.parallel(s.taps(), turn);
                    pool.parallel(s.n() * blocks, image);
                };
            }
            case FILTER_GRADIENT -> {
                Pool.Task share = (i, worker) -> share(i, in[0], in[1], scratch, taps + worker * Taps.bytes(s));
                Pool.Task finish = (c, worker) -> finish(c, scratch, out[0]);
                yield () -> {
                    pool.parallel(shares * blocks, share);
                    pool.parallel(blocks, finish);
                };
            }
        };
    }

    /// Tap `t` of all channels, side by side.
    private void turn(int t, long w, long to) {
        for (int c = 0; c < s.c(); c++) {
            Mem.f32(to + 4L * (t * s.c() + c), Mem.f32(w + 4L * (c * s.taps() + t)));
        }
    }

    /// A block of channels of one image's gradient.
    private void image(int unit, long dy, long w, long dx, long taps) {
        int n = unit / blocks;
        int c = unit % blocks * CHANNELS;
        int channels = Math.min(CHANNELS, s.c() - c);
        long image = dx + 4L * n * s.inputs() * s.c();
        for (int i = 0; i < s.inputs(); i++) {
            Mem.zero(image + 4L * (i * s.c() + c), 4L * channels);
        }
        int lines = s.out()[0] * s.out()[1];
        for (int i = n * lines; i < (n + 1) * lines; i++) {
            line(i, c, channels, image, w, dy, taps);
        }
    }

    /// A block of channels of one share's filter gradient.
    private void share(int unit, long x, long dy, long sums, long taps) {
        int share = unit / blocks;
        int c = unit % blocks * CHANNELS;
        int channels = Math.min(CHANNELS, s.c() - c);
        long w = sums + share * filterBytes();
        for (int t = 0; t < s.taps(); t++) {
            Mem.zero(w + 4L * (t * s.c() + c), 4L * channels);
        }
        int lines = s.out()[0] * s.out()[1];
        int end = s.n() * (share + 1) / shares * lines;
        for (int i = s.n() * share / shares * lines; i < end; i++) {
            line(i, c, channels, x + 4L * (i / lines) * s.inputs() * s.c(), w, dy, taps);
        }
    }

    /// Adds up the shares of a block of channels and turns them to [channels, taps].
    private void finish(int block, long sums, long dw) {
        for (int c = block * CHANNELS; c < Math.min(s.c(), (block + 1) * CHANNELS); c++) {
            for (int t = 0; t < s.taps(); t++) {
                long at = sums + 4L * (t * s.c() + c);
                float v = Mem.f32(at);
                for (int h = 1; h < shares; h++) {
                    v += Mem.f32(at + h * filterBytes());
                }
                Mem.f32(dw + 4L * (c * s.taps() + t), v);
            }
        }
    }

    /// All windows of an output line, `channels` channels from `c` on. `image` is x's or dx's image, `y` all of y or
    /// dy.
    private void line(int line, int c, int channels, long image, long w, long y, long taps) {
        int p = line % s.out()[1];
        int d = line / s.out()[1] % s.out()[0];
        long all = Taps.second(s, taps);
        Taps.writeAll(s, 4, all);
        boolean inside = Taps.inside(s, 0, d) && Taps.inside(s, 1, p);
        for (int q = 0; q < s.out()[2]; q++) {
            long yq = y + 4 * (((long) line * s.out()[2] + q) * s.c() + c);
            if (inside && Taps.inside(s, 2, q)) {
                window(all, s.taps(), image + 4L * c + Taps.origin(s, 4, d, p, q), w + 4L * c, yq, channels);
            } else {
                window(taps, Taps.write(s, 4, d, p, q, taps), image + 4L * c, w + 4L * c, yq, channels);
            }
        }
    }

    private void window(long taps, int n, long image, long w, long y, int channels) {
        switch (pass) {
            case FORWARD -> forward(taps, n, image, w, y, channels);
            case INPUT_GRADIENT -> input(taps, n, image, w, y, channels);
            case FILTER_GRADIENT -> filter(taps, n, image, w, y, channels);
        }
    }

    private void forward(long taps, int count, long x, long w, long y, int channels) {
        long row = 4L * s.c();
        long end = 4L * channels;
        long c = 0;
        for (; c + V <= end; c += V) {
            var v = FloatVector.zero(S);
            for (int t = 0; t < count; t++) {
                v = load(x + c + Taps.offset(taps, t)).fma(load(w + c + Taps.tap(taps, t) * row), v);
            }
            put(v, y + c);
        }
        for (; c < end; c += 4) {
            float v = 0;
            for (int t = 0; t < count; t++) {
                v = Math.fma(Mem.f32(x + c + Taps.offset(taps, t)), Mem.f32(w + c + Taps.tap(taps, t) * row), v);
            }
            Mem.f32(y + c, v);
        }
    }

    private void input(long taps, int count, long dx, long w, long dy, int channels) {
        long row = 4L * s.c();
        long end = 4L * channels;
        long c = 0;
        for (; c + V <= end; c += V) {
            var g = load(dy + c);
            for (int t = 0; t < count; t++) {
                long at = dx + c + Taps.offset(taps, t);
                put(g.fma(load(w + c + Taps.tap(taps, t) * row), load(at)), at);
            }
        }
        for (; c < end; c += 4) {
            float g = Mem.f32(dy + c);
            for (int t = 0; t < count; t++) {
                long at = dx + c + Taps.offset(taps, t);
                Mem.f32(at, Math.fma(g, Mem.f32(w + c + Taps.tap(taps, t) * row), Mem.f32(at)));
            }
        }
    }

    private void filter(long taps, int count, long x, long dw, long dy, int channels) {
        long row = 4L * s.c();
        long end = 4L * channels;
        long c = 0;
        for (; c + V <= end; c += V) {
            var g = load(dy + c);
            for (int t = 0; t < count; t++) {
                long at = dw + c + Taps.tap(taps, t) * row;
                put(g.fma(load(x + c + Taps.offset(taps, t)), load(at)), at);
            }
        }
        for (; c < end; c += 4) {
            float g = Mem.f32(dy + c);
            for (int t = 0; t < count; t++) {
                long at = dw + c + Taps.tap(taps, t) * row;
                Mem.f32(at, Math.fma(g, Mem.f32(x + c + Taps.offset(taps, t)), Mem.f32(at)));
            }
        }
    }

    private static FloatVector load(long at) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, at, Mem.ORDER);
    }

    private static void put(FloatVector v, long at) {
        v.intoMemorySegment(Mem.ALL, at, Mem.ORDER);
    }
}
