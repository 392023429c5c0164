package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import dev.ijen.tensor.DType;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Conversions between values.
final class Casts {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> SI = F32Math.ints();
    private static final int L = S.length();

    private Casts() {}

    /// From a compute type to any type, held in that one's compute type; null where nothing is to be done.
    static Fn of(DType from, DType to) {
        if (to == DType.BOOL) {
            return truth(from);
        }
        Fn change = change(from, to.compute());
        Fn round = Stored.round(to);
        if (change == null || round == null) {
            return change == null ? round : change;
        }
        return (a, b, c, o, n) -> {
            change.run(a, b, c, o, n);
            round.run(o, b, c, o, n);
        };
    }

    private static Fn truth(DType from) {
        return switch (from) {
            case F32 -> Casts::truthF32;
            case F64 -> Casts::truthF64;
            case I64 -> Casts::truthI64;
            case I32 -> Stored.round(DType.BOOL);
            case F16, BF16, I8, U8, BOOL -> throw notComputed(from);
        };
    }

    private static Fn change(DType from, DType to) {
        if (from == to) {
            return null;
        }
        return switch (from) {
            case F32 -> switch (to) {
                case F64 -> Casts::f32ToF64;
                case I32 -> Casts::f32ToI32;
                case I64 -> Casts::f32ToI64;
                case F32, F16, BF16, I8, U8, BOOL -> throw notComputed(to);
            };
            case F64 -> switch (to) {
                case F32 -> Casts::f64ToF32;
                case I32 -> Casts::f64ToI32;
                case I64 -> Casts::f64ToI64;
                case F64, F16, BF16, I8, U8, BOOL -> throw notComputed(to);
            };
            case I32 -> switch (to) {
                case F32 -> Casts::i32ToF32;
                case F64 -> Casts::i32ToF64;
                case I64 -> Casts::i32ToI64;
                case I32, F16, BF16, I8, U8, BOOL -> throw notComputed(to);
            };
            case I64 -> switch (to) {
                case F32 -> Casts::i64ToF32;
                case F64 -> Casts::i64ToF64;
                case I32 -> Casts::i64ToI32;
                case I64, F16, BF16, I8, U8, BOOL -> throw notComputed(to);
            };
            case F16, BF16, I8, U8, BOOL -> throw notComputed(from);
        };
    }

    private static IllegalArgumentException notComputed(DType t) {
        return new IllegalArgumentException(t + " is not a compute type to convert between");
    }

    private static void f32ToI32(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            ((IntVector) v.convert(VectorOperators.F2I, 0)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void i32ToF32(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            IntVector v = IntVector.fromMemorySegment(SI, ALL, a + 4L * i, ORDER);
            ((FloatVector) v.convert(VectorOperators.I2F, 0)).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void truthF32(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
            VectorMask<Integer> m = v.compare(VectorOperators.NE, 0f).cast(SI);
            IntVector.zero(SI).blend(1, m).intoMemorySegment(ALL, o + 4L * i, ORDER);
        }
    }

    private static void f32ToF64(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.f64(o + 8L * i, Mem.f32(a + 4L * i));
        }
    }

    private static void f32ToI64(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i64(o + 8L * i, (long) Mem.f32(a + 4L * i));
        }
    }

    private static void f64ToF32(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.f32(o + 4L * i, (float) Mem.f64(a + 8L * i));
        }
    }

    private static void f64ToI32(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(o + 4L * i, (int) Mem.f64(a + 8L * i));
        }
    }

    private static void f64ToI64(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i64(o + 8L * i, (long) Mem.f64(a + 8L * i));
        }
    }

    private static void i32ToF64(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.f64(o + 8L * i, Mem.i32(a + 4L * i));
        }
    }

    private static void i32ToI64(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i64(o + 8L * i, Mem.i32(a + 4L * i));
        }
    }

    private static void i64ToF32(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.f32(o + 4L * i, (float) Mem.i64(a + 8L * i));
        }
    }

    private static void i64ToF64(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.f64(o + 8L * i, (double) Mem.i64(a + 8L * i));
        }
    }

    private static void i64ToI32(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(o + 4L * i, (int) Mem.i64(a + 8L * i));
        }
    }

    private static void truthF64(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(o + 4L * i, Mem.f64(a + 8L * i) != 0 ? 1 : 0);
        }
    }

    private static void truthI64(long a, long b, long c, long o, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(o + 4L * i, Mem.i64(a + 8L * i) != 0 ? 1 : 0);
        }
    }
}
