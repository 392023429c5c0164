package dev.ijen.cpu;

import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.DType;

/// Chooses the function for an instruction.
final class Functions {
    private Functions() {}

    static Fn unary(Instr.Unary u) {
        return switch (u.type()) {
            case F32 -> F32Unary.of(u.f());
            case F64 -> F64Ops.of(u.f());
            case I32 -> I32Ops.of(u.f());
            case I64 -> I64Ops.of(u.f());
            case F16, BF16, I8, U8, BOOL -> throw new IllegalArgumentException(u.f() + " in " + u.type());
        };
    }

    /// @param one true if the left operand is one number throughout a tile
    /// @param other the same of the right one
    static Fn binary(Instr.Binary b, boolean one, boolean other) {
        if (right(b, other)) {
            return F32Binary.right(b.f());
        }
        if (left(b, one, other)) {
            return F32Binary.left(b.f());
        }
        return switch (b.of()) {
            case F32 -> F32Binary.of(b.f());
            case F64 -> F64Ops.of(b.f());
            case I32 -> I32Ops.of(b.f());
            case I64 -> I64Ops.of(b.f());
            case F16, BF16, I8, U8, BOOL -> throw new IllegalArgumentException(b.f() + " in " + b.of());
        };
    }

    /// True if the right operand is read as one number.
    static boolean right(Instr.Binary b, boolean uniform) {
        return uniform && b.of() == DType.F32 && F32Binary.right(b.f()) != null;
    }

    /// True if the left operand is read as one number.
    static boolean left(Instr.Binary b, boolean uniform, boolean other) {
        return uniform && !right(b, other) && b.of() == DType.F32 && F32Binary.left(b.f()) != null;
    }

    static Fn select(Instr.Select s) {
        return s.type().bytes() == 4 ? F32Binary::select : I64Ops::select;
    }
}
