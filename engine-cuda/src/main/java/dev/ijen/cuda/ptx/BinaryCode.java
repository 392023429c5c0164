package dev.ijen.cuda.ptx;

import dev.ijen.cuda.ptx.Asm.Kind;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import java.util.List;
import java.util.Locale;

/// Functions of two values of one type.
final class BinaryCode {
    private BinaryCode() {}

    static String emit(Asm a, Functions functions, BinaryFn f, DType of, String x, String y) {
        if (f.comparison()) {
            return a.b32("selp.b32", "1", "0", a.pred("setp." + comparison(f, of) + "." + Scalars.type(of), x, y));
        }
        return of.isFloat() ? real(a, functions, f, of, x, y) : whole(a, f, of, x, y);
    }

    private static String comparison(BinaryFn f, DType of) {
        return switch (f) {
            case EQ -> "eq";
            case NE -> of.isFloat() ? "neu" : "ne"; // NaN differs from all
            case LT -> "lt";
            case LE -> "le";
            case GT -> "gt";
            case GE -> "ge";
            case ADD, SUB, MUL, DIV, MOD, POW, ATAN2, MAX, MIN, AND, OR, XOR, SHL, SHR ->
                    throw new IllegalArgumentException(f + " does not compare");
        };
    }

    private static String real(Asm a, Functions functions, BinaryFn f, DType type, String x, String y) {
        var k = Kind.of(type);
        String t = Scalars.type(type);
        return switch (f) {
            // rounded each: without .rn the assembler may make a fused multiply-add of two
            case ADD -> a.make(k, "add.rn." + t, x, y);
            case SUB -> a.make(k, "sub.rn." + t, x, y);
            case MUL -> a.make(k, "mul.rn." + t, x, y);
            case DIV -> a.make(k, "div.rn." + t, x, y);
            case MOD -> modulo(a, type, x, y);
            case MAX -> extreme(a, type, "max." + t, x, y);
            case MIN -> extreme(a, type, "min." + t, x, y);
            case POW, ATAN2 -> functions.apply(a, f.name().toLowerCase(Locale.ROOT), type, List.of(x, y));
            case AND, OR, XOR, SHL, SHR, EQ, NE, LT, LE, GT, GE ->
                    throw new IllegalArgumentException(f + " of real numbers");
        };
    }

    /// max and min of PTX pass a NaN over; here it wins. (max.NaN needs sm_80.)
    private static String extreme(Asm a, DType type, String name, String x, String y) {
        String nan = a.pred("setp.nan." + Scalars.type(type), x, y);
        String m = a.make(Kind.of(type), name, x, y);
        return a.make(Kind.of(type), "selp." + Scalars.type(type), Scalars.number(type, Double.NaN, 0), m, nan);
    }

    /// x − ⌊x / y⌋ · y, of F32 in F64 as [BinaryFn#at] has it: in F32 the quotient would round up to a whole number too often.
    private static String modulo(Asm a, DType type, String x, String y) {
        boolean narrow = type == DType.F32;
        String p = narrow ? a.make(Kind.F64, "cvt.f64.f32", x) : x;
        String q = narrow ? a.make(Kind.F64, "cvt.f64.f32", y) : y;
        String times = a.make(Kind.F64, "cvt.rmi.f64.f64", a.make(Kind.F64, "div.rn.f64", p, q));
        String r = a.make(Kind.F64, "sub.rn.f64", p, a.make(Kind.F64, "mul.rn.f64", times, q));
        return narrow ? a.make(Kind.F32, "cvt.rn.f32.f64", r) : r;
    }

    private static String whole(Asm a, BinaryFn f, DType type, String x, String y) {
        var k = Kind.of(type);
        String t = Scalars.type(type);
        String b = Scalars.bits(type);
        return switch (f) {
            case ADD -> a.make(k, "add." + t, x, y);
            case SUB -> a.make(k, "sub." + t, x, y);
            case MUL -> a.make(k, "mul.lo." + t, x, y);
            case DIV -> {
                String zero = a.pred("setp.eq." + t, y, "0");
                String minus = a.pred("setp.eq." + t, y, "-1");
                String q = a.make(k, "div." + t, x, safe(a, type, y, zero, minus));
                String signed = a.make(k, "selp." + b, a.make(k, "neg." + t, x), q, minus);
                yield a.make(k, "selp." + b, "0", signed, zero);
            }
            case MOD -> {
                String zero = a.pred("setp.eq." + t, y, "0");
                String minus = a.pred("setp.eq." + t, y, "-1");
                String r = a.make(k, "rem." + t, x, safe(a, type, y, zero, minus));
                String other = a.pred("setp.lt." + t, a.make(k, "xor." + b, r, y), "0");
                String wrong = a.pred("and.pred", other, a.pred("setp.ne." + t, r, "0"));
                yield a.make(k, "selp." + b, a.make(k, "add." + t, r, y), r, wrong);
            }
            case MAX -> a.make(k, "max." + t, x, y);
            case MIN -> a.make(k, "min." + t, x, y);
            case AND -> a.make(k, "and." + b, x, y);
            case OR -> a.make(k, "or." + b, x, y);
            case XOR -> a.make(k, "xor." + b, x, y);
            case SHL -> a.make(k, "shl." + b, x, count(a, type, y));
            case SHR -> a.make(k, type == DType.I32 ? "shr.u32" : "shr.u64", x, count(a, type, y));
            case POW, ATAN2, EQ, NE, LT, LE, GT, GE -> throw new IllegalArgumentException(f + " of whole numbers");
        };
    }

    /// The divisor, or 1 where it is 0 or −1, whose quotients the machine need not have.
    private static String safe(Asm a, DType type, String y, String zero, String minus) {
        return a.make(Kind.of(type), "selp." + Scalars.bits(type), "1", y, a.pred("or.pred", zero, minus));
    }

    /// PTX clamps counts; Java takes them modulo the width.
    private static String count(Asm a, DType type, String y) {
        return type == DType.I32
                ? a.b32("and.b32", y, "31")
                : a.b32("and.b32", a.b32("cvt.u32.u64", y), "63");
    }
}
