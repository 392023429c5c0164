package dev.ijen.cpu;

/// Whether all numbers that the workers of one run have packed were finite: [SplitCode#FOUND] bytes for each of them.
///
/// @param at address of the first worker's
record Finite(long at, int workers) {
    /// Memory that is needed for some workers.
    static long bytes(int workers) {
        return workers * SplitCode.FOUND;
    }

    /// Before a run.
    void clear() {
        Mem.zero(at, bytes(workers));
    }

    /// A worker's own.
    long of(int worker) {
        return at + worker * SplitCode.FOUND;
    }

    /// After a run.
    boolean all() {
        boolean all = true;
        for (int w = 0; w < workers; w++) {
            all &= SplitCode.isFinite(of(w));
        }
        return all;
    }
}
