package dev.ijen.graph;

import dev.ijen.tensor.Attention;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.Control;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Recurrence;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Rowwise;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.UnaryFn;
import dev.ijen.tensor.Windowed;
import java.util.ArrayList;
import java.util.List;

/// Rewrite rules. Each gives an equal, simpler tensor or the same one. Rules that would change a result's bits are left out
/// (x / 3 is not x · ⅓; x · 0 is not 0 for NaN); identities that only differ in the sign of zero are kept.
final class Rules {
    private final Simplify s;
    private final PermuteRules permutes;

    Rules(Simplify s) {
        this.s = s;
        this.permutes = new PermuteRules(s);
    }

    Tensor rewrite(Tensor t) {
        var r = local(t);
        return r != t ? r : permutes.outward(t);
    }

    private Tensor local(Tensor t) {
        return switch (t.op()) {
            case Leaf leaf -> t;
            case Elementwise e -> elementwise(t, e);
            case Movement m -> movement(t, m);
            case Reduction.Reduce r -> reduce(t, r);
            case Contraction.MatMul m -> matmul(t, m);
            case Control.Checkpoint c -> t.input(0);
            case Control.Detach d -> t.input(0);
            case Control.Barrier b -> t;
            case Reduction.CumSum c -> t;
            case Reduction.ArgReduce a -> t;
            case Reduction.ArgSort a -> t;
            case Windowed w -> t;
            case Rowwise r -> t;
            case Attention a -> t;
            case Indexing i -> t;
            case Recurrence r -> t;
        };
    }

    private Tensor elementwise(Tensor t, Elementwise e) {
        var a = t.input(0);
        return switch (e) {
            case Elementwise.Unary(var f) -> {
                if (constant(a) != null && a.dtype().isFloat()) {
                    yield full(t, f.at(constant(a).value()));
                }
                yield f == UnaryFn.NEG && a.op() instanceof Elementwise.Unary(var g) && g == UnaryFn.NEG ? a.input(0)
                        : t;
            }
            case Elementwise.Binary(var f) -> binary(t, f);
            case Elementwise.Select c -> constant(a) == null ? t : constant(a).value() != 0 ? t.input(1) : t.input(2);
            case Elementwise.Cast(var to) -> {
                if (a.dtype() == to) {
                    yield a;
                }
                if (constant(a) != null) {
                    yield castConstant(t, constant(a), to);
                }
                if (a.op() instanceof Movement.Broadcast b && Derived.conversion(t)) {
                    yield s.make(b, s.make(e, a.input(0)));
                }
                // there and back through a wider real type
                yield a.op() instanceof Elementwise.Cast(var via)
                        && a.input(0).dtype() == to
                        && to.isFloat()
                        && via.isFloat()
                        && via != to
                        && DType.promote(via, to) == via
                                ? a.input(0)
                                : t;
            }
        };
    }

    private Tensor castConstant(Tensor t, Leaf.Const c, DType to) {
        double v = c.value();
        // what Java's casts do at the limits is what kernels do, too, but only checked for values that fit
        boolean safe = to.isFloat() ? c.type() != DType.I64 || Math.abs(v) < 0x1p53
                : Math.abs(v) <= 127 && v == Math.rint(v) && (v >= 0 || to != DType.U8);
        return safe ? s.make(Tensor.full(to, v, t.shape()).op()) : t;
    }

    private Tensor binary(Tensor t, BinaryFn f) {
        Tensor a = t.input(0);
        Tensor b = t.input(1);
        if (constant(a) != null && constant(b) != null) {
            if (a.dtype().isFloat()) {
                return full(t, f.at(constant(a).value(), constant(b).value()));
            }
            if (a.dtype() == DType.I32 && !f.bitwise()) {
                long v = f.at(constant(a).whole(), constant(b).whole());
                return v == (int) v ? full(t, v) : t;
            }
            return t;
        }
        var joined = f == BinaryFn.ADD ? PartSums.join(s, a, b) : null;
        if (joined != null) {
            return joined;
        }
        return switch (f) {
            case ADD -> is(a, 0) ? b : is(b, 0) ? a : negated(b) ? s.make(sub(), a, b.input(0))
                    : negated(a) ? s.make(sub(), b, a.input(0)) : t;
            case SUB -> is(b, 0) ? a : is(a, 0) && t.dtype().isFloat() ? neg(b)
                    : negated(b) ? s.make(add(), a, b.input(0)) : t;
            case MUL -> is(a, 1) ? b : is(b, 1) ? a : is(b, -1) ? neg(a) : is(a, -1) ? neg(b) : t;
            case DIV -> is(b, 1) ? a
                    : powerOfTwo(b) ? s.make(new Elementwise.Binary(BinaryFn.MUL), a, full(b, 1 / constant(b).value()))
                    : t;
            case MOD, POW, ATAN2, MAX, MIN, AND, OR, XOR, SHL, SHR, EQ, NE, LT, LE, GT, GE -> t;
        };
    }

    private static Elementwise.Binary sub() {
        return new Elementwise.Binary(BinaryFn.SUB);
    }

    private static Elementwise.Binary add() {
        return new Elementwise.Binary(BinaryFn.ADD);
    }

    private Tensor neg(Tensor t) {
        return s.make(new Elementwise.Unary(UnaryFn.NEG), t);
    }

    private static boolean negated(Tensor t) {
        return t.op() instanceof Elementwise.Unary(var f) && f == UnaryFn.NEG;
    }

    private static boolean powerOfTwo(Tensor t) {
        var c = constant(t);
        if (c == null || !c.type().isFloat()) {
            return false;
        }
        double v = Math.abs(c.value());
        return v >= 0x1p-14 && v <= 0x1p14 && Math.scalb(1.0, Math.getExponent(v)) == v;
    }

    private Tensor movement(Tensor t, Movement m) {
        var x = t.input(0);
        if (constant(x) != null && !(m instanceof Movement.Place) && !(m instanceof Movement.Concat)) {
            return full(t, constant(x).type() == DType.I64 ? constant(x).whole() : constant(x).value());
        }
        return switch (m) {
            case Movement.Broadcast b -> x.shape().equals(t.shape())
                    ? x
                    : x.op() instanceof Movement.Broadcast ? s.make(b, x.input(0)) : t;
            case Movement.Reshape r -> x.shape().equals(t.shape())
                    ? x
                    : x.op() instanceof Movement.Reshape ? s.make(r, x.input(0)) : t;
            case Movement.Permute(var order) -> permute(t, x, order);
            case Movement.Slice c -> x.shape().equals(t.shape()) && forward(c.step())
                    ? x
                    : x.op() instanceof Movement.Slice d ? slices(c, d, x.input(0)) : t;
            case Movement.Place p -> x.shape().equals(t.shape()) && forward(p.step()) ? x : t;
            case Movement.Concat c -> t;
        };
    }

    private static boolean forward(List<Integer> steps) {
        return steps.stream().allMatch(i -> i > 0);
    }

    private Tensor permute(Tensor t, Tensor x, List<Integer> order) {
        if (x.op() instanceof Movement.Permute(var first)) {
            return s.make(new Movement.Permute(order.stream().map(first::get).toList()), x.input(0));
        }
        // axes of extent 1 may go anywhere: then the bytes stay where they are
        int last = -1;
        for (int a : order) {
            if (x.shape().dim(a) != 1) {
                if (a < last) {
                    return t;
                }
                last = a;
            }
        }
        return t.shape().equals(x.shape()) ? x : s.make(new Movement.Reshape(t.shape()), x);
    }

    private Tensor slices(Movement.Slice outer, Movement.Slice inner, Tensor x) {
        var start = new ArrayList<Integer>();
        var step = new ArrayList<Integer>();
        for (int i = 0; i < outer.start().size(); i++) {
            start.add(inner.start().get(i) + outer.start().get(i) * inner.step().get(i));
            step.add(outer.step().get(i) * inner.step().get(i));
        }
        return s.make(new Movement.Slice(List.copyOf(start), outer.length(), List.copyOf(step)), x);
    }

    private static Tensor reduce(Tensor t, Reduction.Reduce r) {
        var x = t.input(0);
        if (t.shape().equals(x.shape())) {
            return x;
        }
        var c = constant(x);
        if (c == null || t.shape().size() == 0) {
            return t;
        }
        int n = x.shape().size() / t.shape().size();
        return switch (r.fold()) {
            case SUM -> t.dtype().isFloat() ? full(t, c.value() * n) : t;
            case MAX, MIN -> full(t, c.type() == DType.I64 ? c.whole() : c.value());
        };
    }

    private Tensor matmul(Tensor t, Contraction.MatMul m) {
        if (flips(t.input(0))) {
            return s.make(new Contraction.MatMul(!m.ta(), m.tb()), t.input(0).input(0), t.input(1));
        }
        if (flips(t.input(1))) {
            return s.make(new Contraction.MatMul(m.ta(), !m.tb()), t.input(0), t.input(1).input(0));
        }
        return t;
    }

    /// A permutation that only exchanges the last two axes.
    private static boolean flips(Tensor t) {
        if (!(t.op() instanceof Movement.Permute(var p))) {
            return false;
        }
        int r = p.size();
        for (int i = 0; i < r - 2; i++) {
            if (p.get(i) != i) {
                return false;
            }
        }
        return p.get(r - 1) == r - 2;
    }

    static Leaf.Const constant(Tensor t) {
        return t.op() instanceof Leaf.Const c ? c : null;
    }

    private static boolean is(Tensor t, double v) {
        var c = constant(t);
        return c != null && c.value() == v;
    }

    private Tensor full(Tensor like, long v) {
        return s.make(new Leaf.Const(like.dtype(), 0, v, like.shape()));
    }

    static Tensor full(Tensor like, double v) {
        return full(like.dtype(), v, like.shape());
    }

    static Tensor full(DType type, double v, Shape shape) {
        boolean half = type == DType.F16 || type == DType.BF16;
        // arithmetic on the short types is done in F32, and so are their constants
        return half ? Tensor.of(new Leaf.Const(type, (float) v, 0, shape)) : Tensor.full(type, v, shape);
    }
}
