package dev.ijen.cpu;

import dev.ijen.cpu.x86.ConvTile;
import dev.ijen.cpu.x86.PaddedRows;
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
    /// With AVX-512 bytes of the filter: they may come from the second-level cache, because more outputs beside each other use each of them. On one
    /// core of an EPYC (Zen 5) 16 to 24 channels, 24², 3 × 3, take 13 µs (oneDNN 21), 10 to 20, 5 × 5, of 32 pictures 98 µs (180).
    private static final int FILTER = 256 << 10;

    /// Multiply-adds that are worth a second thread: about a microsecond's.
    private static final long SMALL = 1 << 17;
    /// Multiply-adds that are worth some threads, and lines they need.
    private static final long MUCH = 1 << 22;
    private static final int LINES = 4;

    private final ConvShape s;
    private final int bias;
    private final TileSteps steps;
    private final ConvTile tile;
    private final ConvTiles tiles;
    private final PaddedRows copy;
    private final int threads;
    private final int depth;
    /// Output positions of a line; of a pointwise convolution all.
    private final int columns;
    private final int tasks;
    private final int group;
    /// Whether images' channels lie plane by plane; then rows are, one after the other, those of the channels.
    private final boolean planes;
    /// Whether lines are computed from a copy of the rows they need.
    private final boolean padded;
    private final int width;
    private final long workerBytes;

    private DirectConv(ConvShape s, Epilogue epilogue, ConvTile tile, ConvTiles tiles, PaddedRows copy, int threads) {
        this.s = s;
        this.tile = tile;
        this.tiles = tiles;
        this.copy = copy;
        this.threads = threads;
        bias = epilogue.bias();
        steps = TileSteps.of(epilogue);
        depth = s.taps() * s.c();
        boolean one = s.pointwise();
        columns = one ? s.n() * s.outputs() : s.out()[2];
        int lines = one ? 1 : s.n() * s.out()[1];
        int reach = (s.out()[2] - 1) * s.stride()[2] + (s.size()[2] - 1) * s.dilation()[2] + 1;
        planes = epilogue.planes();
        padded = planes || s.pad()[1] > 0 || s.pad()[2] > 0 || reach > s.in()[2] || rows(s.out()[1]) > s.in()[1];
        width = Math.max(reach, s.pad()[2] + s.in()[2]);
        int cut = tasks(s);
        group = Math.min(Math.ceilDiv(lines, Math.min(lines, cut)), s.out()[1]);
        tasks = one ? Math.min(cut, columns) : s.n() * Math.ceilDiv(s.out()[1], group);
        workerBytes = Mem.align(ConvTile.BLOCK + (padded ? 4L * rows(group) * width * s.c() : 0));
    }

    /// Into how many tasks work is cut, at least where there are as many lines: two for a few microseconds already.
    private static int tasks(ConvShape s) {
        return s.work() < SMALL ? 1 : Math.max(2, MatMulCut.tasks(s.work()));
    }

    /// Rows of the image that some lines of output need.
    private int rows(int outs) {
        return (outs - 1) * s.stride()[1] + (s.size()[1] - 1) * s.dilation()[1] + 1;
    }

    /// True if lines, which are taken whole, are too few for much work: of one axis, say.
    static boolean tooFewLines(ConvShape s) {
        return s.work() > MUCH && !s.pointwise() && s.n() * s.out()[1] < LINES;
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
                && !tooFewLines(s)
                && s.in()[0] == 1 && s.out()[0] == 1 && s.size()[0] == 1 && s.pad()[0] == 0
                && s.k() <= ConvTile.MOST * target.lanes()
                && epilogue.steps().size() <= ConvTile.MOST_STEPS;
        if (!fits) {
            return null;
        }
        if (epilogue.planes() && (s.pointwise() || s.dilation()[1] > 1 || s.dilation()[2] > 1)) {
            return null;
        }
        boolean apart = s.dilation()[2] > 1 && s.size()[2] > 1;
        var tile = new ConvTile(target, s.k(), 4 * s.stride()[2] * (epilogue.planes() ? 1 : s.c()),
                apart ? s.size()[2] : 1,
                4 * s.dilation()[2] * s.c());
        boolean suits = target == Target.AVX512 ? 4L * s.taps() * s.c() * tile.whole() <= FILTER
                : !apart && s.k() % target.lanes() == 0 && s.taps() * s.c() <= DEPTH && s.c() <= CHANNELS;
        if (!suits) {
            return null;
        }
        int[] lines = s.pointwise() ? Tasks.sizes(Math.min(tasks(s), s.n() * s.outputs()), s.n() * s.outputs())
                : new int[] {s.out()[2]};
        var tiles = ConvTiles.of(tile, TileSteps.of(epilogue).code(), lines);
        var copy = PaddedRows.of(target);
        return tiles == null || copy == null ? null : new DirectConv(s, epilogue, tile, tiles, copy, pool.threads());
    }

    @Override
    public long weightBytes() {
        return Mem.align(4L * (depth + 1) * tile.whole());
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
        /// What the steps need in a block.
        private final long[] more;
        private final long scratch;
        private final long weights;
        private final Pool pool;
        private final Pool.Task task = this::task;
        private final Pool.Task turn = this::turn;

        Lines(long[] in, long y, long scratch, long weights, Pool pool) {
            x = in[0];
            w = in[WEIGHTS];
            this.y = y;
            this.scratch = scratch;
            this.weights = weights;
            this.pool = pool;
            from = bias < 0 ? weights + 4L * depth * tile.whole() : in[bias];
            more = steps.block(in, y);
        }

        /// The filter's number for a window's number `i`, in the order in which it is read: rows, columns, channels; of planes rows, channels, columns.
        private int number(int i) {
            int columns = s.size()[2];
            return planes ? (i / columns / s.c() * columns + i % columns) * s.c() + i / columns % s.c() : i;
        }

        /// [output channels, numbers of a window] turned, and zeros in place of a bias.
        @Override
        public void refresh() {
            Mem.zero(weights, 4L * (depth + 1) * tile.whole());
            pool.parallel(tile.vectors(), turn);
        }

        /// A vector of output channels, all numbers of their windows.
        private void turn(int vector, int worker) {
            int lanes = tile.target().lanes();
            for (int j = vector * lanes; j < (vector + 1) * lanes; j++) {
                int k = tile.channel(j);
                for (int i = 0; k >= 0 && i < depth; i++) {
                    Mem.f32(weights + 4L * ((long) i * tile.whole() + j),
                            Mem.f32(w + 4L * ((long) k * depth + number(i))));
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
            int groups = tasks / s.n();
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
            if (!planes) {
                pad(image, top, rows, row, 4L * s.c(), to, 4L * width * s.c());
                return;
            }
            for (int c = 0; c < s.c(); c++) {
                long wide = 4L * width;
                pad(image + 4L * c * s.inputs(), top, rows, row / s.c(), 4, to + c * wide, wide * s.c());
            }
        }

        /// @param row bytes of a row
        /// @param each bytes of a column
        /// @param next bytes from row to row in the copy
        private void pad(long image, int top, int rows, long row, long each, long to, long next) {
            int low = Math.clamp(-top, 0, rows);
            int high = Math.clamp(s.in()[1] - top, low, rows);
            for (int r = 0; r < rows; r++) {
                r = r == low ? high : r;
                if (r < rows) {
                    Mem.zero(to + r * next, width * each);
                }
            }
            if (low < high) {
                int numbers = (int) row / 4;
                int left = s.pad()[2] * (int) each / 4;
                copy.run(image + (top + low) * row, row, to + low * next, next, high - low, numbers, left,
                        width * (int) each / 4 - left - numbers);
            }
        }

        /// Lines of neighbouring outputs, the first one's window beginning at `at`, its rows some bytes apart: tiles of one size of all lines, then
        /// those of another.
        private void lines(long at, long row, long to, int outputs, int lines, long block) {
            long stepX = tile.step();
            long stepY = 4L * s.k();
            Mem.i64(block + ConvTile.BIAS, from);
            Mem.i64(block + ConvTile.STEP_Y, stepY);
            for (int i = 0; i < more.length; i++) {
                Mem.i64(block + ConvTile.STEPS + 8L * i, more[i]);
            }
            int done = 0;
            for (var run : tiles.line(outputs)) {
                int own = run.size() * run.count();
                Mem.i64(block + ConvTile.Y, to + done * stepY);
                Mem.i64(block + ConvTile.GROUPS, run.count());
                Mem.i64(block + ConvTile.LINES, lines);
                Mem.i64(block + ConvTile.NEXT_X, s.stride()[1] * row - own * stepX);
                Mem.i64(block + ConvTile.NEXT_Y, (outputs - own) * stepY);
                run.code().run(at + done * stepX, 0, planes ? 4L * width : s.dilation()[1] * row, weights, numbers(),
                        (long) s.size()[1] * (planes ? s.c() : 1), block, 0, 0, 0, 0);
                done += own;
            }
        }

        /// Beside each other.
        private long numbers() {
            return planes ? s.size()[2] : tile.columns() > 1 ? s.c() : (long) s.size()[2] * s.c();
        }

        @Override
        public void close() {
            // nothing of its own
        }
    }
}
