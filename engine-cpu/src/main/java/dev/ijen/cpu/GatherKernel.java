package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.IjenException;

/// Copies rows that an index names.
record GatherKernel(Kernel.Gather k) implements CpuKernel {
    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        long row = (long) k.d() * k.dtype().bytes();
        int tasks = Tasks.count(k.count(), 8 + row / 16);
        Pool.Task task = (t, w) -> {
            int to = Tasks.from(t + 1, tasks, k.count());
            for (int i = Tasks.from(t, tasks, k.count()); i < to; i++) {
                Moves.copy(in[0] + row(in[1], i, k.rows()) * row, out[0] + i * row, row);
            }
        };
        return () -> pool.parallel(tasks, task);
    }

    /// Index `i`, checked.
    static long row(long index, int i, int rows) {
        int r = Mem.i32(index + 4L * i);
        if (r < 0 || r >= rows) {
            throw new IjenException(
                    "index out of range",
                    "index " + r + " at position " + i,
                    "0 to " + (rows - 1),
                    "check the vocabulary or the class count against the data");
        }
        return r;
    }
}
