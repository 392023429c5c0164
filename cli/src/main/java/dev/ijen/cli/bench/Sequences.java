package dev.ijen.cli.bench;

import dev.ijen.engine.Parameter;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import dev.ijen.tensor.AttentionOptions;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.Recurrent;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Networks for sequences.
final class Sequences {
    private Sequences() {}

    private record LstmLayer(Parameter wIh, Parameter wHh, Parameter bIh, Parameter bHh) {
        Tensor apply(Tensor x) {
            var w = new Recurrent.Weights(wIh.get(), wHh.get(), bIh.get(), bHh.get());
            return Recurrent.of(RecurrentCell.LSTM, x, w, null, null, false).y();
        }
    }

    /// Layers of LSTM, and a linear one on the last step.
    private record Lstm(List<LstmLayer> layers, Linear head) implements Module {
        @Override
        public Tensor apply(Tensor x) {
            var y = x.permute(1, 0, 2);
            for (var l : layers) {
                y = l.apply(y);
            }
            return head.apply(y.select(0, y.shape().dim(0) - 1));
        }
    }

    static Module lstm(Maker m, int in, int hidden, int count) {
        double a = 1 / Math.sqrt(hidden);
        var layers = new ArrayList<LstmLayer>();
        for (int i = 0; i < count; i++) {
            int width = i == 0 ? in : hidden;
            layers.add(new LstmLayer(
                    m.uniform(a, 4 * hidden, width), m.uniform(a, 4 * hidden, hidden), m.uniform(a, 4 * hidden),
                    m.uniform(a, 4 * hidden)));
        }
        return new Lstm(layers, m.linear(hidden, 10));
    }

    /// Sizes of a GPT.
    record Gpt(int vocabulary, int length, int width, int heads, int layers) {
        /// Operations of both attention products, for one text, of the half in which keys come after queries.
        double unseen() {
            return 2 * 2.0 * layers * width * ((double) length * (length - 1) / 2);
        }
    }

    private record Layer(LayerNorm norm1, Linear qkv, Linear project, LayerNorm norm2, Linear widen, Linear narrow,
            int heads) {
        Tensor apply(Tensor x) {
            int n = x.shape().dim(0);
            int t = x.shape().dim(1);
            int d = x.shape().dim(2);
            var all = qkv.apply(norm1.apply(x));
            var part = new Tensor[3];
            for (int i = 0; i < 3; i++) {
                part[i] = all.slice(2, i * d, d).reshape(n, t, heads, d / heads);
            }
            var a = part[0].attention(part[1], part[2], AttentionOptions.CAUSAL).reshape(n, t, d);
            var y = x.add(project.apply(a));
            return y.add(narrow.apply(widen.apply(norm2.apply(y)).geluTanh()));
        }
    }

    /// GPT-2 (Radford et al. 2019), with the token embedding as the last layer's weights.
    private record Decoder(Parameter tokens, Parameter positions, List<Layer> layers, LayerNorm norm)
            implements Module {
        @Override
        public Tensor apply(Tensor ids) {
            var x = tokens.get().take(0, ids).add(positions.get());
            for (var l : layers) {
                x = l.apply(x);
            }
            int d = x.shape().dim(2);
            var y = norm.apply(x).reshape(x.shape().size() / d, d);
            return Contraction.MatMul.of(y, false, tokens.get().cast(y.dtype()), true);
        }
    }

    static Module gpt(Maker m, Gpt g) {
        double a = 0.02 * Math.sqrt(3);
        int d = g.width;
        var tokens = m.uniform(a, g.vocabulary, d);
        var positions = m.uniform(a, g.length, d);
        var layers = new ArrayList<Layer>();
        for (int i = 0; i < g.layers; i++) {
            layers.add(new Layer(
                    m.layerNorm(d), m.linear(d, 3 * d), m.linear(d, d), m.layerNorm(d), m.linear(d, 4 * d),
                    m.linear(4 * d, d), g.heads));
        }
        return new Decoder(tokens, positions, layers, m.layerNorm(d));
    }
}
