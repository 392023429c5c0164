package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;

/// A recurrence over all steps. Per step, the state's product with the packed weights adds to the input's part where the gates will
/// be, and the cell's functions follow while they are in the nearest caches.
///
/// Sequences do not see each other: threads take some each and run through all steps without meeting. Where there are too few sequences
/// for that, and enough to do in a step, threads take units instead and meet after each step.
record RecurrentKernel(Kernel.Recurrent k, Micro u) implements CpuKernel {
    static CpuKernel of(Kernel.Recurrent k, boolean code) {
        if (k.n() == 0) {
            return new Nothing(0);
        }
        var type = k.dtype() == DType.F64 ? DType.F64 : DType.F32;
        var micro = type == DType.F64 ? Micro64.INSTANCE : Micro32Code.of(code);
        int units = Math.ceilDiv(k.h(), micro.strip()) * micro.strip();
        var whole = new RecurrentKernel(
                new Kernel.Recurrent(type, k.cell(), k.pass(), k.t(), k.n(), units, k.reverse()), micro);
        return type == k.dtype() && units == k.h() ? whole : new RecurrentWide(k, whole);
    }

    @Override
    public long scratchBytes() {
        return (long) CellMath.gates(k.cell()) * k.h() * k.h() * u.bytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return switch (k.pass()) {
            case FORWARD -> new RecurrentForward(k, u, in, out, scratch, pool);
            case GRADIENT -> new RecurrentBackward(k, u, in, out, scratch, pool);
        };
    }
}
