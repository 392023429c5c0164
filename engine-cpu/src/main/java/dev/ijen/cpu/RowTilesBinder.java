package dev.ijen.cpu;

import dev.ijen.cpu.x86.RowLoop;
import dev.ijen.cpu.x86.RowLoop.Sink;
import dev.ijen.cpu.x86.RowLoop.Use;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Finds out whether the tiles of a region are rows that one function can do ([RowTiles]): numbers of 32 bits or of bfloat16, whole vectors, each view dense in
/// memory, the same for each row, or one number for a row.
final class RowTilesBinder {
    private static final int SIZE = 4;

    private final RegionKernel kernel;
    private final Region region;
    private final Nest nest;
    private final RegionUses uses;
    private final long[] in;
    private final List<Access> accesses = new ArrayList<>();
    private final List<Sink> sinks = new ArrayList<>();
    private final List<RowTiles.Cleared> cleared = new ArrayList<>();
    /// Points of a row.
    private int columns;
    /// False if tiles have to be done one by one.
    private boolean together = true;

    /// A view.
    ///
    /// @param one true if it is one number for a row
    /// @param size bytes of a number
    private record Access(RowTiles.Pointer pointer, Pattern pattern, boolean one, int size) {}

    RowTilesBinder(RegionKernel kernel, RegionUses uses, long[] in) {
        this.kernel = kernel;
        this.region = kernel.region();
        this.nest = kernel.nest();
        this.uses = uses;
        this.in = in;
    }

    /// The tiles, or null if they are not such.
    ///
    /// @param places where each store goes, or its partial results
    RowTiles bind(List<FoldPlace> places) {
        if (kernel.code() == null || !nest.natural() || nest.tasks == 0
                || nest.fullTiles() < 1 || !simple()) {
            return null;
        }
        columns = columns(places);
        if (columns % kernel.code().lanes() != 0 || nest.tile() % columns != 0) {
            return null;
        }
        var body = region.body();
        var load = new int[body.size()];
        var one = new boolean[body.size()];
        for (int i = 0; i < load.length; i++) {
            load[i] = -1;
            if (body.get(i) instanceof Instr.Load l) {
                int size = l.stored().bytes();
                Place place = nest.place(in[l.input()] + (long) l.offset() * size, l.stride(), size);
                load[i] = access(new RowTiles.Pointer(place, 0), uses.patterns[i], size);
                if (load[i] < 0) {
                    return null;
                }
                one[i] = accesses.get(load[i]).one;
            }
        }
        for (int k = 0; k < places.size(); k++) {
            if (!store(region.stores().get(k), places.get(k))) {
                return null;
            }
        }
        return compile(load, one);
    }

    private RowTiles compile(int[] load, boolean[] one) {
        int rows = nest.tile() / columns;
        var steps = new int[accesses.size()];
        var half = new boolean[steps.length];
        for (int k = 0; k < steps.length; k++) {
            var a = accesses.get(k);
            half[k] = a.size != SIZE;
            long tile = tileStep(a.pointer.place());
            long step = rows == 1 && tile != Long.MIN_VALUE ? tile : rowStep(a);
            together &= nest.fullTiles() == 1 || tile == step * rows;
            steps[k] = (int) step;
            if (steps[k] != step) {
                return null;
            }
        }
        if (!together && rows == 1) {
            Arrays.fill(steps, 0); // there is no second one
        }
        var code = new RowLoop(region.body(), uses.same, columns, load, one, steps, half, sinks).compile(kernel.code());
        return code == null ? null
                : new RowTiles(code, rows, together, nest.fullTiles(),
                        accesses.stream().map(Access::pointer).toArray(RowTiles.Pointer[]::new), cleared);
    }

    /// True if machine code can do all instructions and stores, in any order of rows.
    private boolean simple() {
        boolean simple = true;
        for (boolean late : uses.late) {
            simple &= !late;
        }
        for (int i = 0; i < region.body().size(); i++) {
            simple &= switch (region.body().get(i)) {
                case Instr.Load l -> l.type().bytes() == SIZE && (l.stored() == l.type() || inTime(i, l));
                case Instr.Imm m -> m.type().bytes() == SIZE;
                case Instr.Index _,Instr.Random _ -> false;
                case Instr.Unary _,Instr.Binary _,Instr.Select _,Instr.Cast _ -> uses.same[i] != i || uses.inCode(i);
            };
        }
        for (Store s : region.stores()) {
            DType type = region.body().get(s.value()).type();
            boolean half = s.stored() == DType.BF16 && type == DType.F32; // sums are floats first
            simple &= (s.stored() == type || half) && type.bytes() == SIZE
                    && (s.fold() == null || s.fold() == Fold.SUM && type == DType.F32);
        }
        return simple;
    }

    /// True for bfloat16 that is not read after another number has been written there. The interpreter reads all that it widens first.
    private boolean inTime(int i, Instr.Load l) {
        boolean inTime = l.stored() == DType.BF16;
        for (Store s : region.stores()) {
            boolean late = i != uses.same[s.value()] && uses.lastUse[i] > uses.done(s);
            inTime &= !(s.fold() == null && late && uses.overlap(l, s));
        }
        return inTime;
    }

    /// Points of the shortest run, or all of a tile.
    private int columns(List<FoldPlace> places) {
        int n = nest.tile();
        for (var p : uses.patterns) {
            n = p != null && p.rank() == 2 ? Math.min(n, p.extent(1)) : n;
        }
        for (var p : places) {
            n = p.pattern().rank() == 2 ? Math.min(n, p.pattern().extent(1)) : n;
        }
        return n;
    }

    /// The number of a view among the accesses; −1 if it is of another kind.
    private int access(RowTiles.Pointer pointer, Pattern p, int size) {
        boolean flat = p.rank() == 1;
        long step = p.step(p.rank() - 1);
        boolean ok = flat || p.rank() == 2 && p.extent(1) == columns;
        if (!ok || step != size && step != 0) {
            return -1;
        }
        var a = new Access(pointer, p, step == 0, size);
        for (int k = 0; k < accesses.size(); k++) {
            var b = accesses.get(k);
            if (same(a.pointer, b.pointer) && a.one == b.one && a.size == b.size && rowStep(a) == rowStep(b)) {
                return k;
            }
        }
        accesses.add(a);
        return accesses.size() - 1;
    }

    private static boolean same(RowTiles.Pointer a, RowTiles.Pointer b) {
        return a.part() == b.part() && a.place().base() == b.place().base()
                && Arrays.equals(a.place().step(), b.place().step());
    }

    /// Bytes between rows of a tile.
    private long rowStep(Access a) {
        return a.pattern.rank() == 2 ? a.pattern.step(0) : a.one ? 0 : (long) columns * a.size;
    }

    private boolean store(Store s, FoldPlace to) {
        var pointer = new RowTiles.Pointer(to.place(), to.part());
        int at = access(pointer, to.pattern(), s.fold() == null ? s.stored().bytes() : SIZE);
        if (at < 0) {
            return false;
        }
        boolean one = accesses.get(at).one;
        boolean flat = to.pattern().rank() == 1;
        if (s.fold() == null) {
            sinks.add(new Sink(s.value(), at, Use.STORED));
            return !one;
        }
        boolean each = to.clear() == Step.Clear.EACH;
        if (one && kernel.code().lanes() != Step.LANES) {
            return false; // the interpreter's sums would be others
        }
        if (one) {
            sinks.add(new Sink(s.value(), at, each ? Use.SUMMED : Use.SUMMED_UP));
        } else {
            sinks.add(new Sink(s.value(), at, Use.ADDED));
            together &= !each;
        }
        if (to.clear() == Step.Clear.FIRST || each && !one) {
            cleared.add(new RowTiles.Cleared(pointer, to.pattern(), Folder.of(DType.F32, Fold.SUM), nest.rows, each));
        }
        // a tile's one result is the sum of it as a whole
        return one ? !flat || columns == nest.tile() : !to.pattern().foldsPairs(SIZE);
    }

    /// Bytes between neighbouring tiles that share results, or of all where none do; `Long.MIN_VALUE` if they are not the same for all.
    private long tileStep(Place place) {
        long step = Long.MIN_VALUE;
        long tiles = 1;
        long all = nest.inner == 1 ? nest.groups : nest.inner;
        for (int k = nest.loopCount.length - 1; k >= 0 && tiles < all; k--) {
            if (nest.loopCount[k] > 1) {
                long here = place.step()[k];
                if (step == Long.MIN_VALUE) {
                    step = here;
                } else if (here != step * tiles) {
                    return Long.MIN_VALUE;
                }
                tiles *= nest.loopCount[k];
            }
        }
        return step;
    }

    /// Where a store goes, or for a fold its results.
    ///
    /// @param clear for a fold, who clears them
    record FoldPlace(Place place, Pattern pattern, long part, Step.Clear clear) {}
}
