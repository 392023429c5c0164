package dev.ijen.cuda.ptx;

import dev.ijen.cuda.ptx.Asm.Kind;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.UnaryFn;
import java.util.List;
import java.util.Locale;

/// Functions of one value.
final class UnaryCode {
    private UnaryCode() {}

    static String emit(Asm a, Functions functions, UnaryFn f, DType type, String x) {
        return type.isFloat() ? real(a, functions, f, type, x) : whole(a, f, type, x);
    }

    private static String real(Asm a, Functions functions, UnaryFn f, DType type, String x) {
        var k = Kind.of(type);
        String t = Scalars.type(type);
        String zero = Scalars.number(type, 0);
        String one = Scalars.number(type, 1);
        return switch (f) {
            case NEG -> a.make(k, "neg." + t, x);
            case ABS -> a.make(k, "abs." + t, x);
            case SIGN -> {
                String sign = a.make(k, "selp." + t, Scalars.number(type, -1), one, a.pred("setp.lt." + t, x, zero));
                yield a.make(k, "selp." + t, x, sign, a.pred("setp.equ." + t, x, zero)); // 0, −0 and NaN stay
            }
            case FLOOR -> a.make(k, "cvt.rmi." + t + "." + t, x);
            case CEIL -> a.make(k, "cvt.rpi." + t + "." + t, x);
            case ROUND -> a.make(k, "cvt.rni." + t + "." + t, x);
            case SQRT -> a.make(k, "sqrt.rn." + t, x);
            case RECIP -> a.make(k, "rcp.rn." + t, x);
            case RELU -> BinaryCode.emit(a, functions, BinaryFn.MAX, type, x, Scalars.constant(a, type, zero));
            case NOT -> a.make(k, "selp." + t, one, zero, a.pred("setp.eq." + t, x, zero));
            case EXP, EXPM1, LOG, LOG1P, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH, TANH, SIGMOID, ERF ->
                    functions.apply(a, f.name().toLowerCase(Locale.ROOT), type, List.of(x));
        };
    }

    private static String whole(Asm a, UnaryFn f, DType type, String x) {
        var k = Kind.of(type);
        String t = Scalars.type(type);
        String b = Scalars.bits(type);
        return switch (f) {
            case NEG -> a.make(k, "neg." + t, x);
            case ABS -> { // the least value stays, as in Java
                String sign = a.make(k, "shr." + t, x, type == DType.I32 ? "31" : "63");
                yield a.make(k, "sub." + t, a.make(k, "xor." + b, x, sign), sign);
            }
            case SIGN -> {
                String up = a.make(k, "selp." + b, "1", "0", a.pred("setp.gt." + t, x, "0"));
                yield a.make(k, "selp." + b, "-1", up, a.pred("setp.lt." + t, x, "0"));
            }
            case RELU -> a.make(k, "max." + t, x, "0");
            case NOT -> a.make(k, "selp." + b, "1", "0", a.pred("setp.eq." + t, x, "0"));
            case FLOOR, CEIL, ROUND, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH,
                    TANH, SIGMOID, ERF -> throw new IllegalArgumentException(f + " of whole numbers");
        };
    }
}
