package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.spi.Kernel;
import java.lang.foreign.Arena;

/// Pooling: a thread an element of the result.
record PoolCall(Kernel.Pool k, Entry pool, long count) implements CudaKernel {
    static PoolCall of(Kernel.Pool k, long count, Kit kit) {
        String name = switch (k.mode()) {
            case MAX -> "pool_max";
            case MAX_GRADIENT -> "pool_max_gradient";
            case MAX_PICK -> "pool_max_pick";
            case SUM -> "pool_sum";
            case SUM_GRADIENT -> "pool_sum_gradient";
        };
        return new PoolCall(k, Entry.of(kit, "pool", name + Names.of(k.dtype())), count);
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var a = new Arguments();
        for (long p : in) {
            a.pointer(p);
        }
        a.pointer(out[0]).i32(Windows.struct(k.window())).i32(k.n()).i32(k.c());
        return Launches.of(pool.launch(Grid.loop(count, pool.gpu()), a, arena));
    }
}
