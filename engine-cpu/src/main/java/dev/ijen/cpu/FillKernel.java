package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Half;

/// Fills memory with one value.
///
/// @param bits the value's bytes, repeated to eight
record FillKernel(long bits, long bytes) implements CpuKernel {
    private static final long PIECE = 1 << 18;

    static CpuKernel of(Kernel.Fill k, long count) {
        return new FillKernel(bits(k), count * k.dtype().bytes());
    }

    private static long bits(Kernel.Fill k) {
        DType t = k.dtype();
        return switch (t) {
            case F32 -> (Float.floatToRawIntBits((float) k.real()) & 0xffffffffL) * 0x100000001L;
            case F64 -> Double.doubleToRawLongBits(k.real());
            case F16 -> (Float.floatToFloat16((float) k.real()) & 0xffffL) * 0x1000100010001L;
            case BF16 -> (Half.toBf16((float) k.real()) & 0xffffL) * 0x1000100010001L;
            case I32 -> (k.whole() & 0xffffffffL) * 0x100000001L;
            case I64 -> k.whole();
            case I8, U8 -> (k.whole() & 0xff) * 0x101010101010101L;
            case BOOL -> k.whole() != 0 ? 0x101010101010101L : 0;
        };
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int pieces = (int) ((bytes + PIECE - 1) / PIECE);
        Pool.Task task = (t, w) -> Moves.repeat(bits, out[0] + t * PIECE, Math.min(PIECE, bytes - t * PIECE));
        return () -> pool.parallel(pieces, task);
    }
}
