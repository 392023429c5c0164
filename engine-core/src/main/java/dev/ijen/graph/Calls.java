package dev.ijen.graph;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Window;
import dev.ijen.tensor.Attention;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.Control;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Recurrence;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Rowwise;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import dev.ijen.tensor.Windowed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Kernels for operations that have one of their own.
final class Calls {
    private Calls() {}

    /// The kernel for a tensor, or for the call whose first result it is, with inputs some of which are parts of other tensors.
    static Kernel of(Tensor t, Map<Tensor, Parts.Part> parts) {
        var type = t.dtype();
        var in = t.input(0).shape();
        return switch (t.op()) {
            case Contraction.MatMul m -> {
                int rows = t.shape().dim(-2);
                int columns = t.shape().dim(-1);
                int batch = 1;
                for (int i = 0; i < in.rank() - 2; i++) {
                    batch *= in.dim(i);
                }
                yield new Kernel.MatMul(type, batch, rows, columns, in.dim(m.ta() ? -2 : -1), m.ta(), m.tb());
            }
            case Windowed w -> windowed(t, w);
            case Rowwise.Softmax s -> new Kernel.Softmax(type, rows(in), in.dim(-1), s.log());
            case Attention a -> attention(t, a, parts);
            case Rowwise.CrossEntropy c -> new Kernel.CrossEntropy(type, in.dim(0), in.dim(1));
            case Indexing.Gather g -> new Kernel.Gather(type, in.dim(0), in.dim(1), t.shape().dim(0));
            case Indexing.ScatterAdd s ->
                    new Kernel.Scatter(type, Kernel.ScatterMode.ADD, s.rows(), in.dim(1), in.dim(0));
            case Indexing.ScatterSet s ->
                    new Kernel.Scatter(type, Kernel.ScatterMode.SET, s.rows(), in.dim(1), in.dim(0));
            case Reduction.CumSum c ->
                    new Kernel.CumSum(type, outer(in, c.axis()), in.dim(c.axis()), inner(in, c.axis()), c.exclusive(),
                            c.reverse());
            case Reduction.ArgReduce a ->
                    new Kernel.ArgReduce(
                            t.input(0).dtype(), outer(in, a.axis()), in.dim(a.axis()), inner(in, a.axis()),
                            a.greatest());
            case Reduction.ArgSort a ->
                    new Kernel.ArgSort(t.input(0).dtype(), rows(in), in.rank() == 0 ? 1 : in.dim(-1), a.descending());
            case Recurrence.Forward r -> recurrent(r, Kernel.RecurrentPass.FORWARD, type, t.shape());
            case Recurrence.Backward r ->
                    recurrent(
                            r, Kernel.RecurrentPass.GRADIENT, type,
                            t.input(r.cell() == RecurrentCell.LSTM ? 3 : 2).shape());
            case Reduction.Reduce r -> throw fused(t);
            case Leaf l -> throw fused(t);
            case Elementwise e -> throw fused(t);
            case Movement m -> throw fused(t);
            case Control c -> throw fused(t);
        };
    }

    private static IllegalStateException fused(Tensor t) {
        return new IllegalStateException("part of a loop, without a kernel of its own: " + t);
    }

    private static Kernel windowed(Tensor t, Windowed w) {
        var a = t.input(0).shape();
        var b = t.arity() > 1 ? t.input(1).shape() : a;
        return switch (w) {
            case Windowed.Conv c -> conv(t, Kernel.ConvPass.FORWARD, c.window(), c.groups(), a, b, t.shape());
            case Windowed.ConvInputGradient c ->
                    conv(t, Kernel.ConvPass.INPUT_GRADIENT, c.window(), c.groups(), c.x(), b, a);
            case Windowed.ConvFilterGradient c ->
                    conv(t, Kernel.ConvPass.FILTER_GRADIENT, c.window(), c.groups(), a, c.w(), b);
            case Windowed.MaxPool p -> pool(t, Kernel.PoolMode.MAX, p.window(), a, t.shape());
            case Windowed.MaxPoolGradient p -> pool(t, Kernel.PoolMode.MAX_GRADIENT, p.window(), a, b);
            case Windowed.MaxPick p -> pool(t, Kernel.PoolMode.MAX_PICK, p.window(), a, t.shape());
            case Windowed.SumPool p -> pool(t, Kernel.PoolMode.SUM, p.window(), a, t.shape());
            case Windowed.SumPoolGradient p -> pool(t, Kernel.PoolMode.SUM_GRADIENT, p.window(), p.x(), a);
        };
    }

    private static Kernel recurrent(Recurrence r, Kernel.RecurrentPass pass, DType type, Shape y) {
        var cell = switch (r.cell()) {
            case RNN_TANH -> Kernel.CellKind.RNN_TANH;
            case RNN_RELU -> Kernel.CellKind.RNN_RELU;
            case LSTM -> Kernel.CellKind.LSTM;
            case GRU -> Kernel.CellKind.GRU;
        };
        return new Kernel.Recurrent(type, cell, pass, y.dim(0), y.dim(1), y.dim(2), r.reverse());
    }

    private static Kernel conv(Tensor t, Kernel.ConvPass pass, WindowSpec w, int groups, Shape x, Shape filter,
            Shape y) {
        return new Kernel.Conv(t.dtype(), pass, window(w, x, y), x.dim(0), x.dim(-1), filter.dim(0), groups);
    }

    private static Kernel pool(Tensor t, Kernel.PoolMode mode, WindowSpec w, Shape x, Shape y) {
        return new Kernel.Pool(t.dtype(), mode, window(w, x, y), x.dim(0), x.dim(-1));
    }

    private static Window window(WindowSpec w, Shape x, Shape y) {
        return new Window(spatial(x), spatial(y), w.size(), w.stride(), w.padLow(), w.dilation());
    }

    private static Kernel attention(Tensor t, Attention a, Map<Tensor, Parts.Part> parts) {
        var q = t.input(0).shape();
        var k = t.input(1).shape();
        var pass = a instanceof Attention.InputGradient ? Kernel.AttentionPass.GRADIENT : Kernel.AttentionPass.FORWARD;
        var stride = new int[3];
        for (int i = 0; i < 3; i++) {
            var x = t.input(i);
            var part = parts.get(x);
            stride[i] = part == null ? x.shape().dim(2) * x.shape().dim(3) : part.stride();
        }
        boolean lengths = t.arity() == (pass == Kernel.AttentionPass.FORWARD ? 4 : 7);
        return new Kernel.Attention(
                t.input(0).dtype(), pass, q.dim(0), q.dim(2), k.dim(2), q.dim(1), k.dim(1), q.dim(3), stride[0],
                stride[1], stride[2], a.spec().causal(), lengths, a.spec().scale());
    }

    private static List<Integer> spatial(Shape s) {
        var l = new ArrayList<Integer>();
        for (int i = 1; i < s.rank() - 1; i++) {
            l.add(s.dim(i));
        }
        return List.copyOf(l);
    }

    private static int rows(Shape s) {
        return outer(s, s.rank() - 1);
    }

    private static int outer(Shape s, int axis) {
        int n = 1;
        for (int i = 0; i < axis; i++) {
            n *= s.dim(i);
        }
        return n;
    }

    private static int inner(Shape s, int axis) {
        int n = 1;
        for (int i = axis + 1; i < s.rank(); i++) {
            n *= s.dim(i);
        }
        return n;
    }
}
