package dev.ijen.nn;

import dev.ijen.tensor.Tensor;

/// A block of a transformer, normalised behind, as in the first paper (Vaswani et al., arXiv:1706.03762): `h = norm(x +
/// dropout(attention(x)))`, `y = norm(h + dropout(mlp(h)))`; x [N, T, C] → [N, T, C].
///
/// @param attention between tokens
/// @param attentionNorm behind attention
/// @param mlp of each token
/// @param mlpNorm behind them
/// @param dropout of what is added, or null
public record EncoderBlock(
        MultiHeadAttention attention, LayerNorm attentionNorm, Mlp mlp, LayerNorm mlpNorm, Dropout dropout)
        implements Module {
    @Override
    public Tensor apply(Tensor x) {
        return apply(x, null);
    }

    /// With `lengths` [N] of the sequences; null if all are whole. See [MultiHeadAttention#apply(Tensor, Tensor)].
    public Tensor apply(Tensor x, Tensor lengths) {
        var a = lengths == null ? Probe.apply("attention", attention, x) : attention.apply(x, lengths);
        var h = Probe.apply("attentionNorm", attentionNorm, x.add(dropped(a)));
        return Probe.apply("mlpNorm", mlpNorm, h.add(dropped(Probe.apply("mlp", mlp, h))));
    }

    private Tensor dropped(Tensor x) {
        return dropout == null ? x : dropout.apply(x);
    }
}
