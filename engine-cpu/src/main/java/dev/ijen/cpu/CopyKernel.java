package dev.ijen.cpu;

/// Copies bytes.
record CopyKernel(long bytes) implements CpuKernel {
    private static final long PIECE = 1 << 17;

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        if (in[0] == out[0]) {
            return () -> {};
        }
        int pieces = (int) ((bytes + PIECE - 1) / PIECE);
        Pool.Task task = (t, w) -> Moves.copy(in[0] + t * PIECE, out[0] + t * PIECE,
                Math.min(PIECE, bytes - t * PIECE));
        return () -> pool.parallel(pieces, task);
    }
}
