package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// Running sums, kept in double or long and rounded once where they are stored.
record CumSumKernel(Kernel.CumSum k) implements CpuKernel {
    /// Columns that run side by side.
    private static final int WIDE = 64;

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int bands = (k.inner() + WIDE - 1) / WIDE;
        int items = k.outer() * bands;
        int tasks = Tasks.count(items, (long) k.n() * Math.min(WIDE, k.inner()));
        Pool.Task task = (t, w) -> {
            int to = Tasks.from(t + 1, tasks, items);
            for (int i = Tasks.from(t, tasks, items); i < to; i++) {
                int first = i % bands * WIDE;
                for (int c = first; c < Math.min(first + WIDE, k.inner()); c++) {
                    long at = (long) (i / bands) * k.n() * k.inner() + c;
                    if (k.dtype().isFloat()) {
                        real(in[0], out[0], at);
                    } else {
                        whole(in[0], out[0], at);
                    }
                }
            }
        };
        return () -> pool.parallel(tasks, task);
    }

    private void real(long in, long out, long at) {
        double sum = 0;
        for (int i = 0; i < k.n(); i++) {
            long p = (at + (long) (k.reverse() ? k.n() - 1 - i : i) * k.inner()) * k.dtype().bytes();
            double v = Elements.real(k.dtype(), in + p);
            Elements.real(k.dtype(), out + p, k.exclusive() ? sum : sum + v);
            sum += v;
        }
    }

    private void whole(long in, long out, long at) {
        long sum = 0;
        for (int i = 0; i < k.n(); i++) {
            long p = (at + (long) (k.reverse() ? k.n() - 1 - i : i) * k.inner()) * k.dtype().bytes();
            long v = Elements.whole(k.dtype(), in + p);
            Elements.whole(k.dtype(), out + p, k.exclusive() ? sum : sum + v);
            sum += v;
        }
    }
}
