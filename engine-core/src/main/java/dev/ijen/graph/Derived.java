package dev.ijen.graph;

import dev.ijen.tensor.Attention;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.Control;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Op;
import dev.ijen.tensor.Recurrence;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Rowwise;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Windowed;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/// Tensors that are a few operations away from one that is kept: sums and products of it with something much smaller (a bias, a
/// mean, a scale) or with such another one, and conversions of it from F16 or BF16. Loops that need them compute them again from
/// that one tensor, which is no more to read, instead of each being kept.
///
/// Such a tensor of F16 or BF16 is not rounded then, as nothing is within a loop. So it must not be compared with what was: it is kept if anything but
/// arithmetic reads it.
final class Derived {
    /// The most operations from the tensor that is kept.
    private static final int MAX_STEPS = 5;

    private final Set<Tensor> real;
    private final Set<Cell> written;
    private final Set<Tensor> compared;

    private record Origin(Tensor source, int steps) {}

    private final Map<Tensor, Origin> known = new IdentityHashMap<>();

    /// @param real tensors that have memory
    /// @param written cells that the program gives a new value
    /// @param compared tensors that something else reads than [#arithmetic]
    Derived(Set<Tensor> real, Set<Cell> written, Set<Tensor> compared) {
        this.real = real;
        this.written = written;
        this.compared = compared;
    }

    /// True for an operation whose result changes little where its inputs do. A kernel of its own reads what is kept.
    static boolean arithmetic(Op op) {
        return switch (op) {
            case Elementwise.Unary(var f) -> switch (f) {
                case NEG, ABS, RECIP, SQRT, EXP, EXPM1, LOG, LOG1P, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH, TANH,
                        SIGMOID,
                        ERF, RELU ->
                        true;
                case SIGN, FLOOR, CEIL, ROUND, NOT -> false;
            };
            case Elementwise.Binary(var f) ->
                    f == BinaryFn.ADD || f == BinaryFn.SUB || f == BinaryFn.MUL || f == BinaryFn.DIV;
            case Elementwise.Cast(var to) -> to == DType.F32 || half(to);
            case Elementwise.Select s -> true;
            case Reduction.Reduce r -> r.fold() == Reduction.Fold.SUM;
            case Reduction r -> false;
            case Contraction c -> true;
            case Windowed w -> true;
            case Rowwise r -> true;
            case Attention a -> true;
            case Recurrence r -> true;
            case Indexing i -> false;
            case Movement m -> false;
            case Control c -> false;
            case Leaf l -> false;
        };
    }

    /// A conversion between F32 and a short real type.
    static boolean conversion(Tensor t) {
        return t.op() instanceof Elementwise.Cast(var to)
                && (half(to) && t.input(0).dtype() == DType.F32 || to == DType.F32 && half(t.input(0).dtype()));
    }

    static boolean half(DType t) {
        return t == DType.F16 || t == DType.BF16;
    }

    /// Remembers `t` if it is such a tensor.
    boolean take(Tensor t) {
        var origin = origin(t);
        if (origin == null || origin.steps > MAX_STEPS) {
            return false;
        }
        known.put(t, origin);
        return true;
    }

    private Origin origin(Tensor t) {
        if (half(t.dtype()) ? compared.contains(t) : t.dtype() != DType.F32 && t.dtype() != DType.F64) {
            return null;
        }
        if (conversion(t) && t.dtype() == DType.F32) {
            return new Origin(t.input(0), 1);
        }
        boolean simple = t.op() instanceof Elementwise.Binary(var f)
                && (f == BinaryFn.ADD || f == BinaryFn.SUB || f == BinaryFn.MUL);
        if (!simple) {
            return null;
        }
        var a = operand(t.input(0));
        var b = operand(t.input(1));
        if (a != null && b != null) {
            return a.source == b.source ? new Origin(a.source, Math.max(a.steps, b.steps) + 1) : null;
        }
        var one = a == null ? b : a;
        var other = a == null ? t.input(0) : t.input(1);
        return one != null && small(other) ? new Origin(one.source, one.steps + 1) : null;
    }

    /// Where an operand comes from. What a cell holds is not relied on if it is overwritten in time.
    private Origin operand(Tensor x) {
        var o = known.get(x);
        boolean kept = real.contains(x) && !(x.op() instanceof Leaf.Read(var cell) && written.contains(cell));
        if (o == null && !kept && x.op() instanceof Movement.Reshape && Fuse.ones(x.shape(), x.input(0).shape())) {
            return operand(x.input(0));
        }
        return kept ? new Origin(x, 0) : o;
    }

    private static boolean small(Tensor t) {
        return t.op() instanceof Leaf.Const
                || t.op() instanceof Movement.Broadcast
                        && (t.input(0).shape().size() == 1 || t.input(0).shape().size() * 8L <= t.shape().size());
    }

    boolean has(Tensor t) {
        return known.containsKey(t);
    }

    /// The kept tensor that `t` comes from.
    Tensor source(Tensor t) {
        return known.get(t).source;
    }
}
