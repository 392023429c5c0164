package dev.ijen.onnx;

import static dev.ijen.onnx.GraphWriter.a;

import dev.ijen.nn.GRU;
import dev.ijen.nn.LSTM;
import dev.ijen.nn.RNN;
import dev.ijen.nn.RecurrentSpec;
import dev.ijen.nn.RecurrentWeights;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Recurrent layers as LSTM, GRU and RNN nodes, one a layer with both directions. ONNX has the gates in another order.
record RecurrentExport(GraphWriter out, Function<Cell, String> cell) {
    OnnxExport.Named lstm(LSTM l, OnnxExport.Named x) {
        return run("LSTM", l.spec(), l.weights(), new int[] {0, 3, 1, 2}, x); // i f g o → i o f c
    }

    OnnxExport.Named gru(GRU g, OnnxExport.Named x) {
        return run("GRU", g.spec(), g.weights(), new int[] {1, 0, 2}, x, a("linear_before_reset", 1)); // r z n → z r h
    }

    OnnxExport.Named rnn(RNN r, OnnxExport.Named x) {
        var f = r.cell() == RecurrentCell.RNN_TANH ? "Tanh" : "Relu";
        return run("RNN", r.spec(), r.weights(), new int[] {0}, x,
                a("activations", java.util.Collections.nCopies(r.spec().directions(), f)));
    }

    private OnnxExport.Named run(String op, RecurrentSpec spec, List<RecurrentWeights> weights, int[] gates,
            OnnxExport.Named x,
            GraphWriter.Attribute... more) {
        int d = spec.directions();
        int h = spec.hidden();
        var in = out.node("Transpose", List.of(x.name()), a("perm", new int[] {1, 0, 2}));
        String last = null;
        for (int layer = 0; layer < spec.layers(); layer++) {
            var parts = weights.subList(layer * d, (layer + 1) * d);
            var inputs = new ArrayList<>(List.of(in, stacked(parts, RecurrentWeights::weightIh, gates, h, layer),
                    stacked(parts, RecurrentWeights::weightHh, gates, h, layer)));
            if (spec.bias()) {
                inputs.add(biases(parts, gates, h));
            }
            var attributes = new ArrayList<GraphWriter.Attribute>(List.of(more));
            attributes.add(a("hidden_size", h));
            attributes.add(a("direction", d == 2 ? "bidirectional" : "forward"));
            var y = out.fresh(op.toLowerCase(java.util.Locale.ROOT));
            last = out.fresh("state");
            out.node(op, inputs, List.of(y, last), attributes.toArray(GraphWriter.Attribute[]::new));
            var beside = out.node("Transpose", List.of(y), a("perm", new int[] {0, 2, 1, 3}));
            in = out.node("Reshape", List.of(beside, out.longs(0, 0, d * h)));
        }
        if (spec.sequences()) {
            return new OnnxExport.Named(out.node("Transpose", List.of(in), a("perm", new int[] {1, 0, 2})),
                    x.shape().with(2, d * h), x.dtype());
        }
        var rows = out.node("Transpose", List.of(last), a("perm", new int[] {1, 0, 2}));
        return new OnnxExport.Named(out.node("Reshape", List.of(rows, out.longs(0, d * h))),
                Shape.of(x.shape().dim(0), d * h), x.dtype());
    }

    /// [D, G·H, ..] with gates in ONNX's order.
    private String stacked(List<RecurrentWeights> parts, Function<RecurrentWeights, dev.ijen.engine.Parameter> which,
            int[] gates,
            int h, int layer) {
        var first = which.apply(parts.getFirst());
        var to = HostTensor.zeros(first.dtype(), first.shape().insert(0, parts.size()));
        int row = first.shape().dim(1);
        long at = 0;
        for (var p : parts) {
            at = gates(which.apply(p).read(), gates, h * row, to, at);
        }
        var name = out.fresh(first.name() + "_l" + layer);
        out.initializer(name, to);
        return name;
    }

    private static long gates(HostTensor from, int[] gates, int each, HostTensor to, long at) {
        for (int g : gates) {
            for (int i = 0; i < each; i++) {
                HostMath.copy(from, (long) g * each + i, to, at++);
            }
        }
        return at;
    }

    private String biases(List<RecurrentWeights> parts, int[] gates, int h) {
        var first = parts.getFirst().biasIh();
        var to = HostTensor.zeros(first.dtype(), Shape.of(parts.size(), 2 * gates.length * h));
        long at = 0;
        for (var p : parts) {
            at = gates(p.biasIh().read(), gates, h, to, at);
            at = gates(p.biasHh().read(), gates, h, to, at);
        }
        var name = out.fresh("bias");
        out.initializer(name, to);
        return name;
    }
}
