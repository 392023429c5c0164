package dev.ijen.onnx;

import static dev.ijen.onnx.GraphWriter.a;

import dev.ijen.tensor.Attention;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.Control;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Op;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Rowwise;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Windowed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The operations of a traced graph as nodes.
final class OpExport {
    private final GraphWriter out;
    private final Function<Cell, String> cells;
    private final Tensor input;
    private final String inputName;
    private final Map<Tensor, String> names = new IdentityHashMap<>();
    private final WindowExport windows;
    private final ElementwiseExport elementwise;
    private final MovementExport movement;

    OpExport(GraphWriter out, Function<Cell, String> cells, Tensor input, String inputName) {
        this.out = out;
        this.cells = cells;
        this.input = input;
        this.inputName = inputName;
        this.windows = new WindowExport(this, out);
        this.elementwise = new ElementwiseExport(this, out, windows);
        this.movement = new MovementExport(this, out, inputName);
    }

    /// The name of a tensor, whose nodes are written first.
    String of(Tensor root) {
        for (var t : Tensor.topological(List.of(root))) {
            if (!lazy(t.op())) {
                name(t);
            }
        }
        return name(root);
    }

    /// Written only where somebody needs the tensor itself.
    private static boolean lazy(Op op) {
        return op instanceof Windowed.SumPool || op instanceof Movement.Broadcast || op instanceof Leaf
                || op instanceof Movement.Permute;
    }

    String name(Tensor t) {
        var known = names.get(t);
        if (known == null) {
            known = t == input ? inputName : write(t);
            names.put(t, known);
        }
        return known;
    }

    String in(Tensor t, int i) {
        return name(t.input(i));
    }

    private String write(Tensor t) {
        return switch (t.op()) {
            case Leaf.Read(var cell) -> cells.apply(cell);
            case Leaf.Literal l -> out.constant(l.data());
            case Leaf.Const c -> movement.expanded(scalar(c), t.shape(), Shape.scalar());
            case Leaf.Iota i -> movement.iota(i);
            case Leaf other -> throw unsupported(t);
            case Elementwise.Unary u -> elementwise.unary(t, u);
            case Elementwise.Binary b -> elementwise.binary(t, b);
            case Elementwise.Select s -> out.node("Where", elementwise.operands(t));
            case Elementwise.Cast c -> out.node("Cast", List.of(in(t, 0)), a("to", OnnxType.of(c.to()).code()));
            case Movement.Broadcast b -> movement.expanded(in(t, 0), b.to(), t.input(0).shape());
            case Movement.Reshape r -> movement.reshape(t, r.to());
            case Movement.Permute p -> windows.permute(t, p);
            case Movement.Slice s -> movement.slice(t, s);
            case Movement.Place p -> movement.place(t, p);
            case Movement.Concat c -> out.node("Concat", operandsOf(t), a("axis", c.axis()));
            case Reduction.Reduce r -> out.node(switch (r.fold()) {
                case SUM -> "ReduceSum";
                case MAX -> "ReduceMax";
                case MIN -> "ReduceMin";
            }, List.of(in(t, 0), out.longs(bits(r.axes()))));
            case Reduction.CumSum c -> out.node("CumSum",
                    List.of(in(t, 0), out.constant(HostTensor.of(new long[] {c.axis()}))),
                    a("exclusive", c.exclusive() ? 1 : 0), a("reverse", c.reverse() ? 1 : 0));
            case Reduction.ArgReduce r -> out.node("Cast",
                    List.of(out.node(r.greatest() ? "ArgMax" : "ArgMin", List.of(in(t, 0)), a("axis", r.axis()))),
                    a("to", OnnxType.INT32.code()));
            case Reduction other -> throw unsupported(t);
            case Contraction.MatMul m -> matMul(t, m);
            case Windowed.Conv c -> windows.conv(t, c);
            case Windowed.MaxPool p -> windows.windowed(t, "MaxPool", p.window());
            case Windowed.SumPool p -> windows.sumPool(t, p.window());
            case Windowed other -> throw unsupported(t);
            case Rowwise.Softmax s -> out.node(s.log() ? "LogSoftmax" : "Softmax", List.of(in(t, 0)), a("axis", -1));
            case Rowwise other -> throw unsupported(t);
            case Attention.Out o -> attention(t, o);
            case Attention other -> throw unsupported(t);
            case Indexing.Gather g -> out.node("Gather", operandsOf(t), a("axis", 0));
            case Indexing other -> throw unsupported(t);
            case dev.ijen.tensor.Recurrence r -> throw unsupported(t);
            case Control c -> in(t, 0);
        };
    }

    static IjenException unsupported(Tensor t) {
        return new IjenException("export: ONNX has no counterpart", t.toString(), "operations of layers in use",
                "take this layer out, or compose it of others");
    }

    List<String> operandsOf(Tensor t) {
        var l = new ArrayList<String>();
        for (int i = 0; i < t.arity(); i++) {
            l.add(in(t, i));
        }
        return l;
    }

    private static long[] bits(int axes) {
        return java.util.stream.LongStream.range(0, 32).filter(i -> (axes >> i & 1) == 1).toArray();
    }

    String scalar(Leaf.Const c) {
        return out.constant(c.type() == DType.I64
                ? HostTensor.of(new long[] {c.whole()})
                : HostTensor.of(c.type(), new double[] {c.value()}));
    }

    private String matMul(Tensor t, Contraction.MatMul m) {
        int rank = t.shape().rank();
        if (rank == 2) {
            return out.node("Gemm", operandsOf(t), a("transA", m.ta() ? 1 : 0), a("transB", m.tb() ? 1 : 0));
        }
        return out.node("MatMul", List.of(turned(in(t, 0), m.ta(), rank), turned(in(t, 1), m.tb(), rank)));
    }

    private String turned(String x, boolean turn, int rank) {
        if (!turn) {
            return x;
        }
        var o = new int[rank];
        Arrays.setAll(o, i -> i < rank - 2 ? i : 2 * rank - 3 - i);
        return out.node("Transpose", List.of(x), a("perm", o));
    }

    /// q, k, v [N, T, H, D]; ONNX has the heads before the steps.
    private String attention(Tensor t, Attention.Out o) {
        out.needs(23);
        var x = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            x.add(out.node("Transpose", List.of(in(t, i)), a("perm", new int[] {0, 2, 1, 3})));
        }
        if (t.arity() > 3) {
            x.add(seen(in(t, 3), t.input(0).shape().dim(1), t.input(1).shape().dim(1)));
        }
        var y = out.node("Attention", x, a("is_causal", o.spec().causal() ? 1 : 0),
                a("scale", (float) o.spec().scale()));
        return out.node("Transpose", List.of(y), a("perm", new int[] {0, 2, 1, 3}));
    }

    /// Which keys each query sees, BOOL [N, 1, Tq, Tk]: those before its sequence's length.
    private String seen(String lengths, int queries, int keys) {
        var each = out.node("Reshape", List.of(lengths, out.longs(new long[] {-1, 1, 1, 1})));
        var places = new int[keys];
        Arrays.setAll(places, i -> i);
        var before = out.node("Less", List.of(out.constant(HostTensor.of(places, 1, 1, 1, keys)), each));
        return out.node("Expand", List.of(before, out.longs(new long[] {1, 1, queries, keys})));
    }
}
