package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.AttentionOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// Multi-head self-attention (Vaswani et al., arXiv:1706.03762): x [N, T, C] → [N, T, C]. Queries, keys and values of all heads come from one
/// projection, and are read from it in place.
///
/// @param spec heads, mask, positions
/// @param qkv C → (heads + 2 kvHeads) · D, for D = C / heads: first all queries, then keys, then values
/// @param out C → C
public record MultiHeadAttention(AttentionSpec spec, Linear qkv, Linear out) implements Module {
    /// As many heads of keys as of queries, every token sees all.
    public static MultiHeadAttention of(Engine engine, int features, int heads) {
        return of(engine, AttentionSpec.of(features, heads));
    }

    /// With all settings.
    public static MultiHeadAttention of(Engine engine, AttentionSpec spec) {
        int all = (spec.heads() + 2 * spec.kvHeads()) * spec.head();
        return new MultiHeadAttention(
                spec,
                Linear.of(engine, spec.features(), all, spec.init(), spec.bias()),
                Linear.of(engine, spec.features(), spec.features(), spec.init(), spec.bias()));
    }

    @Override
    public Tensor apply(Tensor x) {
        return apply(x, null);
    }

    /// With `lengths` [N] (whole numbers): tokens at or beyond a sequence's length are not seen by any. Null for all.
    public Tensor apply(Tensor x, Tensor lengths) {
        var h = projected(x);
        return Probe.apply("out", out, h.q.attention(h.k, h.v, options(lengths)).reshape(x.shape()));
    }

    /// How much each token looks at each, [N, heads, T, T]: attention maps. Each row's sum is 1.
    ///
    /// @param lengths of the sequences, [N]; null if all are whole
    public Tensor weights(Tensor x, Tensor lengths) {
        var h = projected(x);
        return h.q.attentionWeights(h.k, options(lengths));
    }

    private AttentionOptions options(Tensor lengths) {
        return lengths == null ? spec.options() : spec.options().withLengths(lengths);
    }

    private record Heads(Tensor q, Tensor k, Tensor v) {}

    private Heads projected(Tensor x) {
        check("attention", x.shape(), spec.features());
        var p = Probe.apply("qkv", qkv, x);
        int d = spec.head();
        var q = heads(p, 0, spec.heads(), d);
        var k = heads(p, spec.heads(), spec.kvHeads(), d);
        var v = heads(p, spec.heads() + spec.kvHeads(), spec.kvHeads(), d);
        return spec.rotary().isEmpty() ? new Heads(q, k, v)
                : new Heads(Rotary.apply(q, spec.rotary().getAsDouble()), Rotary.apply(k, spec.rotary().getAsDouble()),
                        v);
    }

    /// One more token of each sequence, x [N, 1, C], whose queries see the keys and values that `memory` holds and its own, which are put
    /// there.
    public Tensor next(Tensor x, AttentionMemory memory) {
        check("attention", x.shape(), spec.features());
        var p = qkv.apply(x);
        int d = spec.head();
        var q = heads(p, 0, spec.heads(), d);
        var k = heads(p, spec.heads(), spec.kvHeads(), d);
        var v = heads(p, spec.heads() + spec.kvHeads(), spec.kvHeads(), d);
        if (spec.rotary().isPresent()) {
            q = Rotary.apply(q, spec.rotary().getAsDouble(), memory.position());
            k = Rotary.apply(k, spec.rotary().getAsDouble(), memory.position());
        }
        var lengths = memory.position().add(1).cast(DType.I32).broadcast(Shape.of(x.shape().dim(0)));
        var a = q.attention(memory.keys(k), memory.values(v), AttentionOptions.FULL.withLengths(lengths));
        return out.apply(a.reshape(x.shape()));
    }

    /// `count` heads of a projection [N, T, ..], from head `first` on: [N, T, count, d].
    static Tensor heads(Tensor projection, int first, int count, int d) {
        var s = projection.shape();
        return projection.slice(2, first * d, count * d).reshape(s.dim(0), s.dim(1), count, d);
    }

    static void check(String what, Shape x, int features) {
        if (x.rank() != 3 || x.dim(2) != features) {
            throw new ShapeException(what, "x" + x, "x[N, T, C] with C = " + features,
                    "give sequences of tokens of the layer's features");
        }
    }
}
