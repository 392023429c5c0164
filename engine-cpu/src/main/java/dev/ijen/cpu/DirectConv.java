package dev.ijen.cpu;

import dev.ijen.cpu.Epilogue.Step;
import dev.ijen.cpu.x86.ConvTile;
import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;

/// Convolution of F32 to a few vectors of channels by machine code of our own ([ConvTile]), window by window from where the image lies; images with
/// padding are laid out with it first, as many lines as a task needs. Where output channels are few, libraries wait for sums or for numbers.
final class DirectConv implements Weighted {
    /// Numbers of a window, at most, and input channels: the filter and the windows should stay in the nearest cache. On one core of an EPYC (Zen 3)
    /// 16 to 24 channels, 3 × 3, take 36 µs (oneDNN 48), 1 to 8, 5 × 5, of 32 pictures 144 µs (413); 32 to 16 in steps of two 324 µs (221).
    private static final int DEPTH = 256;
    private static final int CHANNELS = 64;
    /// With AVX-512, one core of a Xeon: oneDNN is as fast or faster but where input channels are so few (32 × 32², 3 to 32, 3 × 3: 345 µs, oneDNN
    /// 415; 8 to 16, 5 × 5, of 32 pictures 258 and 241; in steps of two 164 and 124), or windows have one place (120 × 160, 16 to 32: 128 and 148).
    private static final int FEW = 4;

    private final ConvShape s;
    private final int bias;
    private final MachineCode[] code;
    private final int threads;
    private final int depth;
    /// Output channels in whole vectors.
    private final int whole;
    /// Output positions of a line; of a pointwise convolution all.
    private final int columns;
    private final int group;
    private final boolean padded;
    private final int width;
    private final long workerBytes;

    private DirectConv(ConvShape s, int bias, int whole, MachineCode[] code, int threads) {
        this.s = s;
        this.whole = whole;
        this.bias = bias;
        this.code = code;
        this.threads = threads;
        depth = s.taps() * s.c();
        boolean one = s.pointwise();
        columns = one ? s.n() * s.outputs() : s.out()[2];
        int lines = one ? 1 : s.n() * s.out()[1];
        int reach = (s.out()[2] - 1) * s.stride()[2] + s.size()[2];
        padded = s.pad()[1] > 0 || s.pad()[2] > 0 || reach > s.in()[2] || rows(s.out()[1]) > s.in()[1];
        width = Math.max(reach, s.pad()[2] + s.in()[2]);
        int tasks = one ? 1 : Math.min(lines, MatMulCut.tasks(s.work()));
        group = Math.min(Math.ceilDiv(lines, tasks), s.out()[1]);
        workerBytes = Mem.align(ConvTile.BLOCK + (padded ? 4L * rows(group) * width * s.c() : 0));
    }

    /// Rows of the image that some lines of output need.
    private int rows(int outs) {
        return (outs - 1) * s.stride()[1] + (s.size()[1] - 1) * s.dilation()[1] + 1;
    }

    /// Null if this is not the way.
    ///
    /// @param target what machine code is written for, or null
    static CpuKernel of(Kernel.Conv conv, Epilogue epilogue, Pool pool, Target target) {
        var s = ConvShape.of(conv);
        boolean fits = target != null
                && conv.pass() == ConvPass.FORWARD
                && conv.dtype() == DType.F32
                && s.groups() == 1
                && s.in()[0] == 1 && s.out()[0] == 1 && s.size()[0] == 1 && s.pad()[0] == 0
                && (s.dilation()[2] == 1 || s.size()[2] == 1)
                && (s.k() % target.lanes() == 0 || target == Target.AVX512)
                && s.k() <= ConvTile.MOST * target.lanes()
                && s.taps() * s.c() <= DEPTH && s.c() <= CHANNELS
                && (target == Target.AVX2 || s.pointwise() || s.c() <= FEW && s.unitStride())
                && plain(epilogue);
        if (!fits) {
            return null;
        }
        int vectors = Math.ceilDiv(s.k(), target.lanes());
        var tile = new ConvTile(target, vectors, s.k() % target.lanes());
        boolean relu = !epilogue.isEmpty() && epilogue.steps().getLast() instanceof Step.Relu;
        var code = new MachineCode[tile.outputs() + 1];
        for (int p = 1; p < code.length; p++) {
            code[p] = tile.of(p, relu);
            if (code[p] == null) {
                return null;
            }
        }
        return new DirectConv(s, epilogue.bias(), vectors * target.lanes(), code, pool.threads());
    }

    /// A number a channel, and what is below 0 to 0.
    private static boolean plain(Epilogue e) {
        int bias = e.bias() < 0 ? 0 : 1;
        int n = e.steps().size();
        return n == bias || n == bias + 1 && e.steps().getLast() instanceof Step.Relu;
    }

    @Override
    public long weightBytes() {
        return Mem.align(4L * (depth + 1) * whole);
    }

    @Override
    public long scratchBytes() {
        return weightBytes() + threads * workerBytes;
    }

    @Override
    public Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
        return new Lines(in, out[0], scratch, weights, pool);
    }

    private final class Lines implements Kept {
        private final long x;
        private final long w;
        private final long from;
        private final long y;
        private final long scratch;
        private final long weights;
        private final int groups;
        private final int tasks;
        private final Pool pool;
        private final Pool.Task task = this::task;

        Lines(long[] in, long y, long scratch, long weights, Pool pool) {
            x = in[0];
            w = in[WEIGHTS];
            this.y = y;
            this.scratch = scratch;
            this.weights = weights;
            this.pool = pool;
            from = bias < 0 ? weights + 4L * depth * whole : in[bias];
            groups = s.pointwise() ? 1 : Math.ceilDiv(s.out()[1], group);
            tasks = s.pointwise() ? MatMulCut.tasks(s.work()) : s.n() * groups;
        }

        /// [output channels, numbers of a window] turned, and zeros in place of a bias.
        @Override
        public void refresh() {
            Mem.zero(weights, 4L * (depth + 1) * whole);
            for (int k = 0; k < s.k(); k++) {
                for (int i = 0; i < depth; i++) {
                    Mem.f32(weights + 4L * ((long) i * whole + k), Mem.f32(w + 4L * ((long) k * depth + i)));
                }
            }
        }

        @Override
        public void run() {
            pool.parallel(tasks, task);
        }

        private void task(int task, int worker) {
            long own = scratch + worker * workerBytes;
            if (s.pointwise()) {
                int at = Tasks.from(task, tasks, columns);
                lines(x + 4L * at * s.c(), 0, y + 4L * at * s.k(), Tasks.from(task + 1, tasks, columns) - at, 1, own);
                return;
            }
            int first = task % groups * group;
            int outs = Math.min(group, s.out()[1] - first);
            long image = x + 4L * (task / groups) * s.inputs() * s.c();
            long row = 4L * s.in()[2] * s.c();
            int top = first * s.stride()[1] - s.pad()[1];
            long at = image + top * row;
            if (padded) {
                at = own + ConvTile.BLOCK;
                pad(image, top, rows(outs), row, at);
                row = 4L * width * s.c();
            }
            lines(at, row, y + 4L * ((long) task / groups * s.outputs() + (long) first * columns) * s.k(), columns,
                    outs,
                    own);
        }

        /// Rows of an image with zeros around it.
        private void pad(long image, int top, int rows, long row, long to) {
            long wide = 4L * width * s.c();
            Mem.zero(to, rows * wide);
            int from = Math.max(0, -top);
            int end = Math.min(rows, s.in()[1] - top);
            for (int r = from; r < end; r++) {
                Mem.copy(image + (top + r) * row, to + r * wide + 4L * s.pad()[2] * s.c(), row);
            }
        }

        /// Lines of neighbouring outputs, the first one's window beginning at `at`, its rows some bytes apart: full tiles of all lines, then what is
        /// left of each.
        private void lines(long at, long row, long to, int outputs, int lines, long block) {
            int most = code.length - 1;
            int whole = outputs / most;
            int rest = outputs % most;
            if (whole > 0) {
                tiles(most, whole, at, row, to, outputs, lines, block);
            }
            if (rest > 0) {
                long done = (long) whole * most;
                tiles(rest, 1, at + done * stepX(), row, to + done * stepY(), outputs, lines, block);
            }
        }

        private long stepX() {
            return 4L * s.stride()[2] * s.c();
        }

        private long stepY() {
            return 4L * s.k();
        }

        private void tiles(int size, int count, long at, long row, long to, int outputs, int lines, long block) {
            long done = (long) size * count;
            Mem.i64(block + ConvTile.BIAS, from);
            Mem.i64(block + ConvTile.Y, to);
            Mem.i64(block + ConvTile.STEP_Y, stepY());
            Mem.i64(block + ConvTile.GROUPS, count);
            Mem.i64(block + ConvTile.LINES, lines);
            Mem.i64(block + ConvTile.NEXT_X, s.stride()[1] * row - done * stepX());
            Mem.i64(block + ConvTile.NEXT_Y, (outputs - done) * stepY());
            code[size].run(at, stepX(), s.dilation()[1] * row, weights, (long) s.size()[2] * s.c(), s.size()[1], block,
                    0, 0,
                    0, 0);
        }

        @Override
        public void close() {
            // nothing of its own
        }
    }
}
