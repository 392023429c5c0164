package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.RunErrors;
import dev.ijen.tensor.IjenException;
import java.lang.foreign.Arena;
import java.util.List;

/// For each row the last position of an index that names it, −1 if there is none: what a scatter needs where the last one stays. By itself it
/// checks the index of a gather or scatter of rows without elements.
///
/// @param index its place among the inputs
record IndexCheck(Filler filler, Entry last, int index, int rows, int count) implements CudaKernel {
    static IndexCheck of(int index, int rows, int count, Kit kit) {
        return new IndexCheck(Filler.of(kit), Entry.of(kit, "scatter", "scatter_last"), index, rows, count);
    }

    @Override
    public long scratchBytes() {
        return 4L * rows;
    }

    @Override
    public boolean reportsErrors() {
        return true;
    }

    @Override
    public IjenException error(int position, int value) {
        return RunErrors.index(position, value, rows);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        return Launches.of(launches(in[index], scratch, error, arena));
    }

    /// What fills `last` [rows].
    List<KernelLaunch> launches(long from, long to, long error, Arena arena) {
        var a = new Arguments().pointer(from).pointer(to).i32(rows).i32(count).pointer(error);
        return List.of(
                filler.launch(to, -1, scratchBytes(), arena),
                last.launch(Grid.loop(count, last.gpu()), a, arena));
    }
}
