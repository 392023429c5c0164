package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.Kernel;
import java.lang.foreign.Arena;
import java.util.ArrayList;

/// Sorting permutations of rows.
record ArgSortCall(Kernel.ArgSort k, Entry keys, Sort sort, Entry positions) implements CudaKernel {
    static ArgSortCall of(Kernel.ArgSort k, Kit kit) {
        return new ArgSortCall(
                k,
                Entry.of(kit, "sort", "sort_keys" + Names.of(k.dtype())),
                Sort.of(k.rows(), k.n(), kit),
                Entry.of(kit, "sort", "sort_positions"));
    }

    @Override
    public long scratchBytes() {
        var layout = new Layout();
        layout.part(sort.keysBytes());
        layout.part(sort.orderBytes());
        return layout.bytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var layout = new Layout();
        long at = scratch + layout.part(sort.keysBytes());
        long order = scratch + layout.part(sort.orderBytes());
        long count = (long) k.rows() * k.n();
        var launches = new ArrayList<KernelLaunch>();
        var a = new Arguments().pointer(in[0]).pointer(at).pointer(order).i64(sort.total());
        a.i32(k.n()).i32(sort.width()).i32(k.descending() ? 1 : 0);
        launches.add(keys.launch(Grid.loop(sort.total(), keys.gpu()), a, arena));
        sort.launches(at, order, arena, launches);
        var p = new Arguments().pointer(order).pointer(out[0]).i64(count).i32(k.n()).i32(sort.width());
        launches.add(positions.launch(Grid.loop(count, positions.gpu()), p, arena));
        return Launches.of(launches);
    }
}
