package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;

/// A convolution of F32 in steps of more than 1, or the gradient of its input, as products: for each tap, lines of pixels [pixels, channels] times the tap's
/// part of the filter, added to the lines of the result that the tap reaches ([StridedLines]). Nothing is brought together first: a step is only a distance
/// between rows.
///
/// The filter is packed in strips of columns for each tap. A task takes some images through some strips, tap by tap, so that a strip's part of the filter
/// stays in the nearest cache for all lines.
final class StridedConv implements Weighted {
    private static final int LEAST = 32; // channels
    /// Multiply-adds from which on it pays.
    private static final long WORTH = 1 << 22;
    /// About as many pixels of the result as a task has for each tap.
    private static final int PIXELS = 256;

    private final ConvShape s;
    private final boolean forward;
    private final Micro32Code u;
    private final StridedLines lines;
    /// Channels that are read, and of the result.
    private final int depth;
    private final int columns;
    private final int strips;
    private final int shares;
    private final int images;
    /// True if rows of a product are the same pixel of some images, because lines are too short.
    private final boolean across;

    private StridedConv(ConvShape s, boolean forward, Micro32Code u) {
        this.s = s;
        this.forward = forward;
        this.u = u;
        lines = StridedLines.of(s, forward);
        depth = forward ? s.c() : s.k();
        columns = forward ? s.k() : s.c();
        strips = Gemm.strips(u, columns);
        images = Math.clamp(PIXELS / s.outputs(), 1, s.n());
        int groups = Math.ceilDiv(s.n(), images);
        across = lines.most() < u.rows() && images >= u.rows();
        shares = Math.clamp(Math.ceilDiv(MatMulCut.tasks(s.work()), groups), 1, strips);
    }

    /// Null where there is no machine code, or another way is better.
    static CpuKernel of(Kernel.Conv conv, Native nat) {
        var s = ConvShape.of(conv);
        return conv.pass() != ConvPass.FILTER_GRADIENT && suits(conv.dtype(), s, nat)
                ? of(s, conv.pass() == ConvPass.FORWARD, Micro32Code.here())
                : null;
    }

    /// True if products in machine code are likely to be the best way for all that has to do with a convolution.
    static boolean suits(DType dtype, ConvShape s, Native nat) {
        return dtype == DType.F32 && s.groups() == 1 && !s.unitStride() && Math.min(s.c(), s.k()) >= LEAST
                && s.work() >= WORTH && Micro32Code.here() != null && nat.target() != null;
    }

    /// Whatever pays.
    static CpuKernel of(ConvShape s, boolean forward, Micro32Code u) {
        return new StridedConv(s, forward, u);
    }

    private long stripBytes() {
        return PanelMatMul.stripBytes(u, depth);
    }

    @Override
    public long weightBytes() {
        return Mem.align((long) s.taps() * strips * stripBytes());
    }

    @Override
    public long scratchBytes() {
        return weightBytes();
    }

    @Override
    public Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
        int tasks = Math.ceilDiv(s.n(), images) * shares;
        Pool.Task pack = (t, w) -> pack(t, in[WEIGHTS], weights);
        Pool.Task product = (t, w) -> product(t, in[0], weights, out[0]);
        return new Kept() {
            @Override
            public void refresh() {
                pool.parallel(s.taps(), pack);
            }

            @Override
            public void run() {
                pool.parallel(tasks, product);
            }
        };
    }

    private void pack(int tap, long w, long packed) {
        long from = w + (long) Float.BYTES * tap * s.c();
        long filter = (long) Float.BYTES * s.taps() * s.c();
        long to = packed + (long) tap * strips * stripBytes();
        long cs = forward ? filter : Float.BYTES;
        long rs = forward ? Float.BYTES : filter;
        for (int j = 0; j < strips; j++) {
            int first = j * u.strip();
            u.pack(from + first * cs, rs, cs, depth, Math.min(u.strip(), columns - first), to + j * stripBytes());
        }
    }

    private void product(int task, long x, long packed, long y) {
        int first = task / shares * images;
        int last = Math.min(s.n(), first + images);
        int from = Tasks.from(task % shares, shares, strips);
        int to = Tasks.from(task % shares + 1, shares, strips);
        int left = Math.min(columns, to * u.strip()) - from * u.strip();
        for (int n = first; n < last; n++) {
            lines.clear(image(y, n, columns, !forward) + (long) Float.BYTES * from * u.strip(),
                    (long) Float.BYTES * left);
        }
        int part = PanelMatMul.depth(depth);
        for (int j = from; j < to; j++) {
            int n = Math.min(u.strip(), columns - j * u.strip());
            for (int i = 0; i < lines.taps().length; i++) {
                boolean more = i >= lines.begun();
                long strip = packed + ((long) lines.taps()[i] * strips + j) * stripBytes();
                for (int p = 0; p < depth; p += part) {
                    for (int image = first; image < last; image += across ? last - first : 1) {
                        lines(
                                i, across ? last - first : 1, n, Math.min(part, depth - p),
                                image(x, image, depth, forward) + (long) Float.BYTES * p,
                                strip + Gemm.stripBytes(u, p),
                                image(y, image, columns, !forward) + (long) Float.BYTES * j * u.strip(), more || p > 0);
                    }
                }
            }
        }
    }

    private long image(long base, int n, int channels, boolean input) {
        return base + (long) Float.BYTES * n * (input ? s.inputs() : s.outputs()) * channels;
    }

    /// All lines that a tap reaches of an image, or of some images at once.
    private void lines(int list, int images, int n, int k, long x, long strip, long y, boolean add) {
        int[] lists = lines.lists()[list];
        long row = (long) Float.BYTES * depth * lines.readStep();
        long ldc = (long) Float.BYTES * columns * lines.writeStep();
        for (int l = 0; l < lists.length; l += StridedLines.EACH) {
            long a = x + (long) Float.BYTES * depth * lists[l];
            long c = y + (long) Float.BYTES * columns * lists[l + 1];
            int pixels = lists[l + 2];
            if (images == 1) {
                PanelMatMul.multiply(u, false, pixels, n, k, a, row, strip, 0, c, ldc, add);
                continue;
            }
            long from = image(0, 1, depth, forward);
            long to = image(0, 1, columns, !forward);
            for (int i = 0; i < pixels; i++) {
                PanelMatMul.multiply(u, false, images, n, k, a + i * row, from, strip, 0, c + i * ldc, to, add);
            }
        }
    }
}
