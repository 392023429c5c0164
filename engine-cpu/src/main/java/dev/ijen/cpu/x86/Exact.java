package dev.ijen.cpu.x86;

import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import java.util.List;

/// Which values of a region are numbers of bfloat16 already, so that rounding them again changes nothing.
final class Exact {
    private static final int LOW = 0xffff;

    private Exact() {}

    /// Of each value of a body.
    ///
    /// @param same the value that each value stands for
    static boolean[] of(List<Instr> body, int[] same) {
        var exact = new boolean[body.size()];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = switch (body.get(i)) {
                case Instr.Load l -> l.stored() == DType.BF16;
                case Instr.Imm m ->
                        m.type() == DType.F32 && (Float.floatToRawIntBits((float) m.real()) & LOW) == 0;
                case Instr.Cast c -> c.to() == DType.BF16;
                case Instr.Unary u -> u.type() == DType.F32 && keeps(u) && exact[same[u.a()]];
                case Instr.Binary b ->
                        b.of() == DType.F32 && (b.f() == BinaryFn.MAX || b.f() == BinaryFn.MIN) && exact[same[b.a()]]
                                && exact[same[b.b()]];
                case Instr.Select s -> s.type() == DType.F32 && exact[same[s.a()]] && exact[same[s.b()]];
                case Instr.Index _,Instr.Random _ -> false;
            };
        }
        return exact;
    }

    /// True for functions that give their argument with another sign, or 0.
    private static boolean keeps(Instr.Unary u) {
        return switch (u.f()) {
            case NEG, ABS, RELU -> true;
            case SIGN, FLOOR, CEIL, ROUND, NOT, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF, SIN, COS, TAN,
                    ASIN, ACOS, ATAN, SINH, COSH ->
                    false;
        };
    }
}
