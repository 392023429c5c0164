package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/// Operators that fold axes.
final class ReduceRules {
    private ReduceRules() {}

    static void add(Ops o) {
        reduce(o, "ReduceSum", Tensor::sumKeep);
        reduce(o, "ReduceMean", (x, a) -> x.dtype().isFloat()
                ? x.meanKeep(a)
                : x.sumKeep(a).binaryOf(dev.ijen.tensor.BinaryFn.DIV,
                        Tensor.scalar(x.sumKeep(a).dtype(), count(x, a))));
        reduce(o, "ReduceMax", (x, a) -> extreme(x, a, true));
        reduce(o, "ReduceMin", (x, a) -> extreme(x, a, false));
        reduce(o, "ReduceProd", ReduceRules::prod);
        reduce(o, "ReduceL1", (x, a) -> x.abs().sumKeep(a));
        reduce(o, "ReduceL2", (x, a) -> real(x).square().sumKeep(a).sqrt());
        reduce(o, "ReduceSumSquare", (x, a) -> x.square().sumKeep(a));
        reduce(o, "ReduceLogSum", (x, a) -> real(x).sumKeep(a).log());
        reduce(o, "ReduceLogSumExp", (x, a) -> logSumExp(real(x), a));
        o.values("ArgMax", c -> arg(c, true));
        o.values("ArgMin", c -> arg(c, false));
    }

    private static Tensor real(Tensor x) {
        return x.dtype().isFloat() ? x : x.cast(x.dtype() == DType.I64 ? DType.F64 : DType.F32);
    }

    private static int count(Tensor x, int[] axes) {
        int n = 1;
        for (int a : axes) {
            n *= x.shape().dim(a);
        }
        return n;
    }

    private static void reduce(Ops o, String name, BiFunction<Tensor, int[], Tensor> f) {
        o.same(name, c -> {
            var x = c.x(0);
            int rank = x.shape().rank();
            var axes = c.listOr(1, "axes");
            if (axes == null || axes.length == 0) {
                if (c.flag("noop_with_empty_axes")) {
                    // no axes are folded, but what is done to single elements is done
                    return elementwise(name, x);
                }
                axes = new int[rank];
                Arrays.setAll(axes, i -> i);
            }
            for (int i = 0; i < axes.length; i++) {
                axes[i] = c.axis(axes[i], rank);
            }
            var y = axes.length == 0 ? elementwise(name, x) : f.apply(x, axes);
            if (c.i("keepdims", 1) != 0) {
                return y;
            }
            int bits = 0;
            for (int a : axes) {
                bits |= 1 << a;
            }
            var d = new int[rank - Integer.bitCount(bits)];
            for (int i = 0, k = 0; i < rank; i++) {
                if ((bits >> i & 1) == 0) {
                    d[k++] = x.shape().dim(i);
                }
            }
            return y.reshape(dev.ijen.tensor.Shape.of(d));
        });
    }

    private static Tensor elementwise(String name, Tensor x) {
        return switch (name) {
            case "ReduceL1", "ReduceL2" -> x.abs();
            case "ReduceSumSquare" -> x.square();
            case "ReduceLogSum" -> x.log();
            default -> x;
        };
    }

    /// Of no elements: the least, or greatest, there is.
    private static Tensor extreme(Tensor x, int[] axes, boolean greatest) {
        if (count(x, axes) == 0) {
            var d = x.shape().dims();
            for (int a : axes) {
                d[a] = 1;
            }
            var type = OnnxType.of(x.dtype());
            double v = type.real() ? greatest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY
                    : x.dtype() == DType.BOOL ? greatest ? 0 : 1 : greatest ? type.min() : type.max();
            if (x.dtype() == DType.I64) {
                return Tensor.of(dev.ijen.tensor.HostTensor.of(new long[] {greatest ? Long.MIN_VALUE : Long.MAX_VALUE}))
                        .broadcast(d);
            }
            return Tensor.full(x.dtype(), v, dev.ijen.tensor.Shape.of(d));
        }
        return greatest ? x.maxKeep(axes) : x.minKeep(axes);
    }

    private static Tensor prod(Tensor x, int[] axes) {
        var y = x;
        for (int a : axes) {
            y = x.shape().dim(a) == 0
                    ? Tensor.full(y.dtype(), 1, y.shape().with(a, 1))
                    : y.prod(a).reshape(y.shape().with(a, 1));
        }
        return y;
    }

    private static Tensor logSumExp(Tensor x, int[] axes) {
        if (count(x, axes) == 0) {
            return x.sumKeep(axes).log();
        }
        // the greatest is taken out, unless it is infinite: then it is the result
        var m = x.maxKeep(axes);
        var shift = m.isFinite().where(m, 0);
        return x.sub(shift).exp().sumKeep(axes).log().add(shift);
    }

    private static List<Value> arg(Call c, boolean greatest) {
        var x = ElementwiseRules.ordered(c.x(0), c.type(0));
        int a = c.axis(c.i("axis", 0), x.shape().rank());
        boolean last = c.flag("select_last_index");
        var y = last ? x.flip(a) : x;
        var i = greatest ? y.argmax(a) : y.argmin(a);
        if (last) {
            i = i.rsub(x.shape().dim(a) - 1);
        }
        return List.of(c.int64(c.i("keepdims", 1) != 0 ? i.insertAxis(a) : i));
    }
}
