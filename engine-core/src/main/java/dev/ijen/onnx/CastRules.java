package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Conversions between element types.
final class CastRules {
    private CastRules() {}

    static void add(Ops o) {
        o.values("Cast", c -> List.of(cast(c, c.of(0), to(c))));
        o.values("CastLike", c -> List.of(cast(c, c.of(0), c.type(1))));
        o.values("BitCast", c -> List.of(bits(c, to(c))));
    }

    private static OnnxType to(Call c) {
        var t = OnnxType.of((int) c.i("to", 0));
        if (t == null) {
            throw c.unsupported("type " + c.i("to", 0), "a type of whole or real numbers, truth or text");
        }
        return t;
    }

    /// One value in another type.
    static Value.Of cast(Call c, Value.Of v, OnnxType to) {
        var from = v.type();
        var x = v.tensor();
        if (from == to) {
            return v;
        }
        if (to == OnnxType.STRING || from == OnnxType.STRING) {
            return text(c, v, to);
        }
        if (to.smallFloat()) {
            return small(c, v, to);
        }
        if (from == OnnxType.UINT64 && to.real()) {
            var f = x.cast(DType.F64);
            return c.typed(x.lt(0).where(f.add(0x1p64), f), to);
        }
        if (from.real() && to == OnnxType.UINT64) {
            var f = x.cast(DType.F64);
            return c.typed(f.ge(0x1p63).where(f.sub(0x1p64), f).cast(DType.I64), to);
        }
        if (from.real() && !to.real() && to != OnnxType.BOOL && to.bits() < 32) {
            // through a wider type, so that it wraps
            return c.typed(x.cast(DType.I32).cast(to.carrier()), to);
        }
        return c.typed(x.cast(to.carrier()), to);
    }

    /// To 8 or 4 bits: by table-like rounding on the host, since no backend computes in them.
    private static Value.Of small(Call c, Value.Of v, OnnxType to) {
        var h = c.session().host(v, c.label());
        boolean saturate = c.i("saturate", 1) != 0;
        var mode = c.s("round_mode", "up");
        var r = HostTensor.zeros(DType.F32, h.shape());
        for (int i = 0; i < h.shape().size(); i++) {
            float x = (float) h.get(i);
            r.set(i, to == OnnxType.FLOAT8E8M0 ? SmallFloat.round8m0(x, saturate, mode)
                    : SmallFloat.round(to, x, saturate));
        }
        return new Value.Of(Tensor.of(r), to, r, v.known());
    }

    private static Value.Of text(Call c, Value.Of v, OnnxType to) {
        var h = c.session().host(v, c.label());
        int n = h.shape().size();
        var strings = c.session().strings();
        if (to == OnnxType.STRING) {
            var r = HostTensor.zeros(DType.I64, h.shape());
            for (int i = 0; i < n; i++) {
                HostMath.put(r, i, strings.number(print(h, i, v.type())));
            }
            return new Value.Of(Tensor.of(r), to, r, v.known());
        }
        var r = HostTensor.zeros(to.carrier(), h.shape());
        for (int i = 0; i < n; i++) {
            var s = strings.string(h.getLong(i)).strip();
            try {
                if (to.real()) {
                    r.set(i, real(s));
                } else if (to == OnnxType.BOOL) {
                    r.set(i, s.equals("0") || s.isEmpty() || s.equalsIgnoreCase("false") ? 0 : 1);
                } else {
                    HostMath.put(r, i, to.unsigned() ? Long.parseUnsignedLong(s) : Long.parseLong(s));
                }
            } catch (NumberFormatException e) {
                throw c.fail("the text '" + s + "'", "a number");
            }
        }
        return new Value.Of(Tensor.of(r), to, r, v.known());
    }

    private static double real(String s) {
        return switch (s.toLowerCase(java.util.Locale.ROOT)) {
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> Double.parseDouble(s);
        };
    }

    /// As C's printf would with the shortest digits that give the number back.
    private static String print(HostTensor h, int i, OnnxType type) {
        if (!type.real()) {
            return type == OnnxType.BOOL ? h.get(i) != 0 ? "True" : "False"
                    : type == OnnxType.UINT64 ? Long.toUnsignedString(h.getLong(i)) : Long.toString(h.getLong(i));
        }
        double v = h.get(i);
        if (Double.isNaN(v)) {
            return "NaN";
        }
        if (Double.isInfinite(v)) {
            return v > 0 ? "INF" : "-INF";
        }
        var s = type == OnnxType.DOUBLE ? Double.toString(v) : Float.toString((float) v);
        var d = new java.math.BigDecimal(s).stripTrailingZeros();
        int exponent = d.precision() - d.scale() - 1;
        if (d.signum() == 0) {
            return 1 / v < 0 ? "-0" : "0";
        }
        if (exponent >= -5 && exponent < (type == OnnxType.DOUBLE ? 17 : 8)) {
            return d.toPlainString();
        }
        var digits = d.unscaledValue().abs().toString();
        return (d.signum() < 0 ? "-" : "") + digits.charAt(0) + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    /// The same bits as another type of the same size.
    private static Value.Of bits(Call c, OnnxType to) {
        var h = c.host(0);
        var from = c.type(0);
        if (from.bits() != to.bits() || from == OnnxType.STRING || to == OnnxType.STRING) {
            throw c.unsupported(from + " to " + to, "two types of equal size");
        }
        var shape = h.shape();
        var r = HostTensor.zeros(to.carrier(), shape);
        for (int i = 0; i < shape.size(); i++) {
            TensorData.put(r, i, to, code(h, i, from));
        }
        return new Value.Of(Tensor.of(r), to, r, c.of(0).known());
    }

    private static long code(HostTensor h, int i, OnnxType t) {
        if (t.smallFloat()) {
            return SmallFloat.encode(t, (float) h.get(i));
        }
        return switch (h.dtype()) {
            case F32, I32 -> h.data().get(ValueLayout.JAVA_INT_UNALIGNED, i * 4L);
            case F64, I64 -> h.data().get(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L);
            case F16, BF16 -> h.data().get(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L);
            case I8, U8, BOOL -> h.data().get(ValueLayout.JAVA_BYTE, i);
        };
    }

    /// A scalar of a type.
    static Tensor scalar(OnnxType t, double v) {
        return Tensor.full(t.carrier(), v, Shape.scalar());
    }
}
