package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;

/// A block of a decoder that also looks at another sequence (Vaswani et al., arXiv:1706.03762), normalised before: `g = x +
/// dropout(attention(norm(x)))`, `h = g + dropout(cross(norm(g), context))`, `y = h + dropout(mlp(norm(h)))`; x [N, T, C], context [N, S,
/// C] → [N, T, C].
///
/// @param attentionNorm before attention
/// @param attention between the tokens, each of which sees those before it
/// @param crossNorm before attention to the context
/// @param cross attention to the context
/// @param mlpNorm before the layers of each token
/// @param mlp of each token
/// @param dropout of what is added, or null
public record CrossBlock(
        LayerNorm attentionNorm, MultiHeadAttention attention, LayerNorm crossNorm, CrossAttention cross,
        LayerNorm mlpNorm, Mlp mlp, Dropout dropout) {
    /// For a context of as many features.
    ///
    /// @param spec of the attention between tokens; that to the context has no rotary positions
    public static CrossBlock of(Engine engine, AttentionSpec spec, int hidden, double rate) {
        int c = spec.features();
        var plain = AttentionSpec.of(c, spec.heads()).withBias(spec.bias()).withInit(spec.init());
        return new CrossBlock(
                LayerNorm.of(engine, c), MultiHeadAttention.of(engine, spec.withCausal(true)),
                LayerNorm.of(engine, c), CrossAttention.of(engine, plain, c),
                LayerNorm.of(engine, c), Mlp.Gelu.of(engine, c, hidden, spec.init(), spec.init()),
                rate == 0 ? null : Dropout.of(engine, rate));
    }

    /// All tokens at once.
    ///
    /// @param lengths tokens of each context that are seen, [N]; null for all
    public Tensor apply(Tensor x, Tensor context, Tensor lengths) {
        var g = x.add(dropped(Probe.apply("attention", attention, Probe.apply("attentionNorm", attentionNorm, x))));
        var n = Probe.apply("crossNorm", crossNorm, g);
        var h = g.add(dropped(Where.layer("cross", () -> cross.apply(n, context, lengths))));
        return h.add(dropped(Probe.apply("mlp", mlp, Probe.apply("mlpNorm", mlpNorm, h))));
    }

    /// One more token of each sequence, x [N, 1, C], after those in `memory`.
    ///
    /// @param keys of the context, from [CrossAttention#keys]
    /// @param values of the context
    public Tensor next(Tensor x, AttentionMemory memory, Tensor keys, Tensor values, Tensor lengths) {
        var g = x.add(attention.next(attentionNorm.apply(x), memory));
        var h = g.add(cross.over(crossNorm.apply(g), keys, values, lengths));
        return h.add(mlp.apply(mlpNorm.apply(h)));
    }

    private Tensor dropped(Tensor x) {
        return dropout == null ? x : dropout.apply(x);
    }
}
