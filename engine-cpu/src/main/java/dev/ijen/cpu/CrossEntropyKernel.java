package dev.ijen.cpu;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.RunErrors;
import dev.ijen.tensor.DType;

/// Cross-entropy of rows of logits with a label each.
///
/// @param code what machine code is made for, or null for none
record CrossEntropyKernel(Kernel.CrossEntropy k, int threads, Target code) implements CpuKernel {
    @Override
    public long scratchBytes() {
        return 2 * SoftmaxKernel.rowBytes(k.dtype(), k.n()) * threads;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int tasks = Tasks.count(k.rows(), 2L * k.n() + 32);
        long row = SoftmaxKernel.rowBytes(k.dtype(), k.n());
        SoftCode soft = k.dtype() == DType.F64 ? null : SoftCode.of(code, k.n());
        Pool.Task task = (t, w) -> {
            int to = Tasks.from(t + 1, tasks, k.rows());
            for (int r = Tasks.from(t, tasks, k.rows()); r < to; r++) {
                long x = in[0] + (long) r * k.n() * k.dtype().bytes();
                int label = label(in[1], r);
                double loss = label < 0 ? 0 : loss(x, label, scratch + 2L * w * row, row, soft);
                Elements.real(k.dtype(), out[0] + (long) r * k.dtype().bytes(), loss);
            }
        };
        return () -> pool.parallel(tasks, task);
    }

    private int label(long labels, int row) {
        int label = Mem.i32(labels + 4L * row);
        if (label >= k.n()) {
            throw RunErrors.label(row, label, k.n());
        }
        return label;
    }

    private double loss(long x, int label, long wide, long rowBytes, SoftCode soft) {
        int n = k.n();
        if (k.dtype() == DType.F64) {
            return f64(x, label);
        }
        Fn widen = Stored.widen(k.dtype());
        long row = x;
        if (widen != null) {
            widen.run(x, 0, 0, wide, n);
            row = wide;
        }
        long terms = wide + rowBytes;
        if (soft != null) {
            long results = terms + Mem.align(4L * n);
            soft.exponentials(row, terms, results);
            return Math.log(Mem.f32(results + 4)) + Mem.f32(results) - Mem.f32(row + 4L * label);
        }
        float max = F32Rows.max(row, n);
        return Math.log(F32Rows.sumExp(row, max, terms, n)) + max - Mem.f32(row + 4L * label);
    }

    private double f64(long x, int label) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < k.n(); i++) {
            max = Math.max(max, Mem.f64(x + 8L * i));
        }
        double sum = 0;
        for (int i = 0; i < k.n(); i++) {
            sum += Math.exp(Mem.f64(x + 8L * i) - max);
        }
        return Math.log(sum) + max - Mem.f64(x + 8L * label);
    }
}
