package dev.ijen.cpu;

/// The steps of a recurrence whose weights are packed once for as long as they stay the same.
record RecurrentKept(RecurrentKernel steps) implements Weighted {
    @Override
    public long weightBytes() {
        return steps.weightBytes();
    }

    @Override
    public long scratchBytes() {
        return steps.scratchBytes();
    }

    @Override
    public Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
        return steps.start(in, out, weights, pool);
    }
}
