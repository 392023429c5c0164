package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Operators that pick, place and order elements.
final class IndexRules {
    private IndexRules() {}

    static void add(Ops o) {
        o.same("Gather", c -> {
            int a = c.axis(c.i("axis", 0), c.x(0).shape().rank());
            return c.x(0).take(a, Layout.wrapIndex(c.x(1), c.x(0).shape().dim(a)));
        });
        o.same("GatherElements", c -> {
            int a = c.axis(c.i("axis", 0), c.x(0).shape().rank());
            return c.x(0).gather(a, Layout.wrapIndex(c.x(1), c.x(0).shape().dim(a)));
        });
        o.same("GatherND", IndexRules::gatherNd);
        o.same("Scatter", IndexRules::scatterElements);
        o.same("ScatterElements", IndexRules::scatterElements);
        o.same("ScatterND", IndexRules::scatterNd);
        o.same("TensorScatter", IndexRules::tensorScatter);
        o.values("TopK", IndexRules::topK);
        o.same("CumSum", IndexRules::cumSum);
        o.same("CumProd", IndexRules::cumProd);
        o.same("Trilu", IndexRules::trilu);
        o.values("OneHot", c -> List.of(oneHot(c)));
    }

    /// Rows of flat places: index [.., K] over the first K of `dims` → numbers of rows, [count].
    private static Tensor flat(Tensor index, int[] dims, int from, int k) {
        var rows = index.reshape(k == 0 ? 0 : index.shape().size() / k, k);
        Tensor flat = null;
        for (int i = 0; i < k; i++) {
            var column = Layout.wrapIndex(rows.slice(1, i, 1), dims[from + i]);
            flat = flat == null ? column : flat.mul(dims[from + i]).add(column);
        }
        return flat;
    }

    private static Tensor gatherNd(Call c) {
        var x = c.x(0);
        var index = c.x(1);
        int b = (int) c.i("batch_dims", 0);
        int k = index.shape().dim(-1);
        var d = x.shape().dims();
        int batches = Layout.product(x.shape(), 0, b);
        int each = Layout.product(x.shape(), b, b + k);
        int rest = Layout.product(x.shape(), b + k, d.length);
        int count = Layout.product(index.shape(), b, index.shape().rank() - 1);
        var flat = flat(index, d, b, k).reshape(batches, count)
                .add(Tensor.iota(0, Shape.of(batches, 1)).mul(each)).reshape(batches * count);
        var to = new int[index.shape().rank() - 1 + d.length - b - k];
        System.arraycopy(index.shape().dims(), 0, to, 0, index.shape().rank() - 1);
        System.arraycopy(d, b + k, to, index.shape().rank() - 1, d.length - b - k);
        return Tensor.of(new Indexing.Gather(), x.reshape(batches * each, rest), flat).reshape(Shape.of(to));
    }

    private static Tensor scatterElements(Call c) {
        var x = c.x(0);
        int a = c.axis(c.i("axis", 0), x.shape().rank());
        var index = Layout.wrapIndex(c.x(1), x.shape().dim(a));
        var strides = x.shape().strides();
        var s = index.shape();
        var flat = index.mul(strides[a]);
        for (int i = 0; i < s.rank(); i++) {
            if (i != a) {
                flat = flat.add(Tensor.iota(i, s).mul(strides[i]));
            }
        }
        return place(c, x, flat.reshape(s.size()), c.x(2).reshape(s.size(), 1), x.shape().size());
    }

    private static Tensor scatterNd(Call c) {
        var x = c.x(0);
        var index = c.x(1);
        int k = index.shape().dim(-1);
        int rows = Layout.product(x.shape(), 0, k);
        int rest = x.shape().rank() == k ? 1 : Layout.product(x.shape(), k, x.shape().rank());
        int count = Layout.product(index.shape(), 0, index.shape().rank() - 1);
        var flat = flat(index, x.shape().dims(), 0, k).reshape(count);
        return place(c, x, flat, c.x(2).reshape(count, rest), rows);
    }

    /// Rows of `source` put into, or combined with, rows of x.
    private static Tensor place(Call c, Tensor x, Tensor index, Tensor source, int rows) {
        var old = x.reshape(rows, rows == 0 ? 0 : x.shape().size() / rows);
        if (index.shape().size() == 0) {
            return x;
        }
        var how = c.s("reduction", "none");
        Tensor y = switch (how) {
            case "none" -> {
                var placed = Tensor.of(new Indexing.ScatterSet(rows), source.cast(x.dtype()), index);
                var hit = Tensor.of(new Indexing.ScatterSet(rows),
                        Tensor.full(DType.BOOL, 1, Shape.of(index.shape().size(), 1)), index);
                yield hit.broadcast(old.shape()).where(placed, old);
            }
            case "add" -> old.add(Tensor.of(new Indexing.ScatterAdd(rows), source.cast(x.dtype()), index));
            case "mul", "max", "min" -> repeated(c, old, index, source.cast(x.dtype()), how);
            default -> throw c.unsupported("reduction " + how, "none, add, mul, max or min");
        };
        return y.reshape(x.shape());
    }

    /// Rounds of distinct rows, one for each repetition of an index; indices must be known for that.
    private static Tensor repeated(Call c, Tensor old, Tensor index, Tensor source, String how) {
        var at = c.session().host(new Value.Of(index, OnnxType.INT32, null, false), c.label()).toIntArray();
        var used = new java.util.HashMap<Integer, Integer>();
        var round = new int[at.length];
        int rounds = 0;
        for (int i = 0; i < at.length; i++) {
            round[i] = used.merge(at[i], 1, Integer::sum) - 1;
            rounds = Math.max(rounds, round[i] + 1);
        }
        var y = old;
        for (int r = 0; r < rounds; r++) {
            int now = r;
            var which = java.util.stream.IntStream.range(0, at.length).filter(i -> round[i] == now).toArray();
            var rows = Tensor.of(HostTensor.of(Arrays.stream(which).map(i -> at[i]).toArray(), which.length));
            var part = source.take(0, Tensor.of(HostTensor.of(which, which.length)));
            var before = Tensor.of(new Indexing.Gather(), y, rows);
            var now2 = switch (how) {
                case "mul" -> before.mul(part);
                case "max" -> before.maximum(part);
                default -> before.minimum(part);
            };
            var placed = Tensor.of(new Indexing.ScatterSet(old.shape().dim(0)), now2, rows);
            var hit = Tensor.of(new Indexing.ScatterSet(old.shape().dim(0)),
                    Tensor.full(DType.BOOL, 1, Shape.of(which.length, 1)), rows);
            y = hit.broadcast(y.shape()).where(placed, y);
        }
        return y;
    }

    /// A cache [B, .., S, ..] with an update [B, .., U, ..] written at each sequence's place along `axis`, around its end if circular.
    private static Tensor tensorScatter(Call c) {
        var x = c.x(0);
        var u = c.x(1);
        int a = c.axis(c.i("axis", -2), x.shape().rank());
        boolean circular = c.s("mode", "linear").equals("circular");
        int n = x.shape().dim(a);
        var start = c.has(2) ? c.x(2).cast(DType.I32) : Tensor.full(DType.I32, 0, Shape.of(x.shape().dim(0)));
        var place = Tensor.iota(a, u.shape()).add(Layout.alongAxis(start, 0, u.shape().rank()));
        return x.scatter(a, circular ? place.mod(n) : place, u);
    }

    private static List<Value> topK(Call c) {
        var x = c.x(0);
        int a = c.axis(c.i("axis", -1), x.shape().rank());
        int k = c.version() < 10 ? (int) c.i("k", 1) : (int) c.longs(1)[0];
        if (k < 0 || k > x.shape().dim(a)) {
            throw c.fail("k " + k + " for an extent of " + x.shape().dim(a), "no more than there are");
        }
        boolean largest = c.i("largest", 1) != 0;
        var key = ElementwiseRules.ordered(x, c.type(0));
        var i = key.argsort(a, largest).slice(a, 0, k);
        return List.of(c.like(0, x.gather(a, i)), c.int64(i));
    }

    private static Tensor cumSum(Call c) {
        int a = c.axis(c.longs(1)[0], c.x(0).shape().rank());
        return c.x(0).cumsum(a, c.flag("exclusive"), c.flag("reverse"));
    }

    private static Tensor cumProd(Call c) {
        var x = c.x(0);
        int a = c.axis(c.longs(1)[0], x.shape().rank());
        int n = x.shape().dim(a);
        x = c.flag("reverse") ? x.flip(a) : x;
        if (c.flag("exclusive") && n > 0) {
            var one = Tensor.full(x.dtype(), 1, x.shape().with(a, 1));
            x = Tensor.concat(a, one, x.slice(a, 0, n - 1));
        }
        var y = x.cumprod(a);
        return c.flag("reverse") ? y.flip(a) : y;
    }

    private static Tensor trilu(Call c) {
        var x = c.x(0);
        boolean upper = c.i("upper", 1) != 0;
        if (!c.has(1)) {
            return upper ? x.triu(0) : x.tril(0);
        }
        var row = Tensor.iota(-2, x.shape()).cast(DType.I64).add(c.x(1).reshape(Shape.scalar()));
        var column = Tensor.iota(-1, x.shape()).cast(DType.I64);
        return (upper ? row.le(column) : row.ge(column)).where(x, x.zerosLike());
    }

    private static Value oneHot(Call c) {
        var index = c.x(0);
        int depth = (int) c.longs(1)[0];
        int rank = index.shape().rank() + 1;
        int a = c.axis(c.i("axis", -1), rank);
        var values = c.x(2);
        var i = index.cast(DType.I64);
        i = i.lt(0).where(i.add(depth), i).insertAxis(a);
        var hot = Tensor.iota(a, index.shape().insert(a, depth)).cast(DType.I64).eq(i);
        return c.like(2, hot.where(values.slice(0, 1, 1).reshape(Shape.scalar()),
                values.slice(0, 0, 1).reshape(Shape.scalar())));
    }
}
