package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.Recurrent;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Layers and directions of a recurrent network: what [LSTM], [GRU] and [RNN] have in common.
///
/// @param cell what a step computes
/// @param spec sizes
/// @param weights of each layer's directions, layer after layer
/// @param engine whose generator draws dropout masks
record RecurrentStack(RecurrentCell cell, RecurrentSpec spec, List<RecurrentWeights> weights, Engine engine) {
    /// Everything from U(±1/√H), as PyTorch.
    static List<RecurrentWeights> create(Engine engine, RecurrentCell cell, RecurrentSpec spec) {
        int out = cell.gates() * spec.hidden();
        var all = new ArrayList<RecurrentWeights>();
        for (int i = 0; i < spec.layers() * spec.directions(); i++) {
            int in = i < spec.directions() ? spec.in() : spec.directions() * spec.hidden();
            all.add(new RecurrentWeights(
                    create(engine, spec, "weightIh", out, in),
                    create(engine, spec, "weightHh", out, spec.hidden()),
                    spec.bias() ? create(engine, spec, "biasIh", out) : null,
                    spec.bias() ? create(engine, spec, "biasHh", out) : null));
        }
        return List.copyOf(all);
    }

    private static Parameter create(Engine engine, RecurrentSpec spec, String name, int... dims) {
        double bound = 1 / Math.sqrt(spec.hidden());
        var shape = Shape.of(dims);
        return engine.parameter("recurrent." + name, Draw.uniform(engine.hostRandom(), shape, bound));
    }

    /// The parameters under PyTorch's names: `weight_ih_l0`, `bias_hh_l1_reverse`, ….
    static Map<String, Parameter> parts(RecurrentSpec spec, List<RecurrentWeights> weights) {
        var all = new LinkedHashMap<String, Parameter>();
        for (int i = 0; i < weights.size(); i++) {
            var w = weights.get(i);
            var end = "_l" + i / spec.directions() + (i % spec.directions() == 1 ? "_reverse" : "");
            all.put("weight_ih" + end, w.weightIh());
            all.put("weight_hh" + end, w.weightHh());
            if (w.biasIh() != null) {
                all.put("bias_ih" + end, w.biasIh());
                all.put("bias_hh" + end, w.biasHh());
            }
        }
        return all;
    }

    Tensor apply(Tensor x) {
        var out = run(x, null, null, null);
        return spec.sequences() ? out.y() : out.last(spec.directions());
    }

    /// @param h0 states before the first step, [L·D, N, H]; null for zeros
    /// @param c0 memories before the first step, [L·D, N, H]; null for zeros
    /// @param lengths of the sequences, [N]; null if all have T steps
    RecurrentOutput run(Tensor x, Tensor h0, Tensor c0, Tensor lengths) {
        check(x, h0, c0);
        int d = spec.directions();
        var in = x.permute(1, 0, 2);
        var h = new Tensor[weights.size()];
        var c = new Tensor[weights.size()];
        for (int layer = 0; layer < spec.layers(); layer++) {
            var ys = new Tensor[d];
            for (int way = 0; way < d; way++) {
                int i = layer * d + way;
                var w = weights.get(i).tensors();
                var start = h0 == null ? null : h0.select(0, i);
                var memory = c0 == null ? null : c0.select(0, i);
                var r = lengths == null ? Recurrent.of(cell, in, w, start, memory, way == 1)
                        : Recurrent.of(cell, in, w, start, memory, way == 1, lengths);
                ys[way] = r.y();
                h[i] = r.h();
                c[i] = r.c();
            }
            in = Tensor.concat(2, ys);
            if (layer + 1 < spec.layers() && spec.dropout() > 0) {
                in = Dropout.of(engine, spec.dropout()).apply(in);
            }
        }
        return new RecurrentOutput(
                in.permute(1, 0, 2), Tensor.stack(0, h), cell == RecurrentCell.LSTM ? Tensor.stack(0, c) : null);
    }

    private void check(Tensor x, Tensor h0, Tensor c0) {
        boolean fit = x.shape().rank() == 3 && x.shape().dim(2) == spec.in() && x.shape().dim(1) > 0;
        if (!fit) {
            throw new ShapeException(
                    cell.label(), "x" + x.shape(), "x[N, T, in] with in = " + spec.in() + " and T ≥ 1",
                    "check the previous layer's output size, and that time is the second axis");
        }
        var state = Shape.of(weights.size(), x.shape().dim(0), spec.hidden());
        for (var s : new Tensor[] {h0, c0}) {
            if (s != null && !s.shape().equals(state)) {
                throw new ShapeException(
                        cell.label(), "x" + x.shape() + ", state" + s.shape(),
                        "a state" + state + ": layers · directions, batch, units",
                        "give one state for each direction of each layer");
            }
        }
    }
}
