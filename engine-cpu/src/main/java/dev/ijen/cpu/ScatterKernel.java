package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ScatterMode;
import dev.ijen.spi.Region.Fold;
import dev.ijen.tensor.DType;

/// Puts or adds rows where an index says. Each task owns a range of columns or rows of the result and goes through the whole
/// index in order, so equal indices meet in order.
record ScatterKernel(Kernel.Scatter k) implements CpuKernel {
    /// Sums of halves are kept in floats until all are added.
    private boolean halves() {
        return k.mode() == ScatterMode.ADD && (k.dtype() == DType.F16 || k.dtype() == DType.BF16);
    }

    private int outputBytes() {
        return halves() ? 4 : k.dtype().bytes();
    }

    @Override
    public long scratchBytes() {
        return halves() ? 4L * k.rows() * k.d() + 64 : 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        long d = k.d();
        int wish = Math.clamp(((long) k.rows() + k.count()) * (16 + d) / 65_536, 1, 16);
        boolean columns = d * outputBytes() >= 64L * wish;
        int tasks = columns ? wish : Math.max(1, Math.min(wish, k.rows()));
        long to = halves() ? scratch : out[0];
        Pool.Task task = (t, w) -> {
            int extent = columns ? k.d() : k.rows();
            int low = Tasks.from(t, tasks, extent);
            int high = Tasks.from(t + 1, tasks, extent);
            if (columns) {
                part(in, to, 0, k.rows(), low, high - low);
            } else {
                part(in, to, low, high, 0, k.d());
            }
        };
        Fn narrow = halves() ? Stored.narrow(k.dtype()) : null;
        int total = k.rows() * k.d();
        return () -> {
            pool.parallel(tasks, task);
            if (narrow != null) {
                // in place first, because a block may end a vector beyond the result
                narrow.run(scratch, 0, 0, scratch, total);
                Moves.copy(scratch, out[0], (long) total * k.dtype().bytes());
            }
        };
    }

    /// Rows `low` to `high`, columns `first` to `first + n`.
    private void part(long[] in, long out, int low, int high, int first, int n) {
        int size = k.dtype().bytes();
        int outSize = outputBytes();
        if (n == k.d()) {
            Mem.zero(out + (long) low * n * outSize, (long) (high - low) * n * outSize);
        } else {
            for (int r = low; r < high; r++) {
                Mem.zero(out + ((long) r * k.d() + first) * outSize, (long) n * outSize);
            }
        }
        for (int i = 0; i < k.count(); i++) {
            long r = GatherKernel.row(in[1], i, k.rows());
            if (r >= low && r < high) {
                long from = in[0] + ((long) i * k.d() + first) * size;
                long to = out + (r * k.d() + first) * outSize;
                if (k.mode() == ScatterMode.SET) {
                    Moves.copy(from, to, (long) n * size);
                } else {
                    add(k.dtype(), from, to, n);
                }
            }
        }
    }

    private static final Folder F32 = Folder.of(DType.F32, Fold.SUM);
    private static final Folder F64 = Folder.of(DType.F64, Fold.SUM);
    private static final Folder I32 = Folder.of(DType.I32, Fold.SUM);
    private static final Folder I64 = Folder.of(DType.I64, Fold.SUM);

    private static void add(DType t, long from, long to, int n) {
        switch (t) {
            case F32 -> F32.into(from, to, 4, n);
            case F64 -> F64.into(from, to, 8, n);
            case I32 -> I32.into(from, to, 4, n);
            case I64 -> I64.into(from, to, 8, n);
            case F16, BF16 -> {
                for (int i = 0; i < n; i++) {
                    Mem.f32(to + 4L * i, Mem.f32(to + 4L * i) + (float) Elements.real(t, from + 2L * i));
                }
            }
            case I8, U8, BOOL -> {
                for (int i = 0; i < n; i++) {
                    Mem.i8(to + i, (byte) (Mem.i8(to + i) + Mem.i8(from + i)));
                }
            }
        }
    }
}
