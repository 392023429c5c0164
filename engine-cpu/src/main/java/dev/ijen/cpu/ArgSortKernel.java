package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// Sorts by radix: elements become unsigned keys in the right order, which are distributed byte by byte from the lowest;
/// that keeps equals in order. Bytes in which all keys agree are skipped, so narrow types cost no more than their own.
record ArgSortKernel(Kernel.ArgSort k, int threads) implements CpuKernel {
    private static final int SMALL = 48;
    private static final int COUNTS = 256 * 4;

    /// Of each worker: two arrays of keys, two of positions, the counts.
    private long workerBytes() {
        return Mem.align(24L * k.n()) + COUNTS;
    }

    @Override
    public long scratchBytes() {
        return workerBytes() * threads;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int tasks = Tasks.count(k.rows(), 16L * k.n());
        Pool.Task task = (t, w) -> {
            int to = Tasks.from(t + 1, tasks, k.rows());
            for (int r = Tasks.from(t, tasks, k.rows()); r < to; r++) {
                long first = (long) r * k.n();
                sort(in[0] + first * k.dtype().bytes(), out[0] + first * 4, scratch + w * workerBytes());
            }
        };
        return () -> pool.parallel(tasks, task);
    }

    private void sort(long from, long to, long work) {
        int n = k.n();
        long keys = work;
        long order = work + 16L * n;
        for (int i = 0; i < n; i++) {
            long key = key(from + (long) i * k.dtype().bytes());
            Mem.i64(keys + 8L * i, k.descending() ? ~key : key);
            Mem.i32(order + 4L * i, i);
        }
        if (n <= SMALL) {
            insertion(keys, order, n);
        } else {
            order = radix(work, n);
        }
        Moves.copy(order, to, 4L * n);
    }

    /// Unsigned order of the keys is the order of the elements; −0 and 0 are the same, and NaN is greatest.
    private long key(long at) {
        if (!k.dtype().isFloat()) {
            return Elements.whole(k.dtype(), at) ^ Long.MIN_VALUE;
        }
        long bits = Double.doubleToLongBits(Elements.real(k.dtype(), at) + 0.0);
        return bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
    }

    private static void insertion(long keys, long order, int n) {
        for (int i = 1; i < n; i++) {
            long key = Mem.i64(keys + 8L * i);
            int pos = Mem.i32(order + 4L * i);
            int j = i;
            for (; j > 0 && Long.compareUnsigned(Mem.i64(keys + 8L * (j - 1)), key) > 0; j--) {
                Mem.i64(keys + 8L * j, Mem.i64(keys + 8L * (j - 1)));
                Mem.i32(order + 4L * j, Mem.i32(order + 4L * (j - 1)));
            }
            Mem.i64(keys + 8L * j, key);
            Mem.i32(order + 4L * j, pos);
        }
    }

    /// Returns where the sorted positions are.
    private static long radix(long work, int n) {
        long keys = work;
        long other = work + 8L * n;
        long order = work + 16L * n;
        long otherOrder = work + 20L * n;
        long counts = work + Mem.align(24L * n);
        for (int shift = 0; shift < 64; shift += 8) {
            if (!count(keys, n, shift, counts)) {
                continue;
            }
            for (int i = 0; i < n; i++) {
                long key = Mem.i64(keys + 8L * i);
                long c = counts + 4 * (key >>> shift & 0xff);
                int at = Mem.i32(c);
                Mem.i32(c, at + 1);
                Mem.i64(other + 8L * at, key);
                Mem.i32(otherOrder + 4L * at, Mem.i32(order + 4L * i));
            }
            long swap = keys;
            keys = other;
            other = swap;
            swap = order;
            order = otherOrder;
            otherOrder = swap;
        }
        return order;
    }

    /// Where the keys with each value of a byte begin; false if all have the same.
    private static boolean count(long keys, int n, int shift, long counts) {
        Mem.zero(counts, COUNTS);
        for (int i = 0; i < n; i++) {
            long c = counts + 4 * (Mem.i64(keys + 8L * i) >>> shift & 0xff);
            Mem.i32(c, Mem.i32(c) + 1);
        }
        int sum = 0;
        for (int b = 0; b < 256; b++) {
            int c = Mem.i32(counts + 4L * b);
            if (c == n) {
                return false;
            }
            Mem.i32(counts + 4L * b, sum);
            sum += c;
        }
        return true;
    }
}
