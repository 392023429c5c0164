package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;

/// A recurrence over all steps. Per step, the state's product with the packed weights adds to the input's part where the gates will
/// be, and the cell's functions follow while they are in the nearest caches.
///
/// Sequences do not see each other: threads take some each and run through all steps without meeting. Where there are too few sequences
/// for that, and enough to do in a step, threads take units instead and meet after each step.
///
/// @param depth numbers of an input whose product with its weights is left to the steps: the launch then has the input in place of the input's part, and
/// after all else the input's weights and, if there are any, the biases; 0 if that has been done before
record RecurrentKernel(Kernel.Recurrent k, Micro u, int depth) implements CpuKernel {
    static CpuKernel of(Kernel.Recurrent k, boolean code) {
        if (k.n() == 0) {
            return new Nothing(0);
        }
        var type = k.dtype() == DType.F64 ? DType.F64 : DType.F32;
        var micro = type == DType.F64 ? Micro64.INSTANCE : Micro32Code.of(code);
        int units = Math.ceilDiv(k.h(), micro.strip()) * micro.strip();
        var whole = new RecurrentKernel(
                new Kernel.Recurrent(type, k.cell(), k.pass(), k.t(), k.n(), units, k.reverse()), micro, 0);
        if (type != k.dtype() || units != k.h()) {
            return new RecurrentWide(k, whole);
        }
        return k.pass() == Kernel.RecurrentPass.FORWARD ? new RecurrentKept(whole) : whole;
    }

    /// Bytes of packed weights.
    long weightBytes() {
        return (long) CellMath.gates(k.cell()) * k.h() * (depth + k.h()) * u.bytes();
    }

    @Override
    public long scratchBytes() {
        return weightBytes() + (depth > 0 ? (long) CellMath.gates(k.cell()) * k.h() * u.bytes() : 0);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        var run = start(in, out, scratch, pool);
        return () -> {
            run.refresh();
            run.run();
        };
    }

    /// @param packed memory for the weights
    RecurrentRun start(long[] in, long[] out, long packed, Pool pool) {
        return switch (k.pass()) {
            case FORWARD -> new RecurrentForward(this, in, out, packed, pool);
            case GRADIENT -> new RecurrentBackward(this, in, out, packed, pool);
        };
    }
}
