package dev.ijen.cuda.call;

import java.lang.foreign.Arena;

/// What computes no elements.
record NothingCall() implements CudaKernel {
    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        return Launches.of();
    }
}
