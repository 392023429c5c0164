package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.RunErrors;

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
            throw RunErrors.index(i, r, rows);
        }
        return r;
    }
}
