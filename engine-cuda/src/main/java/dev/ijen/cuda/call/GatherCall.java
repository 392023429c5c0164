package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.RunErrors;
import dev.ijen.tensor.IjenException;
import java.lang.foreign.Arena;

/// Copies rows that an index names, in units as large as divide a row.
///
/// @param d units a row
record GatherCall(Kernel.Gather k, Entry gather, int d) implements CudaKernel {
    static CudaKernel of(Kernel.Gather k, Kit kit) {
        long row = (long) k.d() * k.dtype().bytes();
        if (row == 0 || k.count() == 0) {
            return IndexCheck.of(1, k.rows(), k.count(), kit);
        }
        int unit = Names.unit(row);
        return new GatherCall(k, Entry.of(kit, "gather", "gather_b" + unit), (int) (row / unit));
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public boolean reportsErrors() {
        return true;
    }

    @Override
    public IjenException error(int position, int value) {
        return RunErrors.index(position, value, k.rows());
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        long units = (long) k.count() * d;
        var a = new Arguments().pointer(in[0]).pointer(in[1]).pointer(out[0]);
        a.i32(k.rows()).i32(d).i64(units).pointer(error);
        return Launches.of(gather.launch(Grid.loop(units, gather.gpu()), a, arena));
    }
}
