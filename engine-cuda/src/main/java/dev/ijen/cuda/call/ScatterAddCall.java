package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.RunErrors;
import dev.ijen.tensor.IjenException;
import java.lang.foreign.Arena;
import java.util.ArrayList;

/// Adds rows where an index says: the index is sorted, then equal indices add in their order, without atomics, so the bits are always the same.
record ScatterAddCall(Kernel.Scatter k, Entry keys, Sort sort, Filler filler, Entry add) implements CudaKernel {
    static ScatterAddCall of(Kernel.Scatter k, Kit kit) {
        return new ScatterAddCall(
                k,
                Entry.of(kit, "scatter", "scatter_keys"),
                Sort.of(1, k.count(), kit),
                Filler.of(kit),
                Entry.of(kit, "scatter", "scatter_add" + Names.of(k.dtype())));
    }

    @Override
    public long scratchBytes() {
        var layout = new Layout();
        layout.part(sort.keysBytes());
        layout.part(sort.orderBytes());
        return layout.bytes();
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
        var layout = new Layout();
        long at = scratch + layout.part(sort.keysBytes());
        long order = scratch + layout.part(sort.orderBytes());
        var launches = new ArrayList<KernelLaunch>();
        var index = new Arguments().pointer(in[1]).pointer(at).pointer(order);
        index.i32(k.rows()).i32(k.count()).i32(sort.width()).pointer(error);
        launches.add(keys.launch(Grid.loop(sort.width(), keys.gpu()), index, arena));
        sort.launches(at, order, arena, launches);
        launches.add(filler.launch(out[0], 0, (long) k.rows() * k.d() * k.dtype().bytes(), arena));
        var sum = new Arguments().pointer(in[0]).pointer(at).pointer(order).pointer(out[0]);
        launches.add(
                add.launch(Grid.loop((long) k.count() * k.d(), add.gpu()), sum.i32(k.d()).i32(k.count()), arena));
        return Launches.of(launches);
    }
}
