package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.Tensor;

/// A block of a transformer, normalised before (Xiong et al., arXiv:2002.04745): `h = x + dropout(attention(norm(x)))`, `y = h +
/// dropout(down(gelu(up(norm(h)))))`; x [N, T, C] → [N, T, C].
///
/// @param attentionNorm before attention
/// @param attention between tokens
/// @param mlpNorm before the layers of each token
/// @param up C → 4 C, or another width
/// @param down back to C
/// @param dropout of what is added to the shortcut, or null
public record TransformerBlock(
        LayerNorm attentionNorm, MultiHeadAttention attention, LayerNorm mlpNorm, Linear up, Linear down,
        Dropout dropout) implements Module {
    /// Four times as many features inside, no dropout.
    public static TransformerBlock of(Engine engine, AttentionSpec spec) {
        return of(engine, spec, 4 * spec.features(), 0);
    }

    /// With `hidden` features inside and dropout.
    public static TransformerBlock of(Engine engine, AttentionSpec spec, int hidden, double rate) {
        int c = spec.features();
        return new TransformerBlock(
                LayerNorm.of(engine, c),
                MultiHeadAttention.of(engine, spec),
                LayerNorm.of(engine, c),
                Linear.of(engine, c, hidden, spec.init(), spec.bias()),
                Linear.of(engine, hidden, c, spec.init(), spec.bias()),
                rate == 0 ? null : Dropout.of(engine, rate));
    }

    @Override
    public Tensor apply(Tensor x) {
        return apply(x, null);
    }

    /// With `lengths` [N] of the sequences; null if all are whole. See [MultiHeadAttention#apply(Tensor, Tensor)].
    public Tensor apply(Tensor x, Tensor lengths) {
        MultiHeadAttention.check("transformer block", x.shape(), attention.spec().features());
        var n = Probe.apply("attentionNorm", attentionNorm, x);
        var h = x.add(dropped(lengths == null ? Probe.apply("attention", attention, n) : attention.apply(n, lengths)));
        var inside = Probe.apply("up", up, Probe.apply("mlpNorm", mlpNorm, h)).gelu();
        return h.add(dropped(Probe.apply("down", down, inside)));
    }

    private Tensor dropped(Tensor x) {
        return dropout == null ? x : dropout.apply(x);
    }
}
