package dev.ijen.cuda.call;

import java.lang.foreign.Arena;
import jcuda.driver.CUstream;

/// A launch of a plan with its algorithm chosen for one GPU, not yet bound to memory. Immutable; may be bound many times.
public interface CudaKernel extends AutoCloseable {
    /// Device memory a run needs beside its inputs and outputs, in bytes. Launches of one binding run one after the other and share it.
    long scratchBytes();

    /// Whether a run may find an error in its data, such as an index out of range, and writes it to the error word.
    default boolean reportsErrors() {
        return false;
    }

    /// The error that a word other than 0 stands for, in words.
    ///
    /// @param position of the wrong element
    /// @param value the wrong element
    default RuntimeException error(int position, int value) {
        throw new IllegalStateException("no error is reported by " + this);
    }

    /// Fixes the device addresses of inputs, outputs, scratch (aligned to 512 bytes) and, for kernels that report errors, of the error word, which is 0
    /// before a run. The arena lives as long as what is bound.
    Bound bind(long[] in, long[] out, long scratch, long error, Arena arena);

    /// Lets go of what was chosen; nothing that is bound is used any more.
    @Override
    default void close() {}

    /// A kernel bound to memory.
    interface Bound extends AutoCloseable {
        /// Puts the work on the stream and returns. Allocates nothing, waits for nothing: it may be called while the stream is captured into a
        /// graph. The GPU's context is current on this thread. What it puts there may be put there again at any time, by graphs too.
        void enqueue(CUstream stream);

        @Override
        default void close() {}
    }
}
