package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// Matrix product of whole numbers, which wraps. Rows are summed in a line of 64-bit scratch, whose low bits are
/// those of a sum in any narrower type.
final class WholeMatMul implements CpuKernel {
    private static final long TASK = 1 << 17;

    private final Kernel.MatMul k;
    private final int threads;
    private final int rowsPerTask;

    WholeMatMul(Kernel.MatMul k, Pool pool) {
        this.k = k;
        threads = pool.threads();
        rowsPerTask = (int) Math.max(1, Math.min(k.m(), TASK / Math.max(1, (long) k.n() * k.k())));
    }

    @Override
    public long scratchBytes() {
        return threads * lineBytes();
    }

    private long lineBytes() {
        return (8L * k.n() + 63) / 64 * 64;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int blocks = (k.m() + rowsPerTask - 1) / rowsPerTask;
        Pool.Task task = (t, worker) -> rows(
                t / blocks,
                t % blocks * rowsPerTask,
                Math.min(k.m(), (t % blocks + 1) * rowsPerTask),
                in[0],
                in[1],
                out[0],
                scratch + worker * lineBytes());
        return () -> pool.parallel(k.batch() * blocks, task);
    }

    private void rows(int batch, int i0, int i1, long a, long b, long c, long line) {
        long a0 = (long) batch * k.m() * k.k();
        long b0 = (long) batch * k.k() * k.n();
        long c0 = (long) batch * k.m() * k.n();
        for (int i = i0; i < i1; i++) {
            for (int j = 0; j < k.n(); j++) {
                Mem.i64(line + 8L * j, 0);
            }
            for (int p = 0; p < k.k(); p++) {
                long v = get(a, a0 + (k.ta() ? (long) p * k.m() + i : (long) i * k.k() + p));
                if (k.tb()) {
                    axpy(v, b, b0 + p, k.k(), line);
                } else {
                    axpy(v, b, b0 + (long) p * k.n(), 1, line);
                }
            }
            for (int j = 0; j < k.n(); j++) {
                set(c, c0 + (long) i * k.n() + j, Mem.i64(line + 8L * j));
            }
        }
    }

    private void axpy(long v, long b, long at, long step, long line) {
        for (int j = 0; j < k.n(); j++) {
            long to = line + 8L * j;
            Mem.i64(to, Mem.i64(to) + v * get(b, at + j * step));
        }
    }

    private long get(long base, long i) {
        return switch (k.dtype()) {
            case I32 -> Mem.i32(base + 4 * i);
            case I64 -> Mem.i64(base + 8 * i);
            case I8 -> Mem.i8(base + i);
            case U8 -> Mem.i8(base + i) & 0xff;
            case F32, F64, F16, BF16, BOOL -> throw new IllegalStateException();
        };
    }

    private void set(long base, long i, long v) {
        switch (k.dtype()) {
            case I32 -> Mem.i32(base + 4 * i, (int) v);
            case I64 -> Mem.i64(base + 8 * i, v);
            case I8, U8 -> Mem.i8(base + i, (byte) v);
            case F32, F64, F16, BF16, BOOL -> throw new IllegalStateException();
        }
    }
}
