package dev.ijen.cpu;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Half;

/// A kernel on F16 or BF16: converts the inputs to F32, runs the F32 kernel, and rounds its output once.
final class Halves implements CpuKernel {
    private static final int BLOCK = 1 << 15;

    private final DType dtype;
    private final CpuKernel inner;
    private final long[] inCounts;
    private final long outCount;

    Halves(DType dtype, CpuKernel inner, long outCount, long... inCounts) {
        this.dtype = dtype;
        this.inner = inner;
        this.outCount = outCount;
        this.inCounts = inCounts.clone();
    }

    @Override
    public long scratchBytes() {
        long bytes = Mem.align(4 * outCount);
        for (long n : inCounts) {
            bytes += Mem.align(4 * n);
        }
        return bytes + inner.scratchBytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        var wideIn = new long[in.length];
        long at = scratch;
        for (int i = 0; i < in.length; i++) {
            wideIn[i] = at;
            at += Mem.align(4 * inCounts[i]);
        }
        long wideOut = at;
        var bound = inner.bind(wideIn, new long[] {wideOut}, at + Mem.align(4 * outCount), pool);
        var widen = new Pool.Task[in.length];
        for (int i = 0; i < in.length; i++) {
            long from = in[i];
            long to = wideIn[i];
            long n = inCounts[i];
            widen[i] = (task, worker) -> widen(dtype, from, to, (long) task * BLOCK, Math.min(n, (task + 1L) * BLOCK));
        }
        Pool.Task narrow = (task, worker) -> narrow(dtype, wideOut, out[0], (long) task * BLOCK,
                Math.min(outCount, (task + 1L) * BLOCK));
        return new Bound() {
            @Override
            public void run() {
                for (int i = 0; i < widen.length; i++) {
                    pool.parallel(blocks(inCounts[i]), widen[i]);
                }
                bound.run();
                pool.parallel(blocks(outCount), narrow);
            }

            @Override
            public void close() {
                bound.close();
            }
        };
    }

    private static int blocks(long n) {
        return (int) ((n + BLOCK - 1) / BLOCK);
    }

    /// Elements i0 to i1 in F32.
    static void widen(DType dtype, long from, long to, long i0, long i1) {
        if (dtype == DType.BF16) {
            for (long i = i0; i < i1; i++) {
                Mem.f32(to + 4 * i, Half.fromBf16(Mem.i16(from + 2 * i)));
            }
        } else {
            for (long i = i0; i < i1; i++) {
                Mem.f32(to + 4 * i, Float.float16ToFloat(Mem.i16(from + 2 * i)));
            }
        }
    }

    /// Elements i0 to i1, which are F32, rounded.
    static void narrow(DType dtype, long from, long to, long i0, long i1) {
        if (dtype == DType.BF16) {
            for (long i = i0; i < i1; i++) {
                Mem.i16(to + 2 * i, Half.toBf16(Mem.f32(from + 4 * i)));
            }
        } else {
            for (long i = i0; i < i1; i++) {
                Mem.i16(to + 2 * i, Float.floatToFloat16(Mem.f32(from + 4 * i)));
            }
        }
    }
}
