package dev.ijen.cpu;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Copies elements of four bytes whose neighbours in one place lie apart in the other, such as channels first to channels last: matrices with rows
/// and columns exchanged.
///
/// @param outer extents of the axes around a matrix
/// @param from steps of x along them, in bytes
/// @param to steps of y along them, in bytes
/// @param rows rows of a matrix in x, which are columns in y
/// @param row bytes from row to row
/// @param n elements of a row
/// @param column bytes from column to column in y
/// @param x where x begins, in bytes
/// @param y where y begins, in bytes
/// @param turns machine code
record TurnKernel(
        int[] outer, long[] from, long[] to, int rows, long row, int n, long column, long x, long y, Turns turns)
        implements CpuKernel {
    /// Rows are shared out in multiples of this, and a share has about so many elements.
    private static final int GROUP = 16;
    private static final int SHARE = 1 << 12;
    /// Most elements of a row in a share.
    private static final int LONG = 1 << 12;
    private static final int TASKS = 64;
    private static final int WORTH = 1 << 15;

    private record Axis(int extent, long from, long to) {}

    /// Null if the region is something else, or there is no machine code.
    static CpuKernel of(Region region, Target target) {
        var turns = Turns.of(target);
        boolean copy = turns != null && region.points() > 0 && region.body().size() == 1
                && region.stores().size() == 1;
        if (!copy || !(region.body().getFirst() instanceof Instr.Load load)) {
            return null;
        }
        var store = region.stores().getFirst();
        if (load.stored() != store.stored() || load.stored().bytes() != Turns.BYTES || store.fold() != null) {
            return null;
        }
        var axes = IntStream.range(0, region.space().length)
                .filter(k -> region.space()[k] > 1)
                .mapToObj(k -> new Axis(region.space()[k], load.stride()[k], store.stride()[k]))
                .sorted(Comparator.comparingLong((Axis a) -> -Math.abs(a.to)))
                .toArray(Axis[]::new);
        int along = axis(axes, true);
        int across = axis(axes, false);
        if (along < 0 || across < 0 || along == across) {
            return null;
        }
        if (target == Target.AVX2 && axes[across].extent < target.lanes()) {
            return null; // many processors write parts of its vectors slowly
        }
        var around = IntStream.range(0, axes.length).filter(k -> k != along && k != across).mapToObj(k -> axes[k])
                .toList();
        return new TurnKernel(
                around.stream().mapToInt(Axis::extent).toArray(),
                around.stream().mapToLong(a -> Turns.BYTES * a.from).toArray(),
                around.stream().mapToLong(a -> Turns.BYTES * a.to).toArray(),
                axes[across].extent, Turns.BYTES * axes[across].from, axes[along].extent, Turns.BYTES * axes[along].to,
                (long) Turns.BYTES * load.offset(), (long) Turns.BYTES * store.offset(), turns);
    }

    /// The axis whose elements are neighbours in x or in y, and apart in the other; −1 if there is none.
    private static int axis(Axis[] axes, boolean inX) {
        return IntStream.range(0, axes.length)
                .filter(k -> (inX ? axes[k].from : axes[k].to) == 1 && Math.abs(inX ? axes[k].to : axes[k].from) > 1)
                .findFirst()
                .orElse(-1);
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int matrices = Arrays.stream(outer).reduce(1, Math::multiplyExact);
        int width = Math.min(n, LONG);
        int height = Math.clamp((long) SHARE / width / GROUP * GROUP, GROUP, Math.max(GROUP, rows));
        int across = Math.ceilDiv(n, width);
        int shares = Math.ceilDiv(rows, height) * across;
        long units = (long) matrices * shares;
        long elements = (long) matrices * rows * n;
        int tasks = elements < WORTH ? 1 : (int) Math.min(units, TASKS);
        Pool.Task task = (t, worker) -> {
            for (long u = units * t / tasks; u < units * (t + 1) / tasks; u++) {
                int share = (int) (u % shares);
                int first = share / across * height;
                int begin = share % across * width;
                turn((int) (u / shares), first, Math.min(height, rows - first), begin, Math.min(width, n - begin),
                        in[0] + x,
                        out[0] + y);
            }
        };
        return () -> pool.parallel(tasks, task);
    }

    private void turn(int matrix, int first, int count, int begin, int width, long a, long b) {
        int rest = matrix;
        for (int k = outer.length - 1; k >= 0; k--) {
            int i = rest % outer[k];
            rest /= outer[k];
            a += i * from[k];
            b += i * to[k];
        }
        turns.run(a + first * row + (long) begin * Turns.BYTES, row, count, width,
                b + (long) first * Turns.BYTES + begin * column, column);
    }
}
