package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// Multi-head attention of one sequence to another (Vaswani et al., arXiv:1706.03762): x [N, Tq, C] and context [N, Tk, E] → [N, Tq, C].
///
/// @param spec heads and mask
/// @param query C → heads · D, for D = C / heads
/// @param keyValue E → 2 kvHeads · D: first all keys, then values
/// @param out C → C
public record CrossAttention(AttentionSpec spec, Linear query, Linear keyValue, Linear out) {
    /// For a context of tokens with `context` features.
    public static CrossAttention of(Engine engine, AttentionSpec spec, int context) {
        if (spec.rotary().isPresent()) {
            throw new IjenException("cross-attention: not possible", "rotary positions", "none",
                    "positions of two sequences have no common origin: add them to the tokens instead");
        }
        int c = spec.features();
        return new CrossAttention(
                spec,
                Linear.of(engine, c, c, spec.init(), spec.bias()),
                Linear.of(engine, context, 2 * spec.kvHeads() * spec.head(), spec.init(), spec.bias()),
                Linear.of(engine, c, c, spec.init(), spec.bias()));
    }

    /// Every token of x sees the whole context.
    public Tensor apply(Tensor x, Tensor context) {
        return apply(x, context, null);
    }

    /// With `lengths` [N] (whole numbers): tokens of the context at or beyond its length are not seen. Null for all.
    public Tensor apply(Tensor x, Tensor context, Tensor lengths) {
        MultiHeadAttention.check("cross-attention", x.shape(), spec.features());
        int from = keyValue.weight().shape().dim(1);
        var s = context.shape();
        if (s.rank() != 3 || s.dim(2) != from || s.dim(0) != x.shape().dim(0)) {
            throw new ShapeException(
                    "cross-attention", "x" + x.shape() + ", context" + s,
                    "x[N, Tq, C], context[N, Tk, E] with E = " + from, "give one context for each sequence");
        }
        return over(x, keys(context), values(context), lengths);
    }

    /// Keys of a context, [N, Tk, kvHeads, D].
    public Tensor keys(Tensor context) {
        return MultiHeadAttention.heads(keyValue.apply(context), 0, spec.kvHeads(), spec.head());
    }

    /// Values of a context, [N, Tk, kvHeads, D].
    public Tensor values(Tensor context) {
        return MultiHeadAttention.heads(keyValue.apply(context), spec.kvHeads(), spec.kvHeads(), spec.head());
    }

    /// With keys and values that are known: of a context that many tokens look at, one after the other.
    public Tensor over(Tensor x, Tensor keys, Tensor values, Tensor lengths) {
        var q = query.apply(x).reshape(x.shape().dim(0), x.shape().dim(1), spec.heads(), spec.head());
        var options = lengths == null ? spec.options() : spec.options().withLengths(lengths);
        return out.apply(q.attention(keys, values, options).reshape(x.shape()));
    }
}
