package dev.ijen.cuda.run;

/// Where device memory comes from. Callers hold the queue's lock.
interface Memory extends AutoCloseable {
    /// Sizes are rounded up to multiples of this.
    long ROUND = 512;

    /// `bytes` as it is taken from the device; never 0, so that every buffer has an address of its own.
    static long round(long bytes) {
        return Math.max(ROUND, Math.addExact(bytes, ROUND - 1) & -ROUND);
    }

    /// The address of new memory, a multiple of [#ROUND]; its contents are undefined. 0 if there is no more.
    ///
    /// @param bytes a multiple of [#ROUND]
    long allocate(long bytes);

    /// Gives memory back. Work that was put on the compute stream before may still use it; work put there afterwards may get it.
    void free(long address, long bytes);

    /// Bytes taken from the device, used or not.
    long reserved();

    /// How many of those nobody uses.
    long unused();

    @Override
    void close();
}
