package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.spi.Kernel;
import java.lang.foreign.Arena;

/// Softmax of rows, or its logarithm.
record SoftmaxCall(Kernel.Softmax k, Entry softmax) implements CudaKernel {
    static SoftmaxCall of(Kernel.Softmax k, Kit kit) {
        return new SoftmaxCall(k, Entry.of(kit, "softmax", "softmax" + Names.of(k.dtype())));
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var a = new Arguments().pointer(in[0]).pointer(out[0]).i32(k.rows()).i32(k.n()).i32(k.log() ? 1 : 0);
        return Launches.of(softmax.launch(Teams.grid(k.rows(), k.n()), a, arena));
    }
}
