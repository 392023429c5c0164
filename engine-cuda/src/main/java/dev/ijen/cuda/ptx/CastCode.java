package dev.ijen.cuda.ptx;

import dev.ijen.cuda.ptx.Asm.Kind;
import dev.ijen.tensor.DType;

/// Conversions, as Java's casts.
final class CastCode {
    private CastCode() {}

    /// From a compute type to any type, held in that one's compute type.
    static String emit(Asm a, DType from, DType to, String x) {
        return switch (to) {
            case F32, F64, I32, I64 -> change(a, from, to, x);
            case F16 -> a.make(Kind.F32, "cvt.f32.f16", half(a, change(a, from, DType.F32, x)));
            case BF16 -> {
                String upper = a.b32("and.b32", bf16(a, change(a, from, DType.F32, x)), "0xFFFF0000");
                yield a.make(Kind.F32, "mov.b32", upper);
            }
            case I8 -> a.b32("bfe.s32", change(a, from, DType.I32, x), "0", "8");
            case U8 -> a.b32("and.b32", change(a, from, DType.I32, x), "255");
            case BOOL -> truth(a, from, x);
        };
    }

    /// 1 if x is not 0 (NaN is not), else 0.
    static String truth(Asm a, DType from, String x) {
        String ne = from.isFloat() ? "setp.neu." : "setp.ne.";
        return a.b32("selp.b32", "1", "0", a.pred(ne + Scalars.type(from), x, Scalars.number(from, 0)));
    }

    /// The nearest binary16 in a 16-bit register.
    static String half(Asm a, String f32) {
        return a.make(Kind.B16, "cvt.rn.f16.f32", f32);
    }

    /// The nearest bfloat16 in the upper half of a 32-bit register; the lower half holds rubbish.
    static String bf16(Asm a, String f32) {
        String u = a.b32("mov.b32", f32);
        String half = a.b32("add.s32", a.b32("bfe.u32", u, "16", "1"), "32767"); // ties to even
        String nan = a.pred("setp.nan.f32", f32, f32);
        return a.b32("selp.b32", "0x7FC00000", a.b32("add.s32", u, half), nan);
    }

    private static String change(Asm a, DType from, DType to, String x) {
        if (from == to) {
            return x;
        }
        var k = Kind.of(to);
        String pair = Scalars.type(to) + "." + Scalars.type(from);
        if (from.isFloat() && !to.isFloat()) {
            // saturates by itself; what a NaN gives depends on the types
            String whole = a.make(k, "cvt.rzi." + pair, x);
            return a.make(k, "selp." + Scalars.bits(to), "0", whole, a.pred("setp.nan." + Scalars.type(from), x, x));
        }
        if (to.isFloat()) {
            boolean exact = from == DType.F32;
            return a.make(k, (exact ? "cvt." : "cvt.rn.") + pair, x);
        }
        return to == DType.I64 ? a.make(k, "cvt.s64.s32", x) : a.make(k, "cvt.u32.u64", x);
    }
}
