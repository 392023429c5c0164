package dev.ijen.cuda.ptx;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import java.util.ArrayList;
import java.util.List;

/// How one kernel's threads go over a space: kept axes are fixed for a thread, it loops over the others.
///
/// @param kept axes, outermost first
/// @param looped the other axes: the folded ones, or all if nothing is folded
/// @param across true if neighbouring threads have neighbouring results, false if they share one result (or none is folded)
/// @param lanes neighbouring points of the last axis that a thread handles at once
/// @param x threads of a block in the direction that is fastest
/// @param y threads of a block in the other
/// @param splits blocks that share a result
/// @param chunk steps of the loop that are one block's
record Layout(int[] kept, int[] looped, boolean across, int lanes, int x, int y, int splits, int chunk) {
    static final int THREADS = 256;
    /// Blocks that keep a large device busy.
    private static final int BUSY = 1024;
    private static final int MAX_LANES = 8;
    /// Values of loads and folds that a thread may hold at once.
    private static final int MAX_HELD = 64;
    private static final int MAX_SPLITS = 1024;

    /// True if nothing is folded.
    boolean pointwise() {
        return chunk == 0;
    }

    /// Threads that fold one result together.
    int team() {
        return across ? y : x;
    }

    static int size(int[] space, int[] axes) {
        int n = 1;
        for (int a : axes) {
            n *= space[a];
        }
        return n;
    }

    /// The layout of a kernel that folds the axes of `folded` (a mask; 0 for none).
    ///
    /// @param live instructions that the kernel needs
    /// @param split whether blocks may share a result
    static Layout of(Region r, List<Instr> live, List<Store> stores, int folded, boolean split) {
        var space = r.space();
        int last = space.length - 1;
        int lanes = lanes(space, live, stores);
        if (folded == 0) {
            return new Layout(new int[0], axes(space, -1), false, lanes, THREADS, 1, 1, 0);
        }
        var kept = axes(space, ~folded);
        var looped = axes(space, folded);
        int results = size(space, kept);
        int steps = size(space, looped);
        boolean across = (folded >> last & 1) == 0;
        int x;
        int y;
        int blocks;
        if (across) {
            results /= lanes;
            int few = ceilPowerOfTwo(Math.min(results, 32));
            y = Math.min(THREADS / few, ceilPowerOfTwo(Math.ceilDiv(steps, 4)));
            if (results >= BUSY * THREADS) {
                y = 1;
            }
            x = THREADS / y;
            blocks = Math.ceilDiv(results, x);
        } else {
            steps /= lanes;
            int perThread = Math.ceilDiv(steps, 4);
            x = results >= BUSY * THREADS ? ceilPowerOfTwo(Math.min(perThread, 32))
                    : ceilPowerOfTwo(Math.min(steps, 32));
            if (steps > 256 || (steps > 64 && results <= BUSY)) {
                x = THREADS;
            }
            y = THREADS / x;
            blocks = Math.ceilDiv(results, y);
        }
        int team = across ? y : x;
        int splits = split
                ? Math.clamp(Math.min(BUSY / blocks, steps / (team * 8L)), 1, MAX_SPLITS)
                : 1;
        int chunk = Math.ceilDiv(steps, splits);
        // whole rounds of the team, so that no thread of a block has more to do than the others
        chunk = splits == 1 ? steps : Math.ceilDiv(chunk, team) * team;
        splits = Math.ceilDiv(steps, chunk);
        return new Layout(kept, looped, across, lanes, x, y, splits, chunk);
    }

    /// Steps of the loop in all.
    int steps(int[] space) {
        return size(space, looped) / (across ? 1 : lanes);
    }

    /// Threads, or teams, that have a result of their own; `lanes` results each if across.
    int results(int[] space) {
        return size(space, kept) / (across ? lanes : 1);
    }

    private static int ceilPowerOfTwo(int n) {
        return n <= 1 ? 1 : Integer.highestOneBit(n - 1) << 1;
    }

    private static int[] axes(int[] space, int mask) {
        var r = new ArrayList<Integer>();
        for (int i = 0; i < space.length; i++) {
            if ((mask >> i & 1) == 1) {
                r.add(i);
            }
        }
        return r.stream().mapToInt(i -> i).toArray();
    }

    /// The most neighbours that vector loads and stores can take at once: all accesses walk the last axis by 0 or 1, and what is
    /// stored at every point lies at multiples of it. The widest type of what is as large as the space fills 16 bytes.
    private static int lanes(int[] space, List<Instr> live, List<Store> stores) {
        int all = space.length == 1 && space[0] == 1 ? 0 : (1 << space.length) - 1;
        int held = 0;
        int widest = 0;
        int widestAny = 1;
        var loads = new ArrayList<Access>();
        var plain = new ArrayList<Access>();
        for (var i : live) {
            if (i instanceof Instr.Load l) {
                loads.add(Access.of(l));
            }
        }
        for (var s : stores) {
            if (s.fold() == null) {
                plain.add(Access.of(s));
            } else {
                held++;
            }
        }
        held += loads.size();
        var both = new ArrayList<>(loads);
        both.addAll(plain);
        for (var a : both) {
            if (a.inner() != 0 && a.inner() != 1) {
                return 1;
            }
            widestAny = Math.max(widestAny, a.inner() == 1 ? a.stored().bytes() : 1);
            widest = Math.max(widest, a.mask() == all ? a.stored().bytes() : 0);
        }
        int n = Math.min(MAX_LANES, 16 / (widest == 0 ? widestAny : widest));
        for (; n > 1; n /= 2) {
            int by = n;
            boolean fits = space[space.length - 1] % n == 0
                    && plain.stream().allMatch(a -> a.vector(by))
                    && both.stream().anyMatch(a -> a.vector(by));
            if (fits && (n <= 2 || n * held <= MAX_HELD)) {
                return n;
            }
        }
        return 1;
    }
}
