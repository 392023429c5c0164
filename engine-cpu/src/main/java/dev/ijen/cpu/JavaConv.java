package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;

/// Convolution in plain Java, F32 and F64, as matrix products over windows laid out as rows, or channel by channel.
final class JavaConv {
    private JavaConv() {}

    static CpuKernel of(Kernel.Conv conv, Pool pool) {
        var s = ConvShape.of(conv);
        Micro u = switch (conv.dtype()) {
            case F32 -> Micro32.INSTANCE;
            case F64 -> Micro64.INSTANCE;
            case F16, BF16, I32, I64, I8, U8, BOOL ->
                    throw new IllegalArgumentException(conv.dtype().toString());
        };
        if (conv.dtype() == DType.F32 && JavaDepthwise.fits(s)) {
            return new JavaDepthwise(s, conv.pass(), pool.threads());
        }
        return switch (conv.pass()) {
            case FORWARD -> new JavaConvForward(s, u, pool.threads(), false);
            case INPUT_GRADIENT ->
                    s.unitStride()
                            ? new JavaConvForward(s.transposed(), u, pool.threads(), true)
                            : new JavaConvInput(s, u);
            case FILTER_GRADIENT -> new JavaConvFilter(s, u, pool.threads());
        };
    }
}
