package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.RunErrors;
import dev.ijen.tensor.IjenException;
import java.lang.foreign.Arena;

/// Cross-entropy of rows of logits with a label each.
record CrossEntropyCall(Kernel.CrossEntropy k, Entry crossEntropy) implements CudaKernel {
    static CrossEntropyCall of(Kernel.CrossEntropy k, Kit kit) {
        return new CrossEntropyCall(k, Entry.of(kit, "cross_entropy", "cross_entropy" + Names.of(k.dtype())));
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
        return RunErrors.label(position, value, k.n());
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var a = new Arguments().pointer(in[0]).pointer(in[1]).pointer(out[0]);
        a.i32(k.rows()).i32(k.n()).pointer(error);
        return Launches.of(crossEntropy.launch(Teams.grid(k.rows(), k.n()), a, arena));
    }
}
