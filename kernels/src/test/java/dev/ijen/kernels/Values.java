package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/// Elements of the types kernels are named by, as doubles (whole numbers to 2^53).
enum Values {
    F32(4, 1e-5),
    F64(8, 1e-12),
    F16(2, 2e-3),
    BF16(2, 2e-2),
    I32(4, 0),
    I64(8, 0),
    I8(1, 0),
    U8(1, 0);

    static final Values[] REAL = {F32, F64, F16, BF16};

    final int bytes;

    /// Relative error of a result that was rounded once and computed in the arithmetic type.
    final double tolerance;

    Values(int bytes, double tolerance) {
        this.bytes = bytes;
        this.tolerance = tolerance;
    }

    /// As in the names of kernels.
    String suffix() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    boolean real() {
        return tolerance > 0;
    }

    byte[] encode(double... v) {
        var b = ByteBuffer.allocate(v.length * bytes).order(ByteOrder.nativeOrder());
        for (double d : v) {
            switch (this) {
                case F32 -> b.putFloat((float) d);
                case F64 -> b.putDouble(d);
                case F16 -> b.putShort(Float.floatToFloat16((float) d));
                case BF16 -> b.putShort(bfloat((float) d));
                case I32 -> b.putInt((int) d);
                case I64 -> b.putLong((long) d);
                case I8, U8 -> b.put((byte) (int) d);
            }
        }
        return b.array();
    }

    double[] decode(byte[] from) {
        var b = ByteBuffer.wrap(from).order(ByteOrder.nativeOrder());
        var v = new double[from.length / bytes];
        for (int i = 0; i < v.length; i++) {
            v[i] = switch (this) {
                case F32 -> b.getFloat();
                case F64 -> b.getDouble();
                case F16 -> Float.float16ToFloat(b.getShort());
                case BF16 -> Float.intBitsToFloat(b.getShort() << 16);
                case I32 -> b.getInt();
                case I64 -> b.getLong();
                case I8 -> b.get();
                case U8 -> b.get() & 0xff;
            };
        }
        return v;
    }

    /// Values as they are after storing.
    double[] stored(int n, IntToDoubleFunction f) {
        var v = new double[n];
        java.util.Arrays.setAll(v, f);
        return decode(encode(v));
    }

    /// Normal numbers, or whole ones from −20 to 20 (0 to 40 if unsigned).
    double[] random(int n, long seed) {
        var r = new Random(seed);
        return stored(n, i -> real() ? r.nextGaussian() : r.nextInt(41) - (this == U8 ? 0 : 20));
    }

    private static short bfloat(float f) {
        int u = Float.floatToRawIntBits(f);
        return (short) (Float.isNaN(f) ? 0x7fc0 : u + 0x7fff + (u >>> 16 & 1) >>> 16);
    }

    /// Compares a stored result with what it should be before rounding; `scale` is the size of its terms.
    void assertClose(double[] expected, byte[] got, double scale, String what) {
        double[] g = decode(got);
        assertEquals(expected.length, g.length, what);
        for (int i = 0; i < g.length; i++) {
            boolean same = Double.isNaN(expected[i]) ? Double.isNaN(g[i]) : g[i] == expected[i];
            if (!same && !(Math.abs(g[i] - expected[i]) <= tolerance * Math.max(scale, Math.abs(expected[i])))) {
                fail(what + ": element " + i + " is " + g[i] + ", not " + expected[i]);
            }
        }
    }
}
