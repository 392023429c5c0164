package dev.ijen.tensor;

/// bfloat16 conversion, rounding to nearest even; NaN stays NaN. (binary16 is in [Float].)
public final class Half {
    private Half() {}

    /// The value of bfloat16 bits.
    public static float fromBf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /// The nearest bfloat16.
    public static short toBf16(float v) {
        int b = Float.floatToRawIntBits(v);
        if (Float.isNaN(v)) {
            return (short) (b >>> 16 | 0x40);
        }
        return (short) (b + 0x7fff + (b >>> 16 & 1) >>> 16);
    }
}
