package dev.ijen.cuda.ptx;

import dev.ijen.cuda.ptx.Asm.Kind;
import dev.ijen.spi.Region.Fold;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;

/// Names of types, numbers, and folds.
final class Scalars {
    private Scalars() {}

    /// The type of instructions that do signed arithmetic.
    static String type(DType compute) {
        return switch (compute) {
            case F32 -> "f32";
            case F64 -> "f64";
            case I32 -> "s32";
            case I64 -> "s64";
            case F16, BF16, I8, U8, BOOL -> throw new IllegalArgumentException(compute + " is not computed in");
        };
    }

    /// The type of instructions that move values.
    static String bits(DType compute) {
        return switch (compute) {
            case F32 -> "f32";
            case F64 -> "f64";
            case I32 -> "b32";
            case I64 -> "b64";
            case F16, BF16, I8, U8, BOOL -> throw new IllegalArgumentException(compute + " is not computed in");
        };
    }

    static String number(DType compute, double real, long whole) {
        return switch (compute) {
            case F32 -> "0f%08X".formatted(Float.floatToRawIntBits((float) real));
            case F64 -> "0d%016X".formatted(Double.doubleToRawLongBits(real));
            case I32 -> Integer.toString((int) whole);
            case I64 -> Long.toString(whole);
            case F16, BF16, I8, U8, BOOL -> throw new IllegalArgumentException(compute + " is not computed in");
        };
    }

    static String number(DType compute, int n) {
        return number(compute, n, n);
    }

    static String number(int n) {
        return Integer.toString(n);
    }

    static String constant(Asm a, DType compute, String number) {
        return a.make(Kind.of(compute), "mov." + bits(compute), number);
    }

    /// What a fold starts from.
    static String neutral(Fold f, DType compute) {
        boolean wide = compute == DType.I64;
        return switch (f) {
            case SUM -> number(compute, 0);
            case MAX -> number(compute, Double.NEGATIVE_INFINITY, wide ? Long.MIN_VALUE : Integer.MIN_VALUE);
            case MIN -> number(compute, Double.POSITIVE_INFINITY, wide ? Long.MAX_VALUE : Integer.MAX_VALUE);
        };
    }

    static BinaryFn function(Fold f) {
        return switch (f) {
            case SUM -> BinaryFn.ADD;
            case MAX -> BinaryFn.MAX;
            case MIN -> BinaryFn.MIN;
        };
    }

    static String fold(Asm a, Fold f, DType compute, String x, String y) {
        return BinaryCode.emit(a, null, function(f), compute, x, y);
    }

    /// Folds pairwise, neighbours first.
    static String tree(Asm a, Fold f, DType compute, String[] x) {
        var v = x.clone();
        for (int n = v.length; n > 1; n = (n + 1) / 2) {
            for (int i = 0; i < n / 2; i++) {
                v[i] = fold(a, f, compute, v[2 * i], v[2 * i + 1]);
            }
            if (n % 2 == 1) {
                v[n / 2] = v[n - 1];
            }
        }
        return v[0];
    }
}
