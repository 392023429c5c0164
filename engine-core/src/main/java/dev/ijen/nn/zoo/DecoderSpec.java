package dev.ijen.nn.zoo;

import dev.ijen.nn.AttentionSpec;
import dev.ijen.nn.Init;
import java.util.OptionalDouble;

/// Sizes of a [Decoder].
///
/// @param vocabulary symbols
/// @param length most tokens it looks at
/// @param features of a token, C
/// @param layers blocks
/// @param heads heads of queries
/// @param kvHeads heads of keys and values
/// @param hidden features inside the layers of each token
/// @param llama RMS norm, SwiGLU and no biases, as Llama; else layer norm, GELU and biases, as GPT-2
/// @param rotary base of rotary positions; empty for learnt ones
/// @param dropout share dropped in training
/// @param tied whether the head shares the embedding's weights
public record DecoderSpec(
        int vocabulary, int length, int features, int layers, int heads, int kvHeads, int hidden, boolean llama,
        OptionalDouble rotary, double dropout, boolean tied) {
    /// What a block's attention looks like.
    public AttentionSpec attention() {
        var spec = AttentionSpec.of(features, heads).withKeyHeads(kvHeads).withCausal(true).withBias(!llama)
                .withInit(Init.normal(0, 0.02));
        return rotary.isPresent() ? spec.withRotary(rotary.getAsDouble()) : spec;
    }
}
