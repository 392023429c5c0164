package dev.ijen.onnx;

import static dev.ijen.onnx.GraphWriter.a;

import dev.ijen.tensor.Attention;
import dev.ijen.tensor.BinaryFn;
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
import dev.ijen.tensor.WindowSpec;
import dev.ijen.tensor.Windowed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The operations of a traced graph as nodes. Convolutions and pools, which compute channels last, are written channels first, and the
/// permutations around them left out where they cancel.
final class OpExport {
    private final GraphWriter out;
    private final Function<Cell, String> cells;
    private final Tensor input;
    private final String inputName;
    private final Map<Tensor, String> names = new IdentityHashMap<>();
    /// Results of convolutions and pools as they are written: channels first.
    private final Map<Tensor, String> channelsFirst = new IdentityHashMap<>();
    private String batch;

    OpExport(GraphWriter out, Function<Cell, String> cells, Tensor input, String inputName) {
        this.out = out;
        this.cells = cells;
        this.input = input;
        this.inputName = inputName;
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

    private String name(Tensor t) {
        var known = names.get(t);
        if (known == null) {
            known = t == input ? inputName : write(t);
            names.put(t, known);
        }
        return known;
    }

    private String in(Tensor t, int i) {
        return name(t.input(i));
    }

    private static boolean isBatch(int extent) {
        return extent > 0 && extent % OnnxExport.BATCH == 0;
    }

    private String write(Tensor t) {
        return switch (t.op()) {
            case Leaf.Read(var cell) -> cells.apply(cell);
            case Leaf.Literal l -> out.constant(l.data());
            case Leaf.Const c -> expanded(scalar(c), t.shape(), Shape.scalar());
            case Leaf.Iota i -> iota(i);
            case Leaf other -> throw unsupported(t);
            case Elementwise.Unary u -> unary(t, u);
            case Elementwise.Binary b -> binary(t, b);
            case Elementwise.Select s -> out.node("Where", operands(t));
            case Elementwise.Cast c -> out.node("Cast", List.of(in(t, 0)), a("to", OnnxType.of(c.to()).code()));
            case Movement.Broadcast b -> expanded(in(t, 0), b.to(), t.input(0).shape());
            case Movement.Reshape r -> reshape(t, r.to());
            case Movement.Permute p -> permute(t, p);
            case Movement.Slice s -> slice(t, s);
            case Movement.Place p -> place(t, p);
            case Movement.Concat c -> out.node("Concat", all(t), a("axis", c.axis()));
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
            case Windowed.Conv c -> conv(t, c);
            case Windowed.MaxPool p -> windowed(t, "MaxPool", p.window());
            case Windowed.SumPool p -> sumPool(t, p.window());
            case Windowed other -> throw unsupported(t);
            case Rowwise.Softmax s -> out.node(s.log() ? "LogSoftmax" : "Softmax", List.of(in(t, 0)), a("axis", -1));
            case Rowwise other -> throw unsupported(t);
            case Attention.Out o -> attention(t, o);
            case Attention other -> throw unsupported(t);
            case Indexing.Gather g -> out.node("Gather", all(t), a("axis", 0));
            case Indexing other -> throw unsupported(t);
            case dev.ijen.tensor.Recurrence r -> throw unsupported(t);
            case Control c -> in(t, 0);
        };
    }

    private static IjenException unsupported(Tensor t) {
        return new IjenException("export: ONNX has no counterpart", t.toString(), "operations of layers in use",
                "take this layer out, or compose it of others");
    }

    private List<String> all(Tensor t) {
        var l = new ArrayList<String>();
        for (int i = 0; i < t.arity(); i++) {
            l.add(in(t, i));
        }
        return l;
    }

    private static long[] bits(int axes) {
        return java.util.stream.LongStream.range(0, 32).filter(i -> (axes >> i & 1) == 1).toArray();
    }

    private String scalar(Leaf.Const c) {
        return out.constant(c.type() == DType.I64
                ? HostTensor.of(new long[] {c.whole()})
                : HostTensor.of(c.type(), new double[] {c.value()}));
    }

    /// Operands of an elementwise operation; ONNX broadcasts by itself where the rest gives the shape.
    private List<String> operands(Tensor t) {
        var plain = new Tensor[t.arity()];
        var shape = Shape.scalar();
        for (int i = 0; i < plain.length; i++) {
            plain[i] = t.input(i).op() instanceof Movement.Broadcast ? t.input(i).input(0) : t.input(i);
            shape = plain[i].op() instanceof Leaf.Const ? shape : Shape.broadcast("export", shape, plain[i].shape());
        }
        boolean enough = shape.equals(t.shape());
        var l = new ArrayList<String>();
        for (int i = 0; i < plain.length; i++) {
            l.add(!enough ? in(t, i) : plain[i].op() instanceof Leaf.Const c ? scalar(c) : name(plain[i]));
        }
        return l;
    }

    /// Repeated to a shape, in which the batch is that of the input.
    private String expanded(String name, Shape to, Shape from) {
        if (to.equals(from)) {
            return name;
        }
        var d = new long[to.rank()];
        boolean open = false;
        int lead = to.rank() - from.rank();
        for (int i = 0; i < d.length; i++) {
            boolean there = i >= lead && from.dim(i - lead) == to.dim(i);
            d[i] = there ? 1 : to.dim(i);
            open |= i == 0 && !there && isBatch(to.dim(i));
        }
        if (!open) {
            return out.node("Expand", List.of(name, out.longs(d)));
        }
        var first = batch();
        long times = d[0] / OnnxExport.BATCH;
        first = times == 1 ? first : out.node("Mul", List.of(first, out.longs(times)));
        var shape = d.length == 1 ? first
                : out.node("Concat", List.of(first, out.longs(Arrays.copyOfRange(d, 1, d.length))), a("axis", 0));
        return out.node("Expand", List.of(name, shape));
    }

    private String batch() {
        if (batch == null) {
            batch = out.node("Shape", List.of(inputName), a("start", 0), a("end", 1));
        }
        return batch;
    }

    private String iota(Leaf.Iota i) {
        var s = i.extents();
        if (isBatch(s.dim(i.axis()))) {
            throw new IjenException("export: numbers along the batch", i + "", "an open batch", "take this layer out");
        }
        var d = new int[s.rank()];
        Arrays.fill(d, 1);
        d[i.axis()] = s.dim(i.axis());
        var v = new int[s.dim(i.axis())];
        Arrays.setAll(v, k -> k);
        return expanded(out.constant(HostTensor.of(v, d)), s, Shape.of(d));
    }

    private String unary(Tensor t, Elementwise.Unary u) {
        var x = in(t, 0);
        return switch (u.f()) {
            case NEG -> out.node("Neg", List.of(x));
            case ABS -> out.node("Abs", List.of(x));
            case SIGN -> out.node("Sign", List.of(x));
            case FLOOR -> out.node("Floor", List.of(x));
            case CEIL -> out.node("Ceil", List.of(x));
            case ROUND -> out.node("Round", List.of(x));
            case SQRT -> out.node("Sqrt", List.of(x));
            case RECIP -> out.node("Reciprocal", List.of(x));
            case EXP -> out.node("Exp", List.of(x));
            case EXPM1 -> out.node("Sub", List.of(out.node("Exp", List.of(x)), one(t)));
            case LOG -> out.node("Log", List.of(x));
            case LOG1P -> out.node("Log", List.of(out.node("Add", List.of(x, one(t)))));
            case SIN -> out.node("Sin", List.of(x));
            case COS -> out.node("Cos", List.of(x));
            case TAN -> out.node("Tan", List.of(x));
            case ASIN -> out.node("Asin", List.of(x));
            case ACOS -> out.node("Acos", List.of(x));
            case ATAN -> out.node("Atan", List.of(x));
            case SINH -> out.node("Sinh", List.of(x));
            case COSH -> out.node("Cosh", List.of(x));
            case TANH -> out.node("Tanh", List.of(x));
            case SIGMOID -> out.node("Sigmoid", List.of(x));
            case ERF -> out.node("Erf", List.of(x));
            case RELU -> out.node("Relu", List.of(x));
            case NOT -> t.dtype() == DType.BOOL
                    ? out.node("Not", List.of(x))
                    : out.node("Cast",
                            List.of(out.node("Not",
                                    List.of(out.node("Cast", List.of(x), a("to", OnnxType.BOOL.code()))))),
                            a("to", OnnxType.of(t.dtype()).code()));
        };
    }

    private String one(Tensor t) {
        return out.constant(HostTensor.of(t.dtype(), new double[] {1}));
    }

    private String binary(Tensor t, Elementwise.Binary b) {
        var mean = mean(t, b.f());
        if (mean != null) {
            return mean;
        }
        var x = operands(t);
        return switch (b.f()) {
            case ADD -> out.node("Add", x);
            case SUB -> out.node("Sub", x);
            case MUL -> out.node("Mul", x);
            case DIV -> out.node("Div", x);
            case MOD -> t.dtype().isFloat()
                    ? out.node("Sub", List.of(x.get(0), out.node("Mul",
                            List.of(out.node("Floor", List.of(out.node("Div", x))), x.get(1)))))
                    : out.node("Mod", x);
            case POW -> out.node("Pow", x);
            case MAX -> out.node("Max", x);
            case MIN -> out.node("Min", x);
            case AND -> out.node(t.dtype() == DType.BOOL ? "And" : "BitwiseAnd", x);
            case OR -> out.node(t.dtype() == DType.BOOL ? "Or" : "BitwiseOr", x);
            case XOR -> out.node(t.dtype() == DType.BOOL ? "Xor" : "BitwiseXor", x);
            case EQ -> out.node("Equal", x);
            case NE -> out.node("Not", List.of(out.node("Equal", x)));
            case LT -> out.node("Less", x);
            case LE -> out.node("LessOrEqual", x);
            case GT -> out.node("Greater", x);
            case GE -> out.node("GreaterOrEqual", x);
            case ATAN2, SHL, SHR -> throw unsupported(t);
        };
    }

    /// Sums of windows times 1 / n, or by the number of elements inside: average pooling. Else null.
    private String mean(Tensor t, BinaryFn f) {
        if (!(t.input(0).op() instanceof Windowed.SumPool(var w))) {
            return null;
        }
        int n = w.size().stream().reduce(1, (x, y) -> x * y);
        boolean padded = f == BinaryFn.MUL && t.input(1).op() instanceof Leaf.Const c
                && c.value() == (t.dtype() == DType.F64 ? 1.0 / n : (float) (1.0 / n));
        var by = t.input(1).op() instanceof Movement.Broadcast ? t.input(1).input(0) : t.input(1);
        boolean inside = f == BinaryFn.DIV && by.op() instanceof Windowed.SumPool(var v) && v.equals(w)
                && by.input(0).op() instanceof Leaf.Const;
        if (!padded && !inside) {
            return null;
        }
        return last(t, out.node("AveragePool", List.of(first(t.input(0).input(0))), a("kernel_shape", ints(w.size())),
                a("strides", ints(w.stride())), a("pads", pads(w)), a("count_include_pad", padded ? 1 : 0)));
    }

    private String reshape(Tensor t, Shape to) {
        var from = t.input(0).shape();
        var d = new long[to.rank()];
        for (int i = 0; i < d.length; i++) {
            d[i] = isBatch(to.dim(i)) ? i < from.rank() && from.dim(i) == to.dim(i) ? 0 : -1 : to.dim(i);
        }
        return out.node("Reshape", List.of(in(t, 0), out.longs(d)));
    }

    private String permute(Tensor t, Movement.Permute p) {
        var first = channelsFirst.get(t.input(0));
        var order = p.order().stream().mapToInt(i -> i).toArray();
        if (first != null && Arrays.equals(order, toFirst(order.length))) {
            return first;
        }
        return out.node("Transpose", List.of(in(t, 0)), a("perm", order));
    }

    private static int[] toFirst(int rank) {
        var o = new int[rank];
        o[1] = rank - 1;
        for (int i = 2; i < rank; i++) {
            o[i] = i - 1;
        }
        return o;
    }

    private static int[] toLast(int rank) {
        var o = new int[rank];
        for (int i = 1; i < rank - 1; i++) {
            o[i] = i + 1;
        }
        o[rank - 1] = 1;
        return o;
    }

    /// A channels-last input as it is channels first.
    private String first(Tensor x) {
        var known = channelsFirst.get(x);
        if (known != null) {
            return known;
        }
        int rank = x.shape().rank();
        if (x.op() instanceof Movement.Permute p
                && Arrays.equals(p.order().stream().mapToInt(i -> i).toArray(), toLast(rank))) {
            return name(x.input(0));
        }
        return out.node("Transpose", List.of(name(x)), a("perm", toFirst(rank)));
    }

    /// The name of a result whose node gives it channels first.
    private String last(Tensor t, String first) {
        channelsFirst.put(t, first);
        return out.node("Transpose", List.of(first), a("perm", toLast(t.shape().rank())));
    }

    private static int[] ints(List<Integer> l) {
        return l.stream().mapToInt(i -> i).toArray();
    }

    private static int[] pads(WindowSpec w) {
        var p = new ArrayList<>(w.padLow());
        p.addAll(w.padHigh());
        return ints(p);
    }

    private String conv(Tensor t, Windowed.Conv c) {
        var w = c.window();
        return last(t, out.node("Conv", List.of(first(t.input(0)), first(t.input(1))), a("group", c.groups()),
                a("kernel_shape", ints(w.size())), a("strides", ints(w.stride())), a("pads", pads(w)),
                a("dilations", ints(w.dilation()))));
    }

    private String windowed(Tensor t, String op, WindowSpec w) {
        return last(t, out.node(op, List.of(first(t.input(0))), a("kernel_shape", ints(w.size())),
                a("strides", ints(w.stride())), a("pads", pads(w)), a("dilations", ints(w.dilation()))));
    }

    /// Means that count padding, times the window's size.
    private String sumPool(Tensor t, WindowSpec w) {
        int n = w.size().stream().reduce(1, (x, y) -> x * y);
        var mean = out.node("AveragePool", List.of(first(t.input(0))), a("kernel_shape", ints(w.size())),
                a("strides", ints(w.stride())), a("pads", pads(w)), a("count_include_pad", 1));
        return last(t, out.node("Mul", List.of(mean, out.constant(HostTensor.of(t.dtype(), new double[] {n})))));
    }

    private String matMul(Tensor t, Contraction.MatMul m) {
        int rank = t.shape().rank();
        if (rank == 2) {
            return out.node("Gemm", all(t), a("transA", m.ta() ? 1 : 0), a("transB", m.tb() ? 1 : 0));
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

    private String slice(Tensor t, Movement.Slice s) {
        var from = t.input(0).shape();
        var starts = new ArrayList<Long>();
        var ends = new ArrayList<Long>();
        var axes = new ArrayList<Long>();
        var steps = new ArrayList<Long>();
        for (int i = 0; i < from.rank(); i++) {
            int n = s.length().get(i);
            if (n == from.dim(i) && s.step().get(i) == 1) {
                continue;
            }
            long step = s.step().get(i);
            long end = s.start().get(i) + n * step;
            starts.add((long) s.start().get(i));
            ends.add(step < 0 && end < 0 ? Long.MIN_VALUE + 1 : end);
            axes.add((long) i);
            steps.add(step);
        }
        return starts.isEmpty() ? in(t, 0)
                : out.node("Slice", List.of(in(t, 0), longs(starts), longs(ends), longs(axes), longs(steps)));
    }

    private String longs(List<Long> l) {
        return out.longs(l.stream().mapToLong(v -> v).toArray());
    }

    private String place(Tensor t, Movement.Place p) {
        var from = t.input(0).shape();
        var pads = new long[2 * from.rank()];
        for (int i = 0; i < from.rank(); i++) {
            if (p.step().get(i) != 1) {
                throw unsupported(t);
            }
            pads[i] = p.start().get(i);
            pads[i + from.rank()] = p.to().dim(i) - from.dim(i) - p.start().get(i);
        }
        return out.node("Pad",
                List.of(in(t, 0), out.longs(pads), out.constant(HostTensor.of(t.dtype(), new double[] {p.fill()}))));
    }

    /// q, k, v [N, T, H, D]; ONNX has the heads before the steps.
    private String attention(Tensor t, Attention.Out o) {
        if (t.arity() > 3) {
            throw unsupported(t);
        }
        out.needs(23);
        var x = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            x.add(out.node("Transpose", List.of(in(t, i)), a("perm", new int[] {0, 2, 1, 3})));
        }
        var y = out.node("Attention", x, a("is_causal", o.spec().causal() ? 1 : 0),
                a("scale", (float) o.spec().scale()));
        return out.node("Transpose", List.of(y), a("perm", new int[] {0, 2, 1, 3}));
    }
}
