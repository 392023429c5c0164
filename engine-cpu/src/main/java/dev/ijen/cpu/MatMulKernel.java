package dev.ijen.cpu;

import dev.ijen.cpu.x86.Target;
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
            case F64 -> new JavaMatMul(k, pool, nat.machineCode().isEmpty());
            case BF16, F16 -> half(k, pool, nat, out);
            case I32, I64, I8, U8 -> new WholeMatMul(k, pool);
            case BOOL -> throw new IllegalArgumentException("matmul of BOOL");
        };
    }

    private static CpuKernel half(Kernel.MatMul k, Pool pool, Native nat, long out) {
        if (k.dtype() == DType.BF16 && nat.present() && !small(k)) {
            var kernel = DnnlMatMul.of(k, MatMulCut.of(k), pool);
            if (kernel != null) {
                return kernel;
            }
        }
        var wide = new Kernel.MatMul(DType.F32, k.batch(), k.m(), k.n(), k.k(), k.ta(), k.tb());
        long a = (long) k.batch() * k.m() * k.k();
        long b = (long) k.batch() * k.k() * k.n();
        return new Halves(HalfCopy.of(k.dtype(), nat.machineCode().isEmpty()), f32(wide, pool, nat), out, a, b);
    }

    private static CpuKernel f32(Kernel.MatMul k, Pool pool, Native nat) {
        var split = nat.machineCode().isEmpty() && SplitMatMul.suits(k) ? SplitCode.here() : null;
        if (split == null) {
            return inFloats(k, pool, nat);
        }
        // bound, not run, unless there are numbers that are not finite
        return SplitMatMul.of(k, pool, split, inFloats(k, pool, nat));
    }

    private static CpuKernel inFloats(Kernel.MatMul k, Pool pool, Native nat) {
        var code = nat.target() == Target.AVX2 ? Micro32Code.here() : null; // not measured with AVX-512
        if (code != null && PanelMatMul.suits(k)) {
            return PanelMatMul.of(k, pool, code);
        }
        if (nat.present() && !small(k)) {
            var kernel = DnnlMatMul.of(k, MatMulCut.of(k), pool);
            if (kernel != null) {
                return DnnlPackedMatMul.of(k, kernel, pool);
            }
        }
        return new JavaMatMul(k, pool, nat.machineCode().isEmpty());
    }

    /// What takes less time in Java than the call of a library: a few thousand multiply-adds, and products with
    /// vectors, which wait for memory anyway. Measured: 8 × 8 × 8 takes 0.07 µs, with oneDNN 0.6 µs; 24 × 24 × 24 0.5
    /// and 0.8 µs; 48 × 48 × 48 as long.
    private static boolean small(Kernel.MatMul k) {
        long work = (long) k.m() * k.n() * k.k();
        return work <= (k.tb() ? 4096 : 16384) || k.m() <= 2 && !k.tb();
    }
}
