package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;

/// Chooses how attention is computed.
final class AttentionKernel {
    private AttentionKernel() {}

    static CpuKernel of(Kernel.Attention k, int threads, boolean code) {
        return switch (k.dtype()) {
            case F32 -> of(k, Columns32Code.of(code), threads, code);
            case F64 -> of(k, Columns64.INSTANCE, threads, code);
            case F16, BF16 -> {
                var wide = new Kernel.Attention(
                        DType.F32, k.pass(), k.n(), k.heads(), k.kvHeads(), k.tq(), k.tk(), k.d(), k.heads() * k.d(),
                        k.kvHeads() * k.d(), k.kvHeads() * k.d(), k.causal(), k.lengths(), k.scale());
                yield new AttentionHalves(k, of(wide, Columns32Code.of(code), threads, code), code);
            }
            case I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException("attention of " + k.dtype());
        };
    }

    private static CpuKernel of(Kernel.Attention k, Columns columns, int threads, boolean code) {
        return switch (k.pass()) {
            case FORWARD -> new AttentionForward(k, columns, threads, code);
            case GRADIENT -> new AttentionGradient(k, columns, threads, code);
        };
    }
}
