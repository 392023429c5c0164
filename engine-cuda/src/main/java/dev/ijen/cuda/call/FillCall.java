package dev.ijen.cuda.call;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.Half;
import java.lang.foreign.Arena;

/// One value everywhere.
///
/// @param pattern the value's bytes, repeated to eight
record FillCall(Filler filler, long pattern, long bytes) implements CudaKernel {
    static FillCall of(Kernel.Fill k, long bytes, Kit kit) {
        return new FillCall(Filler.of(kit), pattern(k), bytes);
    }

    private static long pattern(Kernel.Fill k) {
        return switch (k.dtype()) {
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
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        return Launches.of(filler.launch(out[0], pattern, bytes, arena));
    }
}
