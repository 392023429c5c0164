package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.Kernel;
import dev.ijen.tensor.IjenException;
import java.lang.foreign.Arena;
import java.util.ArrayList;

/// Copies rows where an index says; the last one stays.
///
/// @param d units a row
record ScatterSetCall(Kernel.Scatter k, IndexCheck check, Entry set, int d) implements CudaKernel {
    static ScatterSetCall of(Kernel.Scatter k, Kit kit) {
        long row = (long) k.d() * k.dtype().bytes();
        int unit = Names.unit(row);
        return new ScatterSetCall(
                k,
                IndexCheck.of(1, k.rows(), k.count(), kit),
                Entry.of(kit, "scatter", "scatter_set_b" + unit),
                (int) (row / unit));
    }

    @Override
    public long scratchBytes() {
        return check.scratchBytes();
    }

    @Override
    public boolean reportsErrors() {
        return true;
    }

    @Override
    public IjenException error(int position, int value) {
        return check.error(position, value);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        long units = (long) k.rows() * d;
        var launches = new ArrayList<KernelLaunch>(check.launches(in[1], scratch, error, arena));
        var a = new Arguments().pointer(in[0]).pointer(scratch).pointer(out[0]).i32(d).i64(units);
        launches.add(set.launch(Grid.loop(units, set.gpu()), a, arena));
        return Launches.of(launches);
    }
}
