package dev.ijen.onnx;

import static dev.ijen.onnx.HostMath.at;
import static dev.ijen.onnx.HostMath.whole;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Op;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Values of small expressions of constants, on the host and without compiling: what models compute from shapes. Plain loops, one
/// operation at a time.
final class Fold {
    /// Larger results are left to the engine.
    static final int MAX_SIZE = 1 << 14;

    private final Map<Tensor, HostTensor> values = new IdentityHashMap<>();

    private Fold() {}

    /// The values, or empty if they do not follow from constants, are many, or need an operation that is not folded here.
    static Optional<HostTensor> of(Tensor root) {
        var f = new Fold();
        for (var t : Tensor.topological(List.of(root))) {
            if (t.shape().size() > MAX_SIZE && !(t.op() instanceof Leaf.Literal)) {
                return Optional.empty();
            }
            var v = f.value(t);
            if (v == null) {
                return Optional.empty();
            }
            f.values.put(t, v);
        }
        return Optional.of(f.values.get(root));
    }

    private HostTensor in(Tensor t, int i) {
        return values.get(t.input(i));
    }

    private HostTensor value(Tensor t) {
        return switch (t.op()) {
            case Leaf.Literal l -> l.data();
            case Leaf.Const c -> constant(c);
            case Leaf.Iota i -> iota(i);
            case Elementwise.Unary u -> unary(t, u);
            case Elementwise.Binary b -> binary(t, b);
            case Elementwise.Select s -> select(t);
            case Elementwise.Cast c -> HostMath.cast(in(t, 0), c.to());
            case Movement.Broadcast b -> HostMath.broadcast(in(t, 0), b.to());
            case Movement.Reshape r -> in(t, 0).reshape(r.to().dims());
            case Movement.Permute p -> permute(t, p);
            case Movement.Slice s -> slice(t, s);
            case Movement.Place p -> place(t, p);
            case Movement.Concat c -> concat(t, c);
            case Reduction.Reduce r -> reduce(t, r);
            case Indexing.Gather g -> gather(t);
            case Op other -> null;
        };
    }

    private static HostTensor constant(Leaf.Const c) {
        var h = HostTensor.zeros(c.type(), c.extents());
        for (int i = 0; i < c.extents().size(); i++) {
            if (c.type() == DType.I64) {
                HostMath.put(h, i, c.whole());
            } else {
                h.set(i, c.value());
            }
        }
        return h;
    }

    private static HostTensor iota(Leaf.Iota i) {
        var s = i.extents();
        var h = HostTensor.zeros(DType.I32, s);
        int stride = s.strides()[i.axis()];
        for (int k = 0; k < s.size(); k++) {
            h.set(k, k / stride % s.dim(i.axis()));
        }
        return h;
    }

    private HostTensor unary(Tensor t, Elementwise.Unary u) {
        var x = in(t, 0);
        var h = HostTensor.zeros(t.dtype(), t.shape());
        for (int i = 0; i < t.shape().size(); i++) {
            if (t.dtype() == DType.I64) {
                long v = x.getLong(i);
                HostMath.put(h, i, switch (u.f()) {
                    case NEG -> -v;
                    case ABS -> Math.abs(v);
                    case SIGN -> Long.signum(v);
                    case RELU -> Math.max(v, 0);
                    case NOT -> v == 0 ? 1 : 0;
                    default -> throw new IllegalStateException(u.f() + " of whole numbers");
                });
            } else {
                h.set(i, u.f().at(x.get(i)));
            }
        }
        return h;
    }

    private HostTensor binary(Tensor t, Elementwise.Binary b) {
        var x = in(t, 0);
        var y = in(t, 1);
        var h = HostTensor.zeros(t.dtype(), t.shape());
        boolean whole = !x.dtype().isFloat();
        boolean narrow = x.dtype().compute() == DType.I32;
        for (int i = 0; i < t.shape().size(); i++) {
            if (whole) {
                long p = x.getLong(i);
                long q = y.getLong(i);
                HostMath.put(h, i, narrow && b.f() == dev.ijen.tensor.BinaryFn.SHR
                        ? (int) p >>> (int) q
                        : b.f().at(p, q));
            } else {
                h.set(i, x.dtype() == DType.F64 ? b.f().at(x.get(i), y.get(i)) : (float) b.f().at(x.get(i), y.get(i)));
            }
        }
        return h;
    }

    private HostTensor select(Tensor t) {
        var c = in(t, 0);
        var h = HostTensor.zeros(t.dtype(), t.shape());
        for (int i = 0; i < t.shape().size(); i++) {
            HostMath.copy(c.get(i) != 0 ? in(t, 1) : in(t, 2), i, h, i);
        }
        return h;
    }

    private HostTensor permute(Tensor t, Movement.Permute p) {
        var x = in(t, 0);
        var strides = x.shape().strides();
        var by = new int[strides.length];
        for (int i = 0; i < by.length; i++) {
            by[i] = strides[p.order().get(i)];
        }
        return HostMath.strided(x, t.shape(), 0, by);
    }

    private HostTensor slice(Tensor t, Movement.Slice s) {
        var x = in(t, 0);
        var by = x.shape().strides();
        int start = 0;
        for (int i = 0; i < by.length; i++) {
            start += s.start().get(i) * by[i];
            by[i] *= s.step().get(i);
        }
        return HostMath.strided(x, t.shape(), t.shape().size() == 0 ? 0 : start, by);
    }

    private HostTensor place(Tensor t, Movement.Place p) {
        var x = in(t, 0);
        var h = constant(whole(t.dtype())
                ? new Leaf.Const(t.dtype(), 0, (long) p.fill(), t.shape())
                : new Leaf.Const(t.dtype(), p.fill(), 0, t.shape()));
        var strides = t.shape().strides();
        for (int i = 0; i < x.shape().size(); i++) {
            int to = 0;
            for (int a = x.shape().rank() - 1, rest = i; a >= 0; a--) {
                to += (p.start().get(a) + rest % x.shape().dim(a) * p.step().get(a)) * strides[a];
                rest /= x.shape().dim(a);
            }
            HostMath.copy(x, i, h, to);
        }
        return h;
    }

    private HostTensor concat(Tensor t, Movement.Concat c) {
        var h = HostTensor.zeros(t.dtype(), t.shape());
        int inner = 1;
        for (int a = c.axis() + 1; a < t.shape().rank(); a++) {
            inner *= t.shape().dim(a);
        }
        int row = t.shape().dim(c.axis()) * inner;
        int at = 0;
        for (int k = 0; k < t.arity(); k++) {
            var x = in(t, k);
            int n = x.shape().dim(c.axis()) * inner;
            for (int i = 0; i < x.shape().size(); i++) {
                HostMath.copy(x, i, h, (long) i / n * row + at + i % n);
            }
            at += n;
        }
        return h;
    }

    private HostTensor reduce(Tensor t, Reduction.Reduce r) {
        var x = in(t, 0);
        var h = HostTensor.zeros(t.dtype(), t.shape());
        var to = t.shape().strides();
        var sums = new double[t.shape().size()];
        var wholes = new long[sums.length];
        var seen = new boolean[sums.length];
        for (int i = 0; i < x.shape().size(); i++) {
            int o = 0;
            for (int a = x.shape().rank() - 1, rest = i; a >= 0; a--) {
                o += (r.axes() >> a & 1) == 1 ? 0 : rest % x.shape().dim(a) * to[a];
                rest /= x.shape().dim(a);
            }
            double v = at(x, i);
            long w = whole(t.dtype()) ? x.getLong(i) : 0;
            boolean first = !seen[o];
            seen[o] = true;
            switch (r.fold()) {
                case SUM -> {
                    sums[o] += v;
                    wholes[o] += w;
                }
                case MAX -> {
                    sums[o] = first ? v : Math.max(sums[o], v);
                    wholes[o] = first ? w : Math.max(wholes[o], w);
                }
                case MIN -> {
                    sums[o] = first ? v : Math.min(sums[o], v);
                    wholes[o] = first ? w : Math.min(wholes[o], w);
                }
            }
        }
        for (int o = 0; o < sums.length; o++) {
            if (whole(t.dtype())) {
                HostMath.put(h, o, wholes[o]);
            } else {
                h.set(o, sums[o]);
            }
        }
        return h;
    }

    private HostTensor gather(Tensor t) {
        var table = in(t, 0);
        var index = in(t, 1);
        int d = t.shape().dim(1);
        var h = HostTensor.zeros(t.dtype(), t.shape());
        for (int r = 0; r < t.shape().dim(0); r++) {
            long from = index.getLong(r);
            if (from < 0 || from >= table.shape().dim(0)) {
                return null; // the engine tells which index it was
            }
            for (int i = 0; i < d; i++) {
                HostMath.copy(table, from * d + i, h, (long) r * d + i);
            }
        }
        return h;
    }
}
