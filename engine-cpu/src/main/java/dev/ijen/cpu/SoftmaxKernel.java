package dev.ijen.cpu;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import java.util.Arrays;

/// Softmax of rows: greatest element, sum of exponentials, scaling, while the row is in cache.
///
/// @param code what machine code is made for, or null for none
record SoftmaxKernel(Kernel.Softmax k, int threads, Target code) implements CpuKernel {
    /// A worker's row, in which halves are widened and exponentials wait for their sum, and 64 bytes.
    static long rowBytes(DType t, int n) {
        return t == DType.F64 ? 0 : Mem.align(4L * n) + 64;
    }

    @Override
    public long scratchBytes() {
        return (inColumns() ? ShortRows.bytes(k.n()) : 2 * rowBytes(k.dtype(), k.n())) * threads;
    }

    private boolean inColumns() {
        return k.dtype() == DType.F32 && k.n() > 0 && k.n() <= ShortRows.MOST;
    }

    private Bound columns(long x, long y, long scratch, Pool pool) {
        int tasks = Tasks.count(k.rows(), 4L * k.n() + 8); // 3 ns a row of two
        var workers = new ShortRows[threads];
        Arrays.setAll(workers, w -> new ShortRows(k.n(), k.log(), scratch + w * ShortRows.bytes(k.n())));
        long row = 4L * k.n();
        Pool.Task task = (t, w) -> {
            int from = Tasks.from(t, tasks, k.rows());
            workers[w].run(x + from * row, y + from * row, Tasks.from(t + 1, tasks, k.rows()) - from);
        };
        return () -> pool.parallel(tasks, task);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        if (inColumns()) {
            return columns(in[0], out[0], scratch, pool);
        }
        int tasks = k.n() == 0 ? 0 : Tasks.count(k.rows(), 2L * k.n() + 32);
        long row = (long) k.n() * k.dtype().bytes();
        Fn widen = Stored.widen(k.dtype());
        Fn narrow = Stored.narrow(k.dtype());
        SoftCode soft = k.dtype() == DType.F64 ? null : SoftCode.of(code, k.n());
        if (soft != null && k.dtype() == DType.F32 && !k.log()) {
            Pool.Task rows = (t, w) -> {
                int from = Tasks.from(t, tasks, k.rows());
                soft.softmax(in[0] + from * row, out[0] + from * row, Tasks.from(t + 1, tasks, k.rows()) - from);
            };
            return () -> pool.parallel(tasks, rows);
        }
        Pool.Task task = (t, w) -> {
            int to = Tasks.from(t + 1, tasks, k.rows());
            for (int r = Tasks.from(t, tasks, k.rows()); r < to; r++) {
                long x = in[0] + r * row;
                long y = out[0] + r * row;
                if (k.dtype() == DType.F64) {
                    f64(x, y);
                } else {
                    long work = scratch + 2L * w * rowBytes(k.dtype(), k.n());
                    f32(x, y, work, work + rowBytes(k.dtype(), k.n()), widen, narrow, soft);
                }
            }
        };
        return () -> pool.parallel(tasks, task);
    }

    private void f32(long x, long y, long wide, long terms, Fn widen, Fn narrow, SoftCode soft) {
        int n = k.n();
        long row = x;
        long to = y;
        if (widen != null) {
            widen.run(x, 0, 0, wide, n);
            row = wide;
            to = wide;
        }
        float max;
        float sum;
        if (soft != null) {
            long results = terms + Mem.align(4L * n);
            soft.exponentials(row, terms, results);
            max = Mem.f32(results);
            sum = Mem.f32(results + 4);
        } else {
            max = F32Rows.max(row, n);
            sum = F32Rows.sumExp(row, max, terms, n);
        }
        if (k.log()) {
            F32Rows.shift(row, max, (float) Math.log(sum), to, n);
        } else {
            F32Rows.scale(terms, 1 / sum, to, n);
        }
        if (narrow != null) {
            narrow.run(wide, 0, 0, wide, n); // in place, because it ends with a whole vector
            Moves.copy(wide, y, (long) n * k.dtype().bytes());
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
