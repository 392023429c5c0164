package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.UnaryFn;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/// Functions of floats against their definitions in double, over all exponents and special values.
class F32MathTest {
    private static final float[] SPECIAL = {
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 2f, -2f, 3f, -3f, 2.5f, -2.5f, 3.5f, 1.5f, -1.5f, 0.49999997f, Float.MIN_VALUE,
        -Float.MIN_VALUE, Float.MIN_NORMAL, -Float.MIN_NORMAL, 1e-40f, -1e-40f, Float.MAX_VALUE, -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 88.7f, 88.72284f, 88.73f, 89f, -87.3f, -103f,
        -103.97f,
        -104f, -105f, 8388607.5f, 8388608f, 16777216f, -8388609f, 1e10f, -1e10f, 1e30f, -1e30f, (float) Math.PI,
        (float) (Math.PI / 2), 1.0000001f, 0.99999994f, -0.99999994f, 0x1p41f, -0x1.8p60f, 0.921875f, 0.625f, 4f, 20f,
        -20f
    };

    @Test
    void functionsOfOne() {
        int n = 1 << 17;
        try (var arena = Arena.ofConfined()) {
            long in = arena.allocate(8L * n + 64, 64).address();
            long out = arena.allocate(8L * n + 64, 64).address();
            long work = arena.allocate(8L * n + 64, 64).address();
            var r = new Random(7);
            for (int i = 0; i < n; i++) {
                Mem.f32(in + 4L * i, i < SPECIAL.length ? SPECIAL[i] : draw(r));
            }
            for (UnaryFn f : EnumSet.complementOf(EnumSet.of(UnaryFn.NOT))) {
                F32Unary.of(f).run(in, 0, work, out, n);
                double worst = 0;
                for (int i = 0; i < n; i++) {
                    float x = Mem.f32(in + 4L * i);
                    worst = Math.max(worst, error(f + "(" + x + ")", f.at(x), Mem.f32(out + 4L * i)));
                }
                double most = bound(f);
                assertTrue(worst <= most, f + ": " + worst + " ulp, at most " + most + " expected");
            }
        }
    }

    /// Largest error in units in the last place.
    private static double bound(UnaryFn f) {
        return switch (f) {
            case NEG, ABS, SIGN, FLOOR, CEIL, ROUND, RELU, SQRT, RECIP -> 0.5;
            case SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH -> 0.501;
            case EXP, LOG, LOG1P -> 1;
            case ERF, EXPM1, TANH -> 1.5;
            case SIGMOID -> 2.5;
            case NOT -> 0;
        };
    }

    @Test
    void functionsOfTwo() {
        int n = 1 << 17;
        int s = SPECIAL.length;
        try (var arena = Arena.ofConfined()) {
            long a = arena.allocate(8L * n + 64, 64).address();
            long b = arena.allocate(8L * n + 64, 64).address();
            long out = arena.allocate(8L * n + 64, 64).address();
            long work = arena.allocate(8L * n + 64, 64).address();
            var r = new Random(8);
            for (int i = 0; i < n; i++) {
                boolean special = i < s * s;
                Mem.f32(a + 4L * i, special ? SPECIAL[i / s] : i % 2 == 0 ? draw(r) : (float) r.nextGaussian() * 3);
                Mem.f32(b + 4L * i, special ? SPECIAL[i % s] : i % 3 == 0 ? draw(r) : (float) r.nextGaussian() * 9);
            }
            for (BinaryFn f : BinaryFn.values()) {
                if (f.bitwise()) {
                    continue;
                }
                F32Binary.of(f).run(a, b, work, out, n);
                for (int i = 0; i < n; i++) {
                    float x = Mem.f32(a + 4L * i);
                    float y = Mem.f32(b + 4L * i);
                    String what = f + "(" + x + ", " + y + ")";
                    if (f.comparison()) {
                        assertEquals((int) f.at(x, y), Mem.i32(out + 4L * i), what);
                    } else {
                        double e = error(what, f.at(x, y), Mem.f32(out + 4L * i));
                        assertTrue(e <= 0.501, () -> what + ": " + e + " ulp");
                    }
                }
            }
        }
    }

    /// One operand as a number gives the same bits as a block of it.
    @Test
    void numbersAsOperands() {
        int n = 1024;
        try (var arena = Arena.ofConfined()) {
            long a = arena.allocate(8L * n, 64).address();
            long b = arena.allocate(8L * n, 64).address();
            long one = arena.allocate(8L * n, 64).address();
            long two = arena.allocate(8L * n, 64).address();
            var r = new Random(9);
            for (int i = 0; i < n; i++) {
                Mem.f32(a + 4L * i, i < SPECIAL.length ? SPECIAL[i] : draw(r));
            }
            for (BinaryFn f : BinaryFn.values()) {
                for (float v : SPECIAL) {
                    Moves.fill4(Float.floatToRawIntBits(v), b, n);
                    if (F32Binary.right(f) != null) {
                        F32Binary.of(f).run(a, b, 0, one, n);
                        F32Binary.right(f).run(a, b, 0, two, n);
                        assertSame(f, one, two, n);
                    }
                    if (F32Binary.left(f) != null) {
                        F32Binary.of(f).run(b, a, 0, one, n);
                        F32Binary.left(f).run(b, a, 0, two, n);
                        assertSame(f, one, two, n);
                    }
                }
            }
        }
    }

    private static void assertSame(BinaryFn f, long one, long two, int n) {
        for (int i = 0; i < n; i++) {
            assertEquals(Mem.f32(one + 4L * i), Mem.f32(two + 4L * i), f.toString());
        }
    }

    /// The bits are the same before the compiler has made vector instructions of a function and after.
    @Test
    void interpretedAndCompiled() {
        int n = 256;
        try (var arena = Arena.ofConfined()) {
            long in = arena.allocate(8L * n, 64).address();
            long first = arena.allocate(8L * n, 64).address();
            long later = arena.allocate(8L * n, 64).address();
            long work = arena.allocate(8L * n, 64).address();
            var r = new Random(10);
            for (int i = 0; i < n; i++) {
                Mem.f32(in + 4L * i, (float) r.nextGaussian() * 3);
            }
            for (UnaryFn f : EnumSet.complementOf(EnumSet.of(UnaryFn.NOT))) {
                Fn fn = F32Unary.of(f);
                fn.run(in, 0, work, first, n);
                for (int k = 0; k < 3000; k++) {
                    fn.run(in, 0, work, later, n);
                }
                for (int i = 0; i < n; i++) {
                    assertEquals(Mem.i32(first + 4L * i), Mem.i32(later + 4L * i), f.toString());
                }
            }
        }
    }

    @Test
    void halves() {
        int n = 1 << 16;
        try (var arena = Arena.ofConfined()) {
            long bits = arena.allocate(2L * n + 64, 64).address();
            long wide = arena.allocate(8L * n + 64, 64).address();
            long back = arena.allocate(2L * n + 64, 64).address();
            for (DType t : new DType[] {DType.F16, DType.BF16}) {
                DoubleUnaryOperator rounded = v -> {
                    long p = back;
                    Elements.real(t, p, v);
                    return Elements.real(t, p);
                };
                for (int i = 0; i < n; i++) {
                    Mem.i16(bits + 2L * i, (short) i);
                }
                Stored.widen(t).run(bits, 0, 0, wide, n);
                for (int i = 0; i < n; i++) {
                    assertEquals((float) Elements.real(t, bits + 2L * i), Mem.f32(wide + 4L * i));
                }
                var r = new Random(11);
                for (int i = 0; i < n; i++) {
                    float v = i < SPECIAL.length ? SPECIAL[i] : i % 2 == 0 ? draw(r) : halfway(r, t);
                    Mem.f32(wide + 4L * i, v);
                }
                Stored.narrow(t).run(wide, 0, 0, bits, n);
                for (int i = 0; i < n; i++) {
                    float v = Mem.f32(wide + 4L * i);
                    assertEquals(rounded.applyAsDouble(v), Elements.real(t, bits + 2L * i), t + " of " + v);
                }
            }
        }
    }

    /// A number near the middle between two neighbours of a half type, in its whole range.
    private static float halfway(Random r, DType t) {
        float v = t == DType.BF16 ? draw(r) : (float) Math.scalb(1 + r.nextDouble(), r.nextInt(45) - 28);
        int drop = t == DType.BF16 ? 16 : 13;
        int bits = Float.floatToRawIntBits(v) >>> drop << drop | 1 << drop - 1;
        return Float.intBitsToFloat(bits + r.nextInt(3) - 1);
    }

    /// Any finite float: all exponents alike.
    private static float draw(Random r) {
        float v = Float.intBitsToFloat(r.nextInt());
        return Float.isFinite(v) ? v : r.nextFloat();
    }

    /// Distance from the true value in units of the last place of the nearest float; fails where one is not a number,
    /// infinite or a zero of the wrong sign.
    private static double error(String what, double expected, float got) {
        float e = (float) expected;
        if (Float.isNaN(e) || Float.isInfinite(e) && Math.abs(expected) > 1.0000001 * Float.MAX_VALUE || e == 0) {
            boolean near = e == 0 && expected != 0 && Math.abs(got) <= Float.MIN_VALUE;
            if (!near) {
                assertEquals(e, got, what);
            }
            return 0;
        }
        if (Float.isInfinite(e) || Float.isInfinite(got)) {
            assertTrue(Math.abs(got) >= Float.MAX_VALUE * 0.9999, what + " = " + got);
            return 0;
        }
        return Math.abs(got - expected) / Math.ulp(e);
    }
}
