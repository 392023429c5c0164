package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;

/// Softmax of rows: greatest element, sum of exponentials, scaling, while the row is in cache.
record SoftmaxKernel(Kernel.Softmax k, int threads) implements CpuKernel {
    /// Rows of halves are widened here.
    static long rowBytes(DType t, int n) {
        return t.bytes() == 2 ? Mem.align(4L * n) + 64 : 0;
    }

    @Override
    public long scratchBytes() {
        return rowBytes(k.dtype(), k.n()) * threads;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int tasks = k.n() == 0 ? 0 : Tasks.count(k.rows(), 2L * k.n() + 32);
        long row = (long) k.n() * k.dtype().bytes();
        Fn widen = Stored.widen(k.dtype());
        Fn narrow = Stored.narrow(k.dtype());
        Pool.Task task = (t, w) -> {
            int to = Tasks.from(t + 1, tasks, k.rows());
            for (int r = Tasks.from(t, tasks, k.rows()); r < to; r++) {
                long x = in[0] + r * row;
                long y = out[0] + r * row;
                if (k.dtype() == DType.F64) {
                    f64(x, y);
                } else if (widen == null) {
                    f32(x, y);
                } else {
                    long wide = scratch + w * rowBytes(k.dtype(), k.n());
                    widen.run(x, 0, 0, wide, k.n());
                    f32(wide, wide);
                    narrow.run(wide, 0, 0, wide, k.n());
                    Moves.copy(wide, y, row);
                }
            }
        };
        return () -> pool.parallel(tasks, task);
    }

    private void f32(long x, long y) {
        int n = k.n();
        float max = F32Rows.max(x, n);
        if (k.log()) {
            F32Rows.shift(x, max, (float) Math.log(F32Rows.sumExp(x, max, 0, n)), y, n);
        } else {
            F32Rows.scale(y, 1 / F32Rows.sumExp(x, max, y, n), y, n);
        }
    }

    private void f64(long x, long y) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < k.n(); i++) {
            max = Math.max(max, Mem.f64(x + 8L * i));
        }
        double sum = 0;
        for (int i = 0; i < k.n(); i++) {
            sum += Math.exp(Mem.f64(x + 8L * i) - max);
        }
        double log = Math.log(sum);
        for (int i = 0; i < k.n(); i++) {
            double v = Mem.f64(x + 8L * i) - max;
            Mem.f64(y + 8L * i, k.log() ? v - log : Math.exp(v) / sum);
        }
    }
}
