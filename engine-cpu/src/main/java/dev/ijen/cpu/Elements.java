package dev.ijen.cpu;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Half;

/// Single elements of any type: real ones as doubles, whole ones and truth values as longs.
final class Elements {
    private Elements() {}

    static double real(DType t, long a) {
        return switch (t) {
            case F32 -> Mem.f32(a);
            case F64 -> Mem.f64(a);
            case F16 -> Float.float16ToFloat(Mem.i16(a));
            case BF16 -> Half.fromBf16(Mem.i16(a));
            case I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException(t + " is not real");
        };
    }

    static void real(DType t, long a, double v) {
        switch (t) {
            case F32 -> Mem.f32(a, (float) v);
            case F64 -> Mem.f64(a, v);
            case F16 -> Mem.i16(a, Float.floatToFloat16((float) v));
            case BF16 -> Mem.i16(a, Half.toBf16((float) v));
            case I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException(t + " is not real");
        }
    }

    static long whole(DType t, long a) {
        return switch (t) {
            case I32 -> Mem.i32(a);
            case I64 -> Mem.i64(a);
            case I8 -> Mem.i8(a);
            case U8, BOOL -> Mem.i8(a) & 0xff;
            case F32, F64, F16, BF16 -> throw new IllegalArgumentException(t + " is not whole");
        };
    }

    static void whole(DType t, long a, long v) {
        switch (t) {
            case I32 -> Mem.i32(a, (int) v);
            case I64 -> Mem.i64(a, v);
            case I8, U8 -> Mem.i8(a, (byte) v);
            case BOOL -> Mem.i8(a, (byte) (v != 0 ? 1 : 0));
            case F32, F64, F16, BF16 -> throw new IllegalArgumentException(t + " is not whole");
        }
    }
}
