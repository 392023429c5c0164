package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;

/// Chooses how a matrix product is computed.
final class MatMulKernel {
    private MatMulKernel() {}

    static CpuKernel of(Kernel.MatMul k, Pool pool, Native nat) {
        long out = (long) k.batch() * k.m() * k.n();
        if (out == 0) {
            return new Nothing(0);
        }
        if (k.k() == 0) {
            return new Nothing(out * k.dtype().bytes());
        }
        return switch (k.dtype()) {
            case F32 -> f32(k, pool, nat);
            case F64 -> new JavaMatMul(k, pool);
            case F16, BF16 -> {
                var wide = new Kernel.MatMul(DType.F32, k.batch(), k.m(), k.n(), k.k(), k.ta(), k.tb());
                long a = (long) k.batch() * k.m() * k.k();
                long b = (long) k.batch() * k.k() * k.n();
                yield new Halves(k.dtype(), f32(wide, pool, nat), out, a, b);
            }
            case I32, I64, I8, U8 -> new WholeMatMul(k, pool);
            case BOOL -> throw new IllegalArgumentException("matmul of BOOL");
        };
    }

    private static CpuKernel f32(Kernel.MatMul k, Pool pool, Native nat) {
        if (nat.present()) {
            var kernel = DnnlMatMul.of(k, MatMulCut.of(k), pool);
            if (kernel != null) {
                return kernel;
            }
        }
        return new JavaMatMul(k, pool);
    }
}
