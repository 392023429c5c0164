package dev.ijen.cpu;

import dev.ijen.cpu.x86.DepthTile;
import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;

/// Convolution of F32 of each channel by itself by machine code of our own ([DepthTile]), line by line from where the image lies.
final class DepthConv implements Weighted {
    /// Multiply-adds that are worth a second thread: a microsecond's.
    private static final long SMALL = 1 << 16;
    /// Multiply-adds of a task, where there are many.
    private static final long TASK = 1 << 19;

    private final ConvShape s;
    private final int bias;
    private final TileSteps steps;
    private final MachineCode code;
    private final int threads;
    private final int tasks;
    /// Output lines all of whose rows lie in the image: from this one to before that.
    private final int first;
    private final int last;

    private DepthConv(ConvShape s, Epilogue epilogue, TileSteps steps, MachineCode code, int threads) {
        this.s = s;
        this.steps = steps;
        this.code = code;
        this.threads = threads;
        bias = epilogue.bias();
        int lines = s.n() * s.out()[1];
        long wish = s.work() < SMALL ? 1 : Math.clamp(Long.highestOneBit(s.work() / TASK), 2, 64);
        tasks = (int) Math.min(lines, wish);
        int from = 0;
        while (from < s.out()[1] && low(from) > 0) {
            from++;
        }
        int to = s.out()[1];
        while (to > from && high(to - 1) < s.size()[1]) {
            to--;
        }
        first = from;
        last = to;
    }

    /// Null if this is not the way.
    ///
    /// @param target what machine code is written for, or null
    static CpuKernel of(Kernel.Conv conv, Epilogue epilogue, Pool pool, Target target) {
        var s = ConvShape.of(conv);
        boolean fits = target == Target.AVX512 // not measured with AVX2
                && conv.pass() == ConvPass.FORWARD
                && conv.dtype() == DType.F32
                && !DirectConv.tooFewLines(s)
                && s.groups() == s.c() && s.k() == s.c() && s.c() % target.lanes() == 0
                && s.in()[0] == 1 && s.out()[0] == 1 && s.size()[0] == 1 && s.pad()[0] == 0
                && s.size()[2] <= DepthTile.MOST
                && epilogue.steps().size() <= DepthTile.MOST_STEPS;
        if (!fits) {
            return null;
        }
        var tile = new DepthTile(target, s.c(), s.in()[2], s.out()[2], s.size()[2], s.stride()[2], s.pad()[2],
                s.dilation()[2]);
        var steps = TileSteps.of(epilogue);
        var code = tile.of(steps.code());
        var kernel = code == null ? null : new DepthConv(s, epilogue, steps, code, pool.threads());
        return kernel != null && kernel.first < kernel.last && kernel.seesRows() ? kernel : null;
    }

    /// True if no window lies above or below the image.
    private boolean seesRows() {
        boolean all = true;
        for (int l = 0; l < s.out()[1]; l++) {
            all &= low(l) < high(l);
        }
        return all;
    }

    /// The first row of a line's windows that lies in the image.
    private int low(int line) {
        return Math.max(0, Math.ceilDiv(s.pad()[1] - line * s.stride()[1], s.dilation()[1]));
    }

    /// One past the last row of a line's windows that lies in the image.
    private int high(int line) {
        int top = line * s.stride()[1] - s.pad()[1];
        return Math.min(s.size()[1], Math.floorDiv(s.in()[1] - 1 - top, s.dilation()[1]) + 1);
    }

    @Override
    public long weightBytes() {
        return Mem.align(4L * (s.taps() + 1) * s.c());
    }

    @Override
    public long scratchBytes() {
        return weightBytes() + (long) threads * DepthTile.BLOCK;
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
        private final long[] more;
        private final long scratch;
        private final long weights;
        private final Pool pool;
        private final Pool.Task task = this::task;

        Lines(long[] in, long y, long scratch, long weights, Pool pool) {
            x = in[0];
            w = in[WEIGHTS];
            this.y = y;
            this.scratch = scratch;
            this.weights = weights;
            this.pool = pool;
            from = bias < 0 ? weights + 4L * s.taps() * s.c() : in[bias];
            more = steps.block(in, y);
        }

        /// [channels, taps] turned, and zeros in place of a bias.
        @Override
        public void refresh() {
            for (int c = 0; c < s.c(); c++) {
                for (int t = 0; t < s.taps(); t++) {
                    Mem.f32(weights + 4L * ((long) t * s.c() + c), Mem.f32(w + 4L * ((long) c * s.taps() + t)));
                }
            }
            Mem.zero(weights + 4L * s.taps() * s.c(), 4L * s.c());
        }

        @Override
        public void run() {
            pool.parallel(tasks, task);
        }

        private void task(int task, int worker) {
            long block = scratch + (long) worker * DepthTile.BLOCK;
            int lines = s.out()[1];
            int end = Tasks.from(task + 1, tasks, s.n() * lines);
            for (int i = Tasks.from(task, tasks, s.n() * lines); i < end;) {
                int l = i % lines;
                int count = l >= first && l < last ? Math.min(last - l, end - i) : 1;
                lines(i / lines, l, count, block);
                i += count;
            }
        }

        private void lines(int image, int line, int count, long block) {
            long row = 4L * s.in()[2] * s.c();
            long out = 4L * s.out()[2] * s.c();
            int low = low(line);
            long top = (long) line * s.stride()[1] - s.pad()[1] + (long) low * s.dilation()[1];
            Mem.i64(block + DepthTile.BIAS, from);
            Mem.i64(block + DepthTile.Y, y + ((long) image * s.out()[1] + line) * out);
            Mem.i64(block + DepthTile.NEXT_X, s.stride()[1] * row);
            Mem.i64(block + DepthTile.NEXT_Y, out);
            for (int i = 0; i < more.length; i++) {
                Mem.i64(block + DepthTile.STEPS + 8L * i, more[i]);
            }
            code.run(x + ((long) image * s.in()[1] + top) * row, 0, s.dilation()[1] * row,
                    weights + 4L * low * s.size()[2] * s.c(), high(line) - low, count, block, 0, 0, 0, 0);
        }

        @Override
        public void close() {
            // nothing of its own
        }
    }
}
