package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Parameter;
import dev.ijen.loss.Loss;
import dev.ijen.optim.Adam;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Attention layers against the formulas written down in double, head by head.
class AttentionLayersTest extends OnEngine {
    private static final int C = 12;

    private static double[] numbers(int count, double phase) {
        var v = new double[count];
        for (int i = 0; i < count; i++) {
            v[i] = (float) (Math.sin(i * 0.7 + phase) + Math.cos(i * 1.3));
        }
        return v;
    }

    private Tensor x(double phase, int... dims) {
        return floats(dims, numbers(Shape.of(dims).size(), phase));
    }

    private static double[] set(Parameter p, double phase) {
        var v = numbers(p.shape().size(), phase);
        var f = new float[v.length];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (v[i] / 4);
            f[i] = (float) v[i];
        }
        p.write(HostTensor.of(f, p.shape().dims()));
        return v;
    }

    /// x [rows, in] · wᵀ + b.
    private static double[] linear(double[] x, Linear l, double phase) {
        int in = l.weight().shape().dim(1);
        int out = l.weight().shape().dim(0);
        var w = set(l.weight(), phase);
        var b = l.bias() == null ? new double[out] : set(l.bias(), phase + 1);
        var y = new double[x.length / in * out];
        for (int i = 0; i < y.length; i++) {
            y[i] = b[i % out];
            for (int c = 0; c < in; c++) {
                y[i] += x[i / out * in + c] * w[i % out * in + c];
            }
        }
        return y;
    }

    /// Feature c of head h of token t; `first` is the head's number in the row of `row` features.
    private static double at(double[] p, int row, int d, int t, int first, int c, double rotary) {
        int at = t * row + first * d;
        if (rotary == 0) {
            return p[at + c];
        }
        int i = c % (d / 2);
        double angle = t * StrictMath.pow(rotary, -2.0 * i / d);
        double a = p[at + i];
        double b = p[at + i + d / 2];
        return c < d / 2 ? a * StrictMath.cos(angle) - b * StrictMath.sin(angle)
                : b * StrictMath.cos(angle) + a * StrictMath.sin(angle);
    }

    /// One sequence: q has `heads` heads first in rows of `qRow`, keys begin at head `k0` of rows of `kRow`, then values.
    private static double[] attend(AttentionSpec s, double[] q, int qRow, double[] kv, int kRow, int k0, int keys) {
        int d = s.features() / s.heads();
        double turn = s.rotary().orElse(0);
        int tq = q.length / qRow;
        int tk = kv.length / kRow;
        var y = new double[tq * s.features()];
        for (int h = 0; h < s.heads(); h++) {
            int g = h / (s.heads() / s.kvHeads());
            for (int i = 0; i < tq; i++) {
                double sum = 0;
                for (int j = 0; j < Math.min(keys, s.causal() ? i + tk - tq + 1 : tk); j++) {
                    double score = 0;
                    for (int c = 0; c < d; c++) {
                        score += at(q, qRow, d, i, h, c, turn) * at(kv, kRow, d, j, k0 + g, c, turn);
                    }
                    double p = StrictMath.exp(score / StrictMath.sqrt(d));
                    sum += p;
                    for (int c = 0; c < d; c++) {
                        y[i * s.features() + h * d + c] += p * kv[j * kRow + (k0 + s.kvHeads() + g) * d + c];
                    }
                }
                for (int c = 0; c < d; c++) {
                    y[i * s.features() + h * d + c] /= sum;
                }
            }
        }
        return y;
    }

    private void self(AttentionSpec s) {
        var m = MultiHeadAttention.of(engine, s);
        var x = numbers(7 * C, 0.3);
        var p = linear(x, m.qkv(), 2);
        int row = (s.heads() + 2 * s.kvHeads()) * s.head();
        var expected = linear(attend(s, p, row, p, row, s.heads(), 7), m.out(), 5);
        assertClose(expected, m.apply(floats(dims(1, 7, C), x)), 1e-5);
    }

    @Test
    void selfAttention() {
        self(AttentionSpec.of(C, 3));
        self(AttentionSpec.of(C, 4).withKeyHeads(2).withCausal(true));
        self(AttentionSpec.of(C, 6).withKeyHeads(1).withBias(false));
        self(AttentionSpec.of(C, 2).withRotary(10_000));
        self(AttentionSpec.of(C, 3).withRotary(100).withCausal(true));
    }

    @Test
    void lengths() {
        var s = AttentionSpec.of(C, 3);
        var m = MultiHeadAttention.of(engine, s);
        var x = numbers(2 * 5 * C, 0.3);
        var p = linear(x, m.qkv(), 2);
        var a = attend(s, java.util.Arrays.copyOf(p, 5 * 3 * C), 3 * C, java.util.Arrays.copyOf(p, 5 * 3 * C), 3 * C, 3,
                2);
        var rest = java.util.Arrays.copyOfRange(p, 5 * 3 * C, 2 * 5 * 3 * C);
        var b = attend(s, rest, 3 * C, rest, 3 * C, 3, 5);
        var both = java.util.Arrays.copyOf(a, 2 * a.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        var lengths = engine.tensor(new int[] {2, 5}, 2);
        assertClose(linear(both, m.out(), 5), m.apply(floats(dims(2, 5, C), x), lengths), 1e-5);
    }

    /// What each token looks at: shares of 1, none of them ahead or behind the end, and with the values they give what attention gives.
    @Test
    void mapsAreShares() {
        for (var s : List.of(AttentionSpec.of(C, 3), AttentionSpec.of(C, 4).withKeyHeads(2).withCausal(true),
                AttentionSpec.of(C, 2).withRotary(10_000).withCausal(true))) {
            var m = MultiHeadAttention.of(engine, s);
            var x = x(0.3, 2, 7, C);
            var lengths = engine.tensor(new int[] {4, 7}, 2);
            var p = engine.evaluate(m.weights(x, lengths));
            assertEquals(Shape.of(2, s.heads(), 7, 7), p.shape());
            for (int row = 0; row < 2 * s.heads() * 7; row++) {
                double sum = 0;
                for (int j = 0; j < 7; j++) {
                    double share = p.get(row * 7 + j);
                    boolean seen = j < (row < s.heads() * 7 ? 4 : 7) && (!s.causal() || j <= row % 7);
                    assertTrue(seen ? share > 0 && share <= 1 : share == 0,
                            s + " row " + row + " key " + j + ": " + share);
                    sum += share;
                }
                assertEquals(1, sum, 1e-6, s + " row " + row);
            }
        }
        var s = AttentionSpec.of(C, 3).withCausal(true);
        var m = MultiHeadAttention.of(engine, s);
        var x = x(0.3, 2, 7, C);
        var v = MultiHeadAttention.heads(m.qkv().apply(x), 6, 3, C / 3);
        var added = m.weights(x, null).matmul(v.permute(0, 2, 1, 3)).permute(0, 2, 1, 3).reshape(2, 7, C);
        assertClose(engine.evaluate(m.apply(x)).toDoubleArray(), m.out().apply(added), 1e-5);
    }

    @Test
    void crossAttention() {
        var s = AttentionSpec.of(C, 4).withKeyHeads(2);
        var m = CrossAttention.of(engine, s, 5);
        var x = numbers(3 * C, 0.3);
        var context = numbers(7 * 5, 0.9);
        var q = linear(x, m.query(), 2);
        var kv = linear(context, m.keyValue(), 3);
        var expected = linear(attend(s, q, C, kv, C, 0, 7), m.out(), 5);
        assertClose(expected, m.apply(floats(dims(1, 3, C), x), floats(dims(1, 7, 5), context)), 1e-5);
    }

    @Test
    void aBlockIsItsParts() {
        var b = TransformerBlock.of(engine, AttentionSpec.of(C, 3).withCausal(true));
        var x = x(0.2, 2, 5, C);
        var h = x.add(b.attention().apply(b.attentionNorm().apply(x)));
        var y = h.add(b.down().apply(b.up().apply(b.mlpNorm().apply(h)).gelu()));
        assertClose(engine.evaluate(y).toDoubleArray(), b.apply(x), 1e-6);
        // two norms, the projections of attention, the layers of each token
        long expected = 2 * 2 * C + (3 * C * C + 3 * C) + (C * C + C) + (4 * C * C + 4 * C) + (4 * C * C + C);
        assertEquals(expected, Module.parameterCount(b));
        assertTrue(Module.parameters(b).containsKey("attention.qkv.weight"), Module.parameters(b).keySet().toString());
        var rows = Module.summary(b, dev.ijen.tensor.DType.F32, Shape.of(1, 5, C));
        assertEquals(
                List.of("", "attentionNorm", "attention", "attention.qkv", "attention.out", "mlpNorm", "up", "down"),
                rows.stream().map(LayerRow::name).toList());
    }

    /// Which of two tokens came first in a sequence: needs a look at other tokens.
    @Test
    void aTransformerLearns() {
        var embed = Embedding.of(engine, 4, C);
        var block = TransformerBlock.of(engine, AttentionSpec.of(C, 2).withRotary(100));
        var head = Linear.of(engine, C, 4);
        var model = List.of(embed, block, head);
        var adam = Adam.of(Schedule.constant(0.01));
        var step = engine.compile((ids, label) -> {
            var loss = Loss.crossEntropy(head.apply(block.apply(embed.apply(ids)).mean(1)), label);
            adam.update(model, loss);
            return loss;
        });
        var ids = new int[16 * 3];
        var labels = new int[16];
        for (int i = 0; i < 16; i++) {
            ids[3 * i] = i / 4;
            ids[3 * i + 1] = i % 4;
            ids[3 * i + 2] = (i + 1) % 4;
            labels[i] = i / 4;
        }
        double loss = 0;
        for (int i = 0; i < 60; i++) {
            loss = step.run(HostTensor.of(ids, 16, 3), HostTensor.of(labels, 16)).get(0).item();
        }
        assertTrue(loss < 0.1, "loss " + loss);
        step.close();
    }

    @Test
    void whatDoesNotFitIsSaid() {
        var m = MultiHeadAttention.of(engine, C, 3);
        var e = assertThrows(ShapeException.class, () -> m.apply(x(0, 2, 5, C + 1)));
        assertTrue(e.getMessage().contains("C = 12"), e.getMessage());
        assertThrows(ShapeException.class, () -> m.apply(x(0, 5, C)));
        var heads = assertThrows(IjenException.class, () -> AttentionSpec.of(C, 5));
        assertTrue(heads.getMessage().contains("multiple of heads"), heads.getMessage());
        assertThrows(IjenException.class, () -> AttentionSpec.of(C, 4).withKeyHeads(3));
        assertThrows(IjenException.class, () -> AttentionSpec.of(C, 4).withRotary(10_000));
        assertThrows(IjenException.class, () -> CrossAttention.of(engine, AttentionSpec.of(C, 2).withRotary(10), C));
        var cross = CrossAttention.of(engine, AttentionSpec.of(C, 3), 5);
        assertThrows(ShapeException.class, () -> cross.apply(x(0, 2, 5, C), x(0, 1, 5, 5)));
        assertThrows(ShapeException.class, () -> Rotary.apply(x(0, 1, 2, 3, 3), 10));
    }
}
