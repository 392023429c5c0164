package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import java.lang.foreign.Arena;

/// Long sums of few results are shared among blocks and added up in order afterwards. How many share is part of the result's bits, so it
/// follows from sizes alone, not from the GPU.
final class Splits {
    /// Enough blocks for any GPU to be busy.
    private static final int BLOCKS = 256;
    /// A share is worth a block from here on.
    private static final int LEAST = 256;

    private Splits() {}

    /// Blocks that share a sum of `depth` terms where there are `tiles` tiles of results.
    static int of(long tiles, int depth) {
        return Math.clamp(BLOCKS / Math.max(1, tiles), 1, Math.max(1, depth / LEAST));
    }

    /// Adds up part [total / each, splits, each].
    static KernelLaunch sum(Entry sum, long part, long to, long each, long total, int splits, Arena arena) {
        var a = new Arguments().pointer(part).pointer(to).i64(each).i64(total).i32(splits);
        return sum.launch(Grid.loop(total, sum.gpu()), a, arena);
    }
}
