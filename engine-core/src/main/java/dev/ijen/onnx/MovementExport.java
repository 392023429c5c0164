package dev.ijen.onnx;

import static dev.ijen.onnx.GraphWriter.a;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Operations that move elements. The batch stays open: its extent is written as that of the input.
final class MovementExport {
    private final OpExport ops;
    private final GraphWriter out;
    private final String inputName;
    private String batch;

    MovementExport(OpExport ops, GraphWriter out, String inputName) {
        this.ops = ops;
        this.out = out;
        this.inputName = inputName;
    }

    /// Repeated to a shape, in which the batch is that of the input.
    String expanded(String name, Shape to, Shape from) {
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

    String iota(Leaf.Iota i) {
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

    String reshape(Tensor t, Shape to) {
        var from = t.input(0).shape();
        var d = new long[to.rank()];
        for (int i = 0; i < d.length; i++) {
            d[i] = isBatch(to.dim(i)) ? i < from.rank() && from.dim(i) == to.dim(i) ? 0 : -1 : to.dim(i);
        }
        return out.node("Reshape", List.of(ops.in(t, 0), out.longs(d)));
    }

    String slice(Tensor t, Movement.Slice s) {
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
        return starts.isEmpty() ? ops.in(t, 0)
                : out.node("Slice", List.of(ops.in(t, 0), longs(starts), longs(ends), longs(axes), longs(steps)));
    }

    private String longs(List<Long> l) {
        return out.longs(l.stream().mapToLong(v -> v).toArray());
    }

    String place(Tensor t, Movement.Place p) {
        var from = t.input(0).shape();
        var pads = new long[2 * from.rank()];
        for (int i = 0; i < from.rank(); i++) {
            if (p.step().get(i) != 1) {
                throw OpExport.unsupported(t);
            }
            pads[i] = p.start().get(i);
            pads[i + from.rank()] = (long) p.to().dim(i) - from.dim(i) - p.start().get(i);
        }
        return out.node("Pad",
                List.of(ops.in(t, 0), out.longs(pads),
                        out.constant(HostTensor.of(t.dtype(), new double[] {p.fill()}))));
    }

    private static boolean isBatch(int extent) {
        return extent > 0 && extent % OnnxExport.BATCH == 0;
    }
}
