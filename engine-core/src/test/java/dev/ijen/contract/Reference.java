package dev.ijen.contract;

import dev.ijen.tensor.Attention;
import dev.ijen.tensor.Cell;
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
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Windowed;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// The oracle: evaluates an expression one operation after the other with plain loops over doubles and longs, and rounds
/// each result to its element type. Shares no code with any backend; slow on purpose.
final class Reference {
    private final List<Value> arguments;
    private final Map<Cell, Value> cells;
    private final IdentityHashMap<Tensor, Value> known = new IdentityHashMap<>();

    private Reference(List<Value> arguments, Map<Cell, Value> cells) {
        this.arguments = arguments;
        this.cells = cells;
    }

    /// The value of an expression without arguments.
    static Value evaluate(Tensor t) {
        return evaluate(List.of(t), List.of(), Map.of()).getFirst();
    }

    /// Values of expressions of the step's arguments and of cells.
    static List<Value> evaluate(List<Tensor> roots, List<Value> arguments, Map<Cell, Value> cells) {
        var r = new Reference(arguments, cells);
        for (var t : Tensor.topological(roots)) {
            r.known.put(t, r.compute(t));
        }
        return roots.stream().map(r.known::get).toList();
    }

    /// The value of an expression of others whose values are known.
    static Value extend(Tensor t, List<Tensor> others, List<Value> values) {
        var r = new Reference(List.of(), Map.of());
        for (int i = 0; i < others.size(); i++) {
            r.known.put(others.get(i), values.get(i));
        }
        for (var n : Tensor.topological(List.of(t))) {
            if (!r.known.containsKey(n)) {
                r.known.put(n, r.compute(n));
            }
        }
        return r.known.get(t);
    }

    private Value compute(Tensor t) {
        var in = new Value[t.arity()];
        for (int i = 0; i < in.length; i++) {
            in[i] = known.get(t.input(i));
        }
        var y = switch (t.op()) {
            case Leaf l -> leaf(l, in);
            case Elementwise e -> RefElementwise.of(e, t, in);
            case Movement m -> RefMovement.of(m, t, in);
            case Reduction r -> RefReduction.of(r, t, in);
            case Contraction.MatMul m -> RefProduct.matmul(m, t, in[0], in[1]);
            case Windowed w -> RefWindow.of(w, t, in);
            case Rowwise r -> RefRow.of(r, t, in);
            case Attention a -> RefAttention.of(a, t, in);
            case Indexing i -> RefIndex.of(i, t, in);
            case Recurrence r -> RefRecurrence.of(r, t, in);
            case Control.Barrier b -> in[0];
            case Control.Checkpoint c -> in[0];
            case Control.Detach d -> in[0];
        };
        if (y.dtype() != t.dtype() || !y.shape().equals(t.shape())) {
            throw new IllegalStateException(t + " is " + y.dtype() + y.shape() + " in the reference");
        }
        return y;
    }

    private Value leaf(Leaf leaf, Value[] in) {
        return switch (leaf) {
            case Leaf.Input i -> arguments.get(i.slot());
            case Leaf.Read r -> cells.get(r.cell());
            case Leaf.Literal l -> Value.of(l.data());
            case Leaf.Const c -> {
                var v = Value.blank(c.type(), c.extents());
                for (int i = 0; i < c.extents().size(); i++) {
                    if (v.real() != null) {
                        v.real()[i] = c.real();
                    } else {
                        v.whole()[i] = c.whole();
                    }
                }
                yield v;
            }
            case Leaf.Iota i -> {
                var v = Value.blank(DType.I32, i.extents());
                for (int k = 0; k < i.extents().size(); k++) {
                    v.whole()[k] = Points.at(i.extents(), k)[i.axis()];
                }
                yield v;
            }
            case Leaf.RandomBits r -> {
                var v = Value.blank(DType.I32, r.extents());
                for (int k = 0; k < r.extents().size(); k++) {
                    v.whole()[k] = RefPhilox.word(in[0].whole()[0], in[0].whole()[1], r.stream(), k);
                }
                yield v;
            }
        };
    }
}
