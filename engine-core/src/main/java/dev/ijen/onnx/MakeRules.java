package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Operators that make values out of none.
final class MakeRules {
    private static final int MOST_NUMBERS = 1 << 24;

    private MakeRules() {}

    static void add(Ops o) {
        o.values("Constant", c -> List.of(constant(c)));
        o.values("ConstantOfShape", c -> List.of(ofShape(c)));
        o.values("Range", c -> List.of(range(c)));
        o.values("EyeLike", c -> List.of(eyeLike(c)));
    }

    private static Value constant(Call c) {
        var s = c.session();
        for (var a : c.attributes().values()) {
            switch (a.name()) {
                case "value" -> {
                    if (a.tensor() == null) {
                        throw c.fail("no tensor in 'value'", "a tensor");
                    }
                    return s.known(s.data().read(a.tensor()), s.data().type(a.tensor()));
                }
                case "sparse_value" -> {
                    return s.known(s.data().dense(a.sparse()), s.data().type(a.sparse().values()));
                }
                case "value_float" -> {
                    return s.known(HostTensor.of(new float[] {a.f()}), OnnxType.FLOAT);
                }
                case "value_floats" -> {
                    return s.known(HostTensor.of(a.floats(), a.floats().length), OnnxType.FLOAT);
                }
                case "value_int" -> {
                    return s.known(HostTensor.of(new long[] {a.i()}), OnnxType.INT64);
                }
                case "value_ints" -> {
                    return s.known(a.ints());
                }
                case "value_string" -> {
                    return s.known(s.strings(List.of(new String(a.s(), StandardCharsets.UTF_8))), OnnxType.STRING);
                }
                case "value_strings" -> {
                    return s.known(s.strings(c.strings("value_strings"), a.strings().size()), OnnxType.STRING);
                }
                default -> {
                    // doc strings and the like
                }
            }
        }
        throw c.fail("no value", "one of the attributes value, value_float, value_int, …");
    }

    private static Value ofShape(Call c) {
        var shape = Shape.of(c.ints(0));
        var a = c.attributes().get("value");
        if (a == null || a.tensor() == null) {
            return c.natural(Tensor.full(DType.F32, 0, shape));
        }
        var h = c.session().data().read(a.tensor());
        return new Value.Of(h.dtype() == DType.I64
                ? Tensor.of(h).reshape(Shape.scalar()).broadcast(shape)
                : Tensor.full(h.dtype(), h.item(), shape), c.session().data().type(a.tensor()), null, false);
    }

    private static Value range(Call c) {
        var start = c.host(0);
        var limit = c.host(1);
        var delta = c.host(2);
        var t = start.dtype();
        boolean known = c.of(0).known() && c.of(1).known() && c.of(2).known();
        if (delta.item() == 0) {
            throw c.fail("a step of 0", "another step");
        }
        HostTensor h;
        if (t.isFloat()) {
            int n = few(c, Math.ceil((limit.item() - start.item()) / delta.item()));
            h = HostTensor.zeros(t, Shape.of(n));
            for (int i = 0; i < n; i++) {
                h.set(i, start.item() + i * delta.item());
            }
        } else {
            long a = start.getLong(0);
            long d = delta.getLong(0);
            long room = Math.subtractExact(limit.getLong(0), a);
            int n = few(c, (double) (room / d + (room % d != 0 && (room ^ d) > 0 ? 1 : 0)));
            h = HostTensor.zeros(t, Shape.of(n));
            for (int i = 0; i < n; i++) {
                HostMath.put(h, i, a + i * d);
            }
        }
        return new Value.Of(Tensor.of(h), c.type(0), h, known);
    }

    /// A count that is held in memory.
    private static int few(Call c, double n) {
        if (!(n <= MOST_NUMBERS)) {
            throw c.unsupported(n + " numbers", "at most " + MOST_NUMBERS);
        }
        return (int) Math.max(0, n);
    }

    private static Value eyeLike(Call c) {
        var s = c.x(0).shape();
        var type = c.given("dtype") ? OnnxType.of((int) c.i("dtype", 1)) : c.type(0);
        var hit = Tensor.iota(1, s).eq(Tensor.iota(0, s).add((double) c.i("k", 0)));
        return c.typed(hit.cast(type.carrier()), type);
    }
}
