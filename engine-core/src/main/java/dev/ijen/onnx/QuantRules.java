package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.List;

/// Quantisation: y = saturate(round(x / scale) + zero point), and operators on quantised values, computed on what they stand for.
final class QuantRules {
    private QuantRules() {}

    static void add(Ops o) {
        o.values("QuantizeLinear", c -> List.of(quantize(c)));
        o.values("DequantizeLinear", c -> List.of(dequantize(c)));
        o.values("DynamicQuantizeLinear", QuantRules::dynamic);
        o.values("QLinearMatMul", c -> List.of(matMul(c)));
        o.values("QLinearConv", c -> List.of(conv(c)));
        o.values("MatMulInteger",
                c -> List.of(c.natural(centred(c, 0, 2, -2).matmul(centred(c, 1, 3, -1)).cast(DType.I32))));
        o.values("ConvInteger", c -> {
            var w = c.x(1).cast(DType.I32);
            w = c.has(3) ? w.sub(channels(c.x(3).cast(DType.I32), w)) : w;
            var x = c.x(0).cast(DType.I32);
            return List.of(c.natural(ConvRules.integers(c, c.has(2) ? x.sub(scalar(c.x(2)).cast(DType.I32)) : x, w)));
        });
    }

    private static Tensor scalar(Tensor t) {
        return t.shape().size() == 1 ? t.reshape(Shape.scalar()) : t;
    }

    private static Tensor channels(Tensor zero, Tensor w) {
        return zero.shape().size() == 1 ? scalar(zero) : Layout.alongAxis(zero, 0, w.shape().rank());
    }

    /// Minus its zero point, which may be one a row (of a) or a column (of b).
    private static Tensor centred(Call c, int i, int zero, int axis) {
        var x = c.x(i).cast(DType.I32);
        if (!c.has(zero)) {
            return x;
        }
        var z = c.x(zero).cast(DType.I32);
        if (z.shape().size() == 1) {
            return x.sub(scalar(z));
        }
        return x.sub(z.shape().rank() == 1 ? Layout.alongAxis(z, x.shape().axis(axis), x.shape().rank()) : z);
    }

    /// Scale or zero point for every element of x: one for all, one along an axis, or one a block along it.
    private static Tensor spread(Call c, Tensor s, Tensor x) {
        if (s.shape().size() == 1 && s.shape().rank() < 2) {
            return scalar(s);
        }
        int axis = c.axis(c.i("axis", 1), x.shape().rank());
        int block = (int) c.i("block_size", 0);
        if (block == 0 || s.shape().rank() == 1) {
            return s.shape().rank() == 1 ? Layout.alongAxis(s, axis, x.shape().rank()) : s;
        }
        int n = x.shape().dim(axis);
        var index = new int[n];
        for (int k = 0; k < n; k++) {
            index[k] = k / block;
        }
        return Layout.take(s, axis, index);
    }

    private static Value.Of quantize(Call c) {
        var to = c.has(2) ? c.type(2) : OnnxType.of((int) c.i("output_dtype", OnnxType.UINT8.code()));
        if (to == null) {
            to = OnnxType.UINT8;
        }
        var x = c.x(0);
        var precision = OnnxType.of((int) c.i("precision", 0));
        var type = precision != null ? precision.carrier() : x.dtype() == DType.I32 || x.dtype().bytes() < 4 ? DType.F32
                : x.dtype();
        var s = spread(c, c.x(1), x);
        var zero = c.has(2) ? spread(c, c.x(2), x) : null;
        return saturate(c, x.cast(type).div(s.cast(type)), zero, to);
    }

    /// Rounded, moved by the zero point and kept in the type's range.
    private static Value.Of saturate(Call c, Tensor scaled, Tensor zero, OnnxType to) {
        if (to.smallFloat()) {
            var y = zero == null ? scaled : scaled.add(zero.cast(scaled.dtype()));
            var v = new Value.Of(y.cast(DType.F32), OnnxType.FLOAT, null, false);
            return CastRules.cast(c, v, to);
        }
        var y = scaled.cast(scaled.dtype() == DType.F64 ? DType.F64 : DType.F32).round();
        y = zero == null ? y : y.add(zero.cast(y.dtype()));
        return c.typed(y.clip(to.min(), to.max()), to);
    }

    private static Value.Of dequantize(Call c) {
        var x = c.x(0);
        var s = c.x(1);
        var out = c.given("output_dtype") && c.i("output_dtype", 0) != 0 ? OnnxType.of((int) c.i("output_dtype", 0))
                : c.type(1);
        var type = DType.F32;
        boolean whole = !x.dtype().isFloat();
        var y = whole ? x.cast(DType.I32) : x;
        if (c.has(2)) {
            var z = spread(c, c.x(2), x);
            y = y.sub(whole ? z.cast(DType.I32) : z);
        }
        return c.typed(y.cast(type).mul(spread(c, s, x).cast(type)), out);
    }

    /// y, scale and zero point of U8 from the range of x, which is widened to hold 0.
    private static List<Value> dynamic(Call c) {
        var x = c.x(0);
        var low = x.min().minimum(0);
        var high = x.max().maximum(0);
        var scale = high.sub(low).div(255);
        scale = scale.eq(0).where(scale.onesLike(), scale);
        var zero = low.neg().div(scale).round().clip(0, 255);
        return List.of(saturate(c, x.div(scale), zero, OnnxType.UINT8), c.natural(scale),
                c.typed(zero, OnnxType.UINT8));
    }

    private static Value.Of matMul(Call c) {
        var a = c.x(0).cast(DType.I32).sub(rows(c.x(2).cast(DType.I32), c.x(0), -2));
        var b = c.x(3).cast(DType.I32).sub(rows(c.x(5).cast(DType.I32), c.x(3), -1));
        var y = a.matmul(b).cast(DType.F32);
        var scale = rows(c.x(1).cast(DType.F32), y, -2).mul(rows(c.x(4).cast(DType.F32), y, -1))
                .div(rows(c.x(6).cast(DType.F32), y, -1));
        return saturate(c, y.mul(scale), rows(c.x(7), y, -1), c.type(7));
    }

    private static Tensor rows(Tensor s, Tensor x, int axis) {
        return s.shape().size() == 1 ? scalar(s)
                : s.shape().rank() == 1 ? Layout.alongAxis(s, x.shape().axis(axis), x.shape().rank()) : s;
    }

    private static Value.Of conv(Call c) {
        var x = c.x(0).cast(DType.I32).sub(scalar(c.x(2)).cast(DType.I32));
        var w = c.x(3).cast(DType.I32).sub(channels(c.x(5).cast(DType.I32), c.x(3)));
        var y = ConvRules.integers(c, x, w);
        y = c.has(8) ? y.add(Layout.perChannel(c.x(8), y)) : y;
        var ws = c.x(4).shape().size() == 1 ? scalar(c.x(4)) : Layout.perChannel(c.x(4), y);
        return saturate(c, y.cast(DType.F32).mul(scalar(c.x(1)).mul(ws).div(scalar(c.x(6)))), scalar(c.x(7)),
                c.type(7));
    }
}
