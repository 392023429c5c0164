package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.tensor.IjenException;
import java.lang.foreign.Arena;
import java.util.List;

/// Sorts (key, position) pairs in runs of `width`, a power of two, by a bitonic network: inside tiles in shared memory, between them in steps
/// through memory. Batcher, Sorting networks and their applications, 1968.
///
/// @param total number of pairs, a multiple of `width`
record Sort(Entry tile, Entry step, long total, int width) {
    private static final int TILE = 2048;

    /// @param rows runs
    /// @param n elements a run, without those that fill it up
    static Sort of(int rows, int n, Kit kit) {
        if (n > 1 << 30) {
            throw new IjenException("sort: the row is too long for this backend", n + " elements",
                    "at most " + (1 << 30),
                    "sort parts of it");
        }
        int width = n <= 2 ? 2 : Integer.highestOneBit(n - 1) * 2;
        return new Sort(
                Entry.of(kit, "sort", "sort_tile"), Entry.of(kit, "sort", "sort_step"), (long) rows * width, width);
    }

    long keysBytes() {
        return 8 * total;
    }

    long orderBytes() {
        return 4 * total;
    }

    void launches(long keys, long order, Arena arena, List<KernelLaunch> to) {
        to.add(tile(keys, order, 2, Math.min(width, TILE), arena));
        for (long k = 2 * TILE; k <= width; k *= 2) {
            for (long j = k / 2; j >= TILE; j /= 2) {
                var a = new Arguments().pointer(keys).pointer(order).i64(total).i32(width).i32((int) k).i32((int) j);
                to.add(step.launch(Grid.loop(total / 2, step.gpu()), a, arena));
            }
            to.add(tile(keys, order, (int) k, (int) k, arena));
        }
    }

    private KernelLaunch tile(long keys, long order, int first, int last, Arena arena) {
        var grid = Grid.of((int) ((total + TILE - 1) / TILE), Math.min(TILE / 2, Math.max(32, width / 2)));
        var a = new Arguments().pointer(keys).pointer(order).i64(total).i32(width).i32(first).i32(last);
        return tile.launch(grid, a, arena);
    }
}
