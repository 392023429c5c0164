package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// Where the greatest or least element is.
record ArgReduceKernel(Kernel.ArgReduce k) implements CpuKernel {
    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int items = k.outer() * k.inner();
        int tasks = Tasks.count(items, k.n());
        Pool.Task task = (t, w) -> {
            int to = Tasks.from(t + 1, tasks, items);
            for (int i = Tasks.from(t, tasks, items); i < to; i++) {
                long at = (long) (i / k.inner()) * k.n() * k.inner() + i % k.inner();
                long from = in[0] + at * k.dtype().bytes();
                Mem.i32(out[0] + 4L * i, k.dtype().isFloat() ? real(from) : whole(from));
            }
        };
        return () -> pool.parallel(tasks, task);
    }

    private int real(long from) {
        int best = 0;
        double value = Elements.real(k.dtype(), from);
        long step = (long) k.inner() * k.dtype().bytes();
        for (int i = 1; i < k.n() && !Double.isNaN(value); i++) {
            double v = Elements.real(k.dtype(), from + i * step);
            if (Double.isNaN(v) || (k.greatest() ? v > value : v < value)) {
                value = v;
                best = i;
            }
        }
        return best;
    }

    private int whole(long from) {
        int best = 0;
        long value = Elements.whole(k.dtype(), from);
        long step = (long) k.inner() * k.dtype().bytes();
        for (int i = 1; i < k.n(); i++) {
            long v = Elements.whole(k.dtype(), from + i * step);
            if (k.greatest() ? v > value : v < value) {
                value = v;
                best = i;
            }
        }
        return best;
    }
}
