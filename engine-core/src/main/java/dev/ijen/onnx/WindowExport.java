package dev.ijen.onnx;

import static dev.ijen.onnx.GraphWriter.a;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import dev.ijen.tensor.Windowed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Convolutions and pools, which compute channels last, are written channels first, and the permutations around them left out where they
/// cancel.
final class WindowExport {
    private final OpExport ops;
    private final GraphWriter out;
    /// Results as they are written: channels first.
    private final Map<Tensor, String> channelsFirst = new IdentityHashMap<>();

    WindowExport(OpExport ops, GraphWriter out) {
        this.ops = ops;
        this.out = out;
    }

    /// Sums of windows times 1 / n, or by the number of elements inside: average pooling. Else null.
    String mean(Tensor t, BinaryFn f) {
        if (!(t.input(0).op() instanceof Windowed.SumPool(var spec))) {
            return null;
        }
        var w = spec;
        int n = w.size().stream().reduce(1, (x, y) -> x * y);
        boolean padded = f == BinaryFn.MUL && t.input(1).op() instanceof Leaf.Const c
                && c.value() == (t.dtype() == DType.F64 ? 1.0 / n : (float) (1.0 / n));
        var by = t.input(1).op() instanceof Movement.Broadcast ? t.input(1).input(0) : t.input(1);
        boolean inside = f == BinaryFn.DIV && by.op() instanceof Windowed.SumPool(var v) && v.equals(spec)
                && by.input(0).op() instanceof Leaf.Const;
        if (!padded && !inside) {
            return null;
        }
        var x = first(t.input(0).input(0));
        if (padded && !w.padLow().equals(w.padHigh())) {
            // onnxruntime 1.23 divides by too few where padding before and after differ, and joins a Pad with the pool behind it, unless
            // a node stands between: a Reshape to the same extents, which moves nothing
            var zeros = w.padLow().stream().map(i -> 0).toList();
            x = out.node("Pad", List.of(x, out.constant(padding(w))));
            x = out.node("Reshape", List.of(x, out.constant(HostTensor.of(new long[w.rank() + 2], w.rank() + 2))));
            w = new WindowSpec(w.size(), w.stride(), zeros, zeros, w.dilation());
        }
        return last(t, out.node("AveragePool", List.of(x), a("kernel_shape", ints(w.size())),
                a("strides", ints(w.stride())), a("pads", pads(w)), a("count_include_pad", padded ? 1 : 0)));
    }

    /// Padding of all axes of [N, C, spatial…], before and after.
    private static HostTensor padding(WindowSpec w) {
        int rank = w.rank() + 2;
        var p = new long[2 * rank];
        for (int i = 0; i < w.rank(); i++) {
            p[2 + i] = w.padLow().get(i);
            p[rank + 2 + i] = w.padHigh().get(i);
        }
        return HostTensor.of(p, p.length);
    }

    String permute(Tensor t, Movement.Permute p) {
        var first = channelsFirst.get(t.input(0));
        var order = p.order().stream().mapToInt(i -> i).toArray();
        if (first != null && Arrays.equals(order, toFirst(order.length))) {
            return first;
        }
        return out.node("Transpose", List.of(ops.in(t, 0)), a("perm", order));
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
            return ops.name(x.input(0));
        }
        return out.node("Transpose", List.of(ops.name(x)), a("perm", toFirst(rank)));
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

    String conv(Tensor t, Windowed.Conv c) {
        var w = c.window();
        return last(t, out.node("Conv", List.of(first(t.input(0)), first(t.input(1))), a("group", c.groups()),
                a("kernel_shape", ints(w.size())), a("strides", ints(w.stride())), a("pads", pads(w)),
                a("dilations", ints(w.dilation()))));
    }

    String windowed(Tensor t, String op, WindowSpec w) {
        return last(t, out.node(op, List.of(first(t.input(0))), a("kernel_shape", ints(w.size())),
                a("strides", ints(w.stride())), a("pads", pads(w)), a("dilations", ints(w.dilation()))));
    }

    /// Means that count padding, times the window's size.
    String sumPool(Tensor t, WindowSpec w) {
        int n = w.size().stream().reduce(1, (x, y) -> x * y);
        var mean = out.node("AveragePool", List.of(first(t.input(0))), a("kernel_shape", ints(w.size())),
                a("strides", ints(w.stride())), a("pads", pads(w)), a("count_include_pad", 1));
        return last(t, out.node("Mul", List.of(mean, out.constant(HostTensor.of(t.dtype(), new double[] {n})))));
    }
}
