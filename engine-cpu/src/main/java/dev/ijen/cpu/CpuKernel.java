package dev.ijen.cpu;

/// A launch with its algorithm chosen, not yet bound to memory. Immutable; may be bound many times.
interface CpuKernel {
    /// Scratch memory a run needs, in bytes. Launches of one binding run one after the other and share it.
    long scratchBytes();

    /// Fixes the absolute addresses of inputs, outputs and scratch (each aligned to 64 bytes, but for results placed inside a
    /// buffer by the plan, which are too).
    Bound bind(long[] in, long[] out, long scratch, Pool pool);

    /// A kernel bound to memory: running it allocates nothing.
    interface Bound extends AutoCloseable {
        void run();

        @Override
        default void close() {}
    }
}
