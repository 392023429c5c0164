package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Windowed;
import java.util.Arrays;
import java.util.List;

/// Pooling over windows and over everything.
final class PoolRules {
    private PoolRules() {}

    static void add(Ops o) {
        o.values("MaxPool", PoolRules::max);
        o.same("AveragePool", PoolRules::average);
        o.same("LpPool", PoolRules::lp);
        o.same("GlobalMaxPool", c -> c.x(0).maxKeep(spatial(c)));
        o.same("GlobalAveragePool", c -> c.x(0).meanKeep(spatial(c)));
        o.same("GlobalLpPool", c -> {
            double p = c.f("p", 2);
            double q = c.version() < 2 ? p : c.i("p", 2);
            return c.x(0).abs().pow(q).sumKeep(spatial(c)).pow(1 / q);
        });
        o.same("MaxUnpool", PoolRules::unpool);
    }

    static int[] spatial(Call c) {
        var a = new int[Math.max(0, c.x(0).shape().rank() - 2)];
        Arrays.setAll(a, i -> i + 2);
        return a;
    }

    private static Windows windows(Call c) {
        var size = c.list("kernel_shape");
        if (size == null) {
            throw c.fail("no kernel_shape", "one");
        }
        return Windows.of(c, c.x(0).shape(), size);
    }

    private static Tensor sums(Tensor x, Windows w) {
        int r = x.shape().rank();
        var y = Tensor.of(new Windowed.SumPool(w.spec()), Layout.move(x, 1, r - 1));
        return Layout.move(y, r - 1, 1);
    }

    private static List<Value> max(Call c) {
        var w = windows(c);
        var x = c.x(0);
        if (c.wants(1)) {
            return withIndices(c, x, w);
        }
        if (!x.dtype().isFloat()) {
            return List.of(c.like(0, x.cast(DType.F32).maxPool(w.spec())));
        }
        return List.of(c.like(0, x.maxPool(w.spec())));
    }

    private static List<Value> withIndices(Call c, Tensor x, Windows w) {
        boolean real = x.dtype().isFloat();
        var u = w.unfold(real ? x : x.cast(DType.F32), Double.NEGATIVE_INFINITY);
        var best = u.argmax(-1);
        var places = w.places();
        int windows = u.shape().dim(1);
        var table = Tensor.of(HostTensor.of(places, windows, places.length / windows)).broadcast(u.shape());
        var inside = table.gather(2, best.insertAxis(2)).reshape(best.shape());
        if (c.flag("storage_order")) {
            inside = columnMajor(inside, w.in());
        }
        int spatial = Layout.product(x.shape(), 2, x.shape().rank());
        var flat = inside.cast(DType.I64).add(Tensor.iota(0, inside.shape()).cast(DType.I64).mul(spatial));
        var to = w.result(x.shape(), x.shape().dim(1));
        return List.of(c.like(0, u.max(-1).reshape(to)), c.int64(flat.reshape(to)));
    }

    /// The number of a place when the first spatial axis runs fastest.
    private static Tensor columnMajor(Tensor flat, int[] in) {
        var rest = flat;
        Tensor sum = null;
        int unit = Arrays.stream(in).reduce(1, (a, b) -> a * b);
        for (int i = in.length - 1; i >= 0; i--) {
            unit /= in[i];
            var part = rest.mod(in[i]).mul(unit);
            rest = rest.floorDiv(in[i]);
            sum = sum == null ? part : sum.add(part);
        }
        return sum;
    }

    private static Tensor average(Call c) {
        var w = windows(c);
        var x = c.x(0);
        var n = w.counts(x.dtype(), c.flag("count_include_pad"));
        return n.shape().rank() == 0 ? sums(x, w).mul(1 / ((Leaf.Const) n.op()).value()) : sums(x, w).div(n);
    }

    private static Tensor lp(Call c) {
        double p = c.version() < 2 ? c.f("p", 2) : c.i("p", 2);
        var y = sums(c.x(0).abs().pow(p), windows(c));
        return y.pow(1 / p);
    }

    /// Values at the places their indices name, 0 elsewhere.
    private static Tensor unpool(Call c) {
        var x = c.x(0);
        var size = c.list("kernel_shape");
        int n = size.length;
        var stride = c.list("strides");
        var pads = c.list("pads");
        var d = x.shape().dims();
        for (int i = 0; i < n; i++) {
            int s = stride == null ? 1 : stride[i];
            d[i + 2] = (d[i + 2] - 1) * s + size[i] - (pads == null ? 0 : pads[i] + pads[i + n]);
        }
        var inferred = Shape.of(d);
        // indices count elements of the inferred shape, also where a larger one is asked for
        var y = Tensor.full(x.dtype(), 0, Shape.of(inferred.size()))
                .scatter(0, c.x(1).reshape(x.shape().size()), x.reshape(x.shape().size()))
                .reshape(inferred);
        if (c.has(2)) {
            var to = c.ints(2);
            for (int a = 0; a < to.length; a++) {
                int more = to[a] - y.shape().dim(a);
                y = more < 0 ? y.slice(a, 0, to[a]) : y.pad(a, 0, more);
            }
        }
        return y;
    }
}
