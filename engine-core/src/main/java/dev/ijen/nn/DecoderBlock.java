package dev.ijen.nn;

import dev.ijen.tensor.Tensor;

/// A block of a decoder, normalised before: `h = x + dropout(attention(norm(x)))`, `y = h + dropout(mlp(norm(h)))`; x [N, T, C] → [N, T,
/// C].
///
/// @param attentionNorm before attention
/// @param attention between tokens
/// @param mlpNorm before the layers of each token
/// @param mlp of each token
/// @param dropout of what is added, or null
public record DecoderBlock(
        Module attentionNorm, MultiHeadAttention attention, Module mlpNorm, Mlp mlp, Dropout dropout)
        implements Module {
    @Override
    public Tensor apply(Tensor x) {
        var h = x.add(dropped(Probe.apply("attention", attention, Probe.apply("attentionNorm", attentionNorm, x))));
        return h.add(dropped(Probe.apply("mlp", mlp, Probe.apply("mlpNorm", mlpNorm, h))));
    }

    /// One more token of each sequence, x [N, 1, C], after those in `memory`.
    public Tensor next(Tensor x, AttentionMemory memory) {
        var h = x.add(attention.next(attentionNorm.apply(x), memory));
        return h.add(mlp.apply(mlpNorm.apply(h)));
    }

    private Tensor dropped(Tensor x) {
        return dropout == null ? x : dropout.apply(x);
    }
}
