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
    /// Numbers of a window, at most: the filter should stay in the nearest cache.
    private static final int DEPTH = 512;

    private final ConvShape s;
    private final int bias;
    private final MachineCode[] code;
    private final int threads;
    private final int depth;
    /// Output positions of a line; of a pointwise convolution all.
    private final int columns;
    /// Lines of all images.
    private final int lines;
    private final int group;
    private final boolean padded;
    private final int width;
    private final long paddedBytes;

    private DirectConv(ConvShape s, int bias, MachineCode[] code, int threads) {
        this.s = s;
        this.bias = bias;
        this.code = code;
        this.threads = threads;
        depth = s.taps() * s.c();
        boolean one = s.pointwise();
        columns = one ? s.n() * s.outputs() : s.out()[2];
        lines = one ? 1 : s.n() * s.out()[1];
        int reach = (s.out()[2] - 1) * s.stride()[2] + s.size()[2];
        padded = s.pad()[1] > 0 || s.pad()[2] > 0 || reach > s.in()[2] || rows(s.out()[1]) > s.in()[1];
        width = Math.max(reach, s.pad()[2] + s.in()[2]);
        int tasks = one ? 1 : Math.min(lines, MatMulCut.tasks(s.work()));
        group = Math.min(Math.ceilDiv(lines, tasks), s.out()[1]);
        paddedBytes = padded ? Mem.align(4L * rows(group) * width * s.c()) : 0;
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
                && s.in()[0] == 1 && s.size()[0] == 1 && s.pad()[0] == 0
                && (s.dilation()[2] == 1 || s.size()[2] == 1)
                && s.k() % target.lanes() == 0
                && s.k() <= ConvTile.MOST * target.lanes()
                && s.taps() * s.c() <= DEPTH
                && plain(epilogue);
        if (!fits) {
            return null;
        }
        var tile = new ConvTile(target, s.k() / target.lanes());
        boolean relu = !epilogue.isEmpty() && epilogue.steps().getLast() instanceof Step.Relu;
        var code = new MachineCode[tile.outputs() + 1];
        for (int p = 1; p < code.length; p++) {
            code[p] = tile.of(p, relu);
            if (code[p] == null) {
                return null;
            }
        }
        return new DirectConv(s, epilogue.bias(), code, pool.threads());
    }

    /// A number a channel, and what is below 0 to 0.
    private static boolean plain(Epilogue e) {
        int bias = e.bias() < 0 ? 0 : 1;
        int n = e.steps().size();
        return n == bias || n == bias + 1 && e.steps().getLast() instanceof Step.Relu;
    }

    @Override
    public long weightBytes() {
        return Mem.align(4L * (depth + 1) * s.k());
    }

    @Override
    public long scratchBytes() {
        return weightBytes() + threads * paddedBytes;
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
            from = bias < 0 ? weights + 4L * depth * s.k() : in[bias];
            groups = s.pointwise() ? 1 : Math.ceilDiv(s.out()[1], group);
            tasks = s.pointwise() ? MatMulCut.tasks(s.work()) : s.n() * groups;
        }

        /// [output channels, numbers of a window] turned, and zeros in place of a bias.
        @Override
        public void refresh() {
            for (int k = 0; k < s.k(); k++) {
                for (int i = 0; i < depth; i++) {
                    Mem.f32(weights + 4L * ((long) i * s.k() + k), Mem.f32(w + 4L * ((long) k * depth + i)));
                }
            }
            Mem.zero(weights + 4L * depth * s.k(), 4L * s.k());
        }

        @Override
        public void run() {
            pool.parallel(tasks, task);
        }

        private void task(int task, int worker) {
            if (s.pointwise()) {
                int at = Tasks.from(task, tasks, columns);
                line(x + 4L * at * s.c(), 0, y + 4L * at * s.k(), Tasks.from(task + 1, tasks, columns) - at);
                return;
            }
            int first = task % groups * group;
            int outs = Math.min(group, s.out()[1] - first);
            long image = x + 4L * (task / groups) * s.inputs() * s.c();
            long row = 4L * s.in()[2] * s.c();
            int top = first * s.stride()[1] - s.pad()[1];
            long at = image + top * row;
            if (padded) {
                at = scratch + worker * paddedBytes;
                pad(image, top, rows(outs), row, at);
                row = 4L * width * s.c();
            }
            long to = y + 4L * ((long) task / groups * s.outputs() + (long) first * columns) * s.k();
            for (int p = 0; p < outs; p++) {
                line(at + (long) p * s.stride()[1] * row, s.dilation()[1] * row, to + 4L * p * columns * s.k(), columns);
            }
        }

        /// Rows of an image with zeros around it.
        private void pad(long image, int top, int rows, long row, long to) {
            long left = 4L * s.pad()[2] * s.c();
            long wide = 4L * width * s.c();
            for (int r = 0; r < rows; r++) {
                int i = top + r;
                if (i < 0 || i >= s.in()[1]) {
                    Mem.zero(to + r * wide, wide);
                } else {
                    Mem.zero(to + r * wide, left);
                    Mem.copy(image + i * row, to + r * wide + left, row);
                    Mem.zero(to + r * wide + left + row, wide - left - row);
                }
            }
        }

        /// Neighbouring outputs, the first one's window beginning at `at`, its rows some bytes apart.
        private void line(long at, long row, long to, int outputs) {
            int most = code.length - 1;
            int whole = outputs / most;
            long step = 4L * s.stride()[2] * s.c();
            long out = 4L * s.k();
            int inner = s.size()[2] * s.c();
            int rows = s.size()[1];
            if (whole > 0) {
                code[most].run(at, step, row, weights, inner, rows, from, to, out, whole, 0);
            }
            int rest = outputs - whole * most;
            if (rest > 0) {
                int done = whole * most;
                code[rest].run(at + done * step, step, row, weights, inner, rows, from, to + done * out, out, 1, 0);
            }
        }

        @Override
        public void close() {
            // nothing of its own
        }
    }
}
