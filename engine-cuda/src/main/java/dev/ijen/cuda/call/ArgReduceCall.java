package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.spi.Kernel;
import java.lang.foreign.Arena;

/// Positions of extremes: a thread a line where lines are short or neighbours lie side by side, else a team a line.
record ArgReduceCall(Kernel.ArgReduce k, Entry arg, int lines, boolean teams) implements CudaKernel {
    static ArgReduceCall of(Kernel.ArgReduce k, Kit kit) {
        int lines = k.outer() * k.inner();
        boolean teams = k.n() >= 32 && (k.inner() < 32 || lines < 8192);
        String name = (teams ? "arg_teams" : "arg_lines") + Names.of(k.dtype());
        return new ArgReduceCall(k, Entry.of(kit, "arg_reduce", name), lines, teams);
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var a = new Arguments().pointer(in[0]).pointer(out[0]);
        a.i64(lines).i32(k.n()).i32(k.inner()).i32(k.greatest() ? 1 : 0);
        var grid = teams ? Teams.grid(lines, k.n()) : Grid.loop(lines, arg.gpu());
        return Launches.of(arg.launch(grid, a, arena));
    }
}
