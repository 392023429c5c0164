package dev.ijen.cpu;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The order in which a region's points are visited, and the tasks they are cut into.
///
/// A tile is a range along one axis with all of the axes after it, small enough for first-level cache. Loops run over tiles.
/// Axes are reordered for folds: those that no fold joins come first, so that a group of tiles owns its results and groups are
/// independent. A last axis that no fold joins stays last, so that the folds of columns read along rows. All of it follows from
/// the region alone.
final class Nest {
    /// Work worth a task of its own, in simple instructions on a point.
    private static final long GRAIN = 48 << 10;

    private static final int MAX_TASKS = 256;

    /// Original axes of a tile, the partly covered one first.
    final int[] tileAxes;
    /// Most rows of a tile along its first axis.
    final int rows;
    /// Original axis of each loop, outermost first.
    final int[] loopAxis;
    /// Points along the axis for each step.
    final int[] loopStep;
    /// Steps of each loop.
    final int[] loopCount;
    /// Tiles that share results with no others.
    final int groups;
    /// Tiles of a group.
    final int inner;
    /// Parts a group is cut into, each with partial results of its own.
    final int chunks;
    /// Independent pieces of work.
    final int tasks;
    /// Simple instructions on a point, all together.
    final long work;
    /// True if folds join different axes, and results have to be cleared before all work.
    final boolean mixed;

    private final int[] space;
    private final Turns turns;

    /// @param block points of a tile, at most
    /// @param given axes in the order in which they are to be visited, or null for the best one for folds
    /// @param turns what exchanges rows and columns, or null
    Nest(Region region, int block, long cost, int[] given, Turns turns) {
        this.turns = turns;
        space = region.space();
        int n = space.length;
        int last = n - 1;
        List<Store> folds = region.stores().stream().filter(s -> s.fold() != null).toList();
        boolean[] joined = new boolean[n];
        boolean different = false;
        for (Store s : folds) {
            for (int k = 0; k < n; k++) {
                boolean zero = s.stride()[k] == 0;
                different |= folds.get(0).stride()[k] == 0 != zero;
                joined[k] |= zero;
            }
        }
        mixed = different;
        boolean columns = !folds.isEmpty() && !joined[last];
        int[] order = given != null ? given : order(joined, columns, !folds.isEmpty() && !mixed);
        int first = last;
        int below = 1;
        while (first > 0 && (long) below * space[order[first]] <= block) {
            below *= space[order[first--]];
        }
        tileAxes = Arrays.copyOfRange(order, first, n);
        rows = rows(space[tileAxes[0]], below, block);

        var loops = new ArrayList<Integer>();
        for (int k = 0; k < first; k++) {
            loops.add(order[k]);
        }
        if (columns && !mixed && first == last) {
            // blocks of the last axis around the folded ones
            int at = 0;
            while (at < loops.size() && !joined[loops.get(at)]) {
                at++;
            }
            loops.add(at, last);
        } else {
            loops.add(tileAxes[0]);
        }
        loopAxis = loops.stream().mapToInt(Integer::intValue).toArray();
        loopStep = new int[loopAxis.length];
        loopCount = new int[loopAxis.length];
        int g = 1;
        int h = 1;
        boolean own = true;
        for (int k = 0; k < loopAxis.length; k++) {
            loopStep[k] = loopAxis[k] == tileAxes[0] ? rows : 1;
            loopCount[k] = (space[loopAxis[k]] + loopStep[k] - 1) / loopStep[k];
            own &= !joined[loopAxis[k]];
            g *= own ? loopCount[k] : 1;
            h *= own ? 1 : loopCount[k];
        }
        groups = g;
        inner = h;
        long points = region.points();
        work = points * cost;
        int wish = wish(work);
        int parts = 1;
        if (points > 0 && !folds.isEmpty() && g < (wish + 1) / 2) {
            long results = folds.stream().mapToLong(s -> results(s)).max().orElse(1);
            // partial results must stay few beside the points they come from
            parts = Math.clamp(points / 4 / Math.max(1, results), 1, Math.min(h, (wish + g - 1) / g));
            parts = even(h, parts);
        }
        chunks = parts;
        tasks = points == 0 ? 0 : parts > 1 ? g * parts : Math.min(g, wish);
    }

    /// Tasks that some work is worth.
    static int wish(long work) {
        return Math.clamp(work / GRAIN, 1, MAX_TASKS);
    }

    /// At most as many equal parts as given, where that is not less than half of them: a power of two if it can be, so that loops over the
    /// same rows are cut at the same places ([Rows]).
    private static int even(int tiles, int parts) {
        int two = Integer.highestOneBit(parts);
        if (tiles % two == 0) {
            return two;
        }
        for (int p = parts; 2 * p > parts; p--) {
            if (tiles % p == 0) {
                return p;
            }
        }
        return parts;
    }

    /// Tiles that fold into the same results: those of a group, or of a part of one.
    int run() {
        return inner / chunks;
    }

    /// Points of a tile.
    int tile() {
        return rows * below();
    }

    /// True if tiles are equal runs of neighbouring points, one after the other, and parts of a group are equal, too.
    boolean even() {
        return tasks > 0 && tiledExtent() % rows == 0 && inner % chunks == 0 && natural();
    }

    /// True if tiles are runs of neighbouring points, one after the other.
    boolean natural() {
        boolean natural = true;
        for (int k = 0; k < loopAxis.length; k++) {
            natural &= loopAxis[k] == k;
        }
        for (int k = 0; k < tileAxes.length; k++) {
            natural &= tileAxes[k] == loopAxis.length - 1 + k;
        }
        return natural;
    }

    /// Moves to a tile.
    void seek(int[] pos, long tile) {
        long left = tile;
        for (int k = pos.length - 1; k >= 0; k--) {
            pos[k] = (int) (left % loopCount[k]);
            left /= loopCount[k];
        }
    }

    /// Moves to the next tile.
    void next(int[] pos) {
        for (int k = pos.length - 1; k >= 0 && ++pos[k] == loopCount[k]; k--) {
            pos[k] = 0;
        }
    }

    /// Full tiles, which come before all others; −1 if they don't.
    int fullTiles() {
        int all = groups * inner;
        if (tiledExtent() % rows == 0) {
            return all;
        }
        return loopCount[tiledLoop()] == all ? all - 1 : -1;
    }

    /// Elements a fold produces.
    int results(Store s) {
        int n = 1;
        for (int k = 0; k < space.length; k++) {
            n *= s.stride()[k] == 0 ? 1 : space[k];
        }
        return n;
    }

    /// True for a fold whose every result comes from one tile.
    boolean whole(Store s) {
        for (int k = 0; k < loopAxis.length; k++) {
            if (loopCount[k] > 1 && s.stride()[loopAxis[k]] == 0) {
                return false;
            }
        }
        return true;
    }

    private int[] order(boolean[] joined, boolean columns, boolean regroup) {
        int n = joined.length;
        var order = new int[n];
        int at = 0;
        int free = columns ? n - 1 : n;
        for (int pass = 0; pass < 2; pass++) {
            for (int k = 0; k < free; k++) {
                if (joined[k] == (pass == 1)) {
                    order[at++] = k;
                }
            }
        }
        if (columns) {
            order[at] = n - 1;
        }
        if (!regroup) {
            Arrays.setAll(order, k -> k);
        }
        return order;
    }

    /// Rows of a tile: even shares of the extent, whole vectors where possible.
    private static int rows(int extent, int below, int block) {
        int most = Math.max(1, block / below);
        if (extent <= most) {
            return Math.max(1, extent);
        }
        int shares = (extent + most - 1) / most;
        int even = (extent + shares - 1) / shares;
        int unit = 64 / Math.min(64, Integer.lowestOneBit(below)); // rows that make a multiple of 64 points
        int up = (even + unit - 1) / unit * unit;
        return up <= most ? up : even >= unit ? even / unit * unit : even;
    }

    /// Extents of a full tile.
    int[] tileExtents() {
        var e = new int[tileAxes.length];
        for (int k = 0; k < e.length; k++) {
            e[k] = k == 0 ? rows : space[tileAxes[k]];
        }
        return e;
    }

    /// Points of a tile below one row.
    int below() {
        int n = 1;
        for (int k = 1; k < tileAxes.length; k++) {
            n *= space[tileAxes[k]];
        }
        return n;
    }

    /// Extent of the axis that tiles cover in part.
    int tiledExtent() {
        return space[tileAxes[0]];
    }

    /// Index in the loops of the one over that axis.
    int tiledLoop() {
        for (int k = 0; k < loopAxis.length; k++) {
            if (loopAxis[k] == tileAxes[0]) {
                return k;
            }
        }
        throw new AssertionError("no loop over the tiled axis");
    }

    /// How a view's elements lie within a tile.
    Pattern pattern(int[] stride, int scale) {
        var s = new long[tileAxes.length];
        for (int k = 0; k < s.length; k++) {
            s[k] = (long) stride[tileAxes[k]] * scale;
        }
        return new Pattern(tileExtents(), s, turns);
    }

    /// How a view's origin moves with the loops.
    Place place(long base, int[] stride, int scale) {
        var s = new long[loopAxis.length];
        for (int k = 0; k < s.length; k++) {
            s[k] = (long) stride[loopAxis[k]] * loopStep[k] * scale;
        }
        return new Place(base, s);
    }
}
