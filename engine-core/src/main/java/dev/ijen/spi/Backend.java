package dev.ijen.spi;

import java.lang.foreign.MemorySegment;

/// What computes: allocation, transfer, and the running of plans. Core infers shapes, checks and plans; a backend only
/// computes, and is whatever passes the backend contract tests: there are no optional methods. Safe for use by several threads.
public interface Backend extends AutoCloseable {
    /// The device this backend was opened on.
    DeviceInfo info();

    /// New memory, aligned to at least [Plan#ALIGNMENT], contents undefined.
    ///
    /// @throws OutOfMemoryException if it can't be had
    Buffer allocate(long bytes);

    /// Copies all of `from` to byte `offset` of `to`. When it returns, `from` may be reused.
    void write(Buffer to, long offset, MemorySegment from);

    /// Waits for running work, then fills `to` from byte `offset` of `from`.
    void read(Buffer from, long offset, MemorySegment to);

    /// Chooses algorithms and sizes scratch memory. The result is immutable and may be bound many times.
    Prepared prepare(Plan plan);

    /// Waits until all work given so far is done.
    void synchronize();

    /// Memory in use.
    MemoryUse memory();

    /// Bytes that may be allocated now, as far as the device knows: others may use it, too.
    default long freeBytes() {
        return info().totalBytes() - memory().liveBytes();
    }

    /// Frees everything. Buffers still open are freed too.
    @Override
    void close();

    /// Device memory.
    interface Buffer extends AutoCloseable {
        /// Size in bytes.
        long bytes();

        /// Frees the memory, once running work has finished with it. A second call does nothing; any other use afterwards throws.
        @Override
        void close();
    }

    /// A plan with its algorithms chosen.
    interface Prepared extends AutoCloseable {
        /// Bytes that a binding allocates: the plan's workspace and the backend's own scratch.
        long bindingBytes();

        /// Fixes all addresses: allocates a workspace of its own and binds the externals, in the plan's order.
        Bound bind(Buffer[] externals);

        @Override
        void close();
    }

    /// A plan bound to memory. One run at a time; several bindings may run at once.
    interface Bound extends AutoCloseable {
        /// Runs all launches. Allocates nothing. May return before the work is done; [Backend#read] waits.
        void run();

        /// Runs launch by launch, waiting after each, and adds each one's nanoseconds to `nanos`.
        void runTimed(long[] nanos);

        /// The workspace, which holds results that are not externals.
        Buffer workspace();

        @Override
        void close();
    }

    /// Memory accounting.
    ///
    /// @param buffers open buffers, workspaces included
    /// @param liveBytes bytes in them
    /// @param peakBytes the most there ever were
    record MemoryUse(long buffers, long liveBytes, long peakBytes) {}
}
