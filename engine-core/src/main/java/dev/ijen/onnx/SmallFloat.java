package dev.ijen.onnx;

/// Real numbers of 8 and 4 bits to and from binary32: one sign bit (or none), `exponent` bits with a bias, `fraction` bits. Values are
/// rounded to nearest, ties to even. (ONNX: docs/docsgen/source/technical/float8.md, float4.md; OCP Microscaling Formats 1.0.)
final class SmallFloat {
    private SmallFloat() {}

    private record Form(int exponent, int fraction, int bias, boolean infinity, boolean zeroNegative, boolean nan) {}

    private static Form form(OnnxType t) {
        return switch (t) {
            case FLOAT8E4M3FN -> new Form(4, 3, 7, false, true, true);
            case FLOAT8E4M3FNUZ -> new Form(4, 3, 8, false, false, true);
            case FLOAT8E5M2 -> new Form(5, 2, 15, true, true, true);
            case FLOAT8E5M2FNUZ -> new Form(5, 2, 16, false, false, true);
            case FLOAT4E2M1 -> new Form(2, 1, 1, false, true, false);
            default -> throw new IllegalArgumentException(t + " has no fraction");
        };
    }

    /// The value of a code.
    static float decode(OnnxType t, int code) {
        if (t == OnnxType.FLOAT8E8M0) {
            return code == 255 ? Float.NaN : (float) Math.scalb(1.0, code - 127);
        }
        var f = form(t);
        int sign = code >> (f.exponent + f.fraction) & 1;
        int e = code >> f.fraction & (1 << f.exponent) - 1;
        int m = code & (1 << f.fraction) - 1;
        int top = (1 << f.exponent) - 1;
        double v;
        if (f.nan && !f.zeroNegative) { // FNUZ: the code of negative zero is NaN
            if (sign == 1 && e == 0 && m == 0) {
                return Float.NaN;
            }
        } else if (f.infinity && e == top) {
            return m != 0 ? Float.NaN : sign == 1 ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        } else if (f.nan && !f.infinity && e == top && m == (1 << f.fraction) - 1) {
            return Float.NaN;
        }
        if (e == 0) {
            v = Math.scalb((double) m, 1 - f.bias - f.fraction);
        } else {
            v = Math.scalb(1 + Math.scalb((double) m, -f.fraction), e - f.bias);
        }
        return (float) (sign == 1 ? -v : v);
    }

    /// The greatest finite value.
    static float max(OnnxType t) {
        return switch (t) {
            case FLOAT8E4M3FN -> 448;
            case FLOAT8E4M3FNUZ -> 240;
            case FLOAT8E5M2, FLOAT8E5M2FNUZ -> 57344;
            case FLOAT4E2M1 -> 6;
            default -> 0x1p127f;
        };
    }

    /// The nearest value of the type; what is too large becomes the greatest if `saturate`, else infinity, or NaN where there is none.
    static float round(OnnxType t, float x, boolean saturate) {
        if (Float.isNaN(x)) {
            return t == OnnxType.FLOAT4E2M1 ? -0f : Float.NaN; // as ONNX's reference, where the type has no NaN
        }
        if (t == OnnxType.FLOAT8E8M0) {
            return round8m0(x, saturate, "up");
        }
        var f = form(t);
        float a = Math.abs(x);
        double r;
        if (Float.isInfinite(x)) {
            r = Double.POSITIVE_INFINITY;
        } else {
            int e = Math.max(Math.getExponent(a), 1 - f.bias);
            double unit = Math.scalb(1.0, e - f.fraction);
            r = Math.rint(a / unit) * unit;
        }
        if (r > max(t)) {
            r = saturate || !f.nan ? max(t) : f.infinity ? Double.POSITIVE_INFINITY : Double.NaN;
        }
        float y = (float) r;
        return x < 0 || (x == 0 && 1 / x < 0) ? (y == 0 && !f.zeroNegative ? 0f : -y) : y;
    }

    /// The nearest power of two: `up`, `down` or `nearest`, as the cast's attribute round_mode says.
    static float round8m0(float x, boolean saturate, String mode) {
        float a = Math.abs(x);
        if (Float.isNaN(a) || (Float.isInfinite(a) && !saturate)) {
            return Float.NaN;
        }
        if (a <= 0x1p-127f) {
            return 0x1p-127f;
        }
        if (Float.isInfinite(a)) {
            return 0x1p127f;
        }
        int e = Math.getExponent(a);
        if (e < -126) {
            e = (int) Math.floor(Math.log(a) / Math.log(2));
        }
        double low = Math.scalb(1.0, e);
        double y = low;
        if (a > low) {
            y = switch (mode) {
                case "down" -> low;
                case "nearest" -> a >= 1.5 * low ? 2 * low : low;
                default -> 2 * low;
            };
        }
        return y > 0x1p127 ? saturate ? 0x1p127f : Float.NaN : (float) y;
    }

    /// The code of a value of the type.
    static int encode(OnnxType t, float v) {
        if (t == OnnxType.FLOAT8E8M0) {
            return Float.isNaN(v) ? 255 : v <= 0x1p-127f ? 0 : Math.getExponent(v) + 127;
        }
        int codes = 1 << (t == OnnxType.FLOAT4E2M1 ? 4 : 8);
        for (int c = 0; c < codes; c++) {
            float d = decode(t, c);
            if (Float.floatToIntBits(d) == Float.floatToIntBits(v)) {
                return c;
            }
        }
        return 0;
    }
}
