package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.spi.Kernel;
import java.lang.foreign.Arena;

/// Running sums: a block a line where lines are few and long, else a thread a line. The rule depends on sizes alone, because the two add in
/// different orders.
record CumSumCall(Kernel.CumSum k, Entry sum, int lines, boolean blocks) implements CudaKernel {
    static CumSumCall of(Kernel.CumSum k, Kit kit) {
        int lines = k.outer() * k.inner();
        boolean blocks = k.n() >= 128 && lines < 8192;
        String name = (blocks ? "cumsum_block" : "cumsum_lines") + Names.of(k.dtype());
        return new CumSumCall(k, Entry.of(kit, "scan", name), lines, blocks);
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var a = new Arguments().pointer(in[0]).pointer(out[0]);
        if (!blocks) {
            a.i64(lines);
        }
        a.i32(k.n()).i32(k.inner()).i32(k.exclusive() ? 1 : 0).i32(k.reverse() ? 1 : 0);
        var grid = blocks ? Grid.of(lines, 256) : Grid.loop(lines, sum.gpu());
        return Launches.of(sum.launch(grid, a, arena));
    }
}
