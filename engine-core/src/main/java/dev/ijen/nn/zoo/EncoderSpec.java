package dev.ijen.nn.zoo;

import dev.ijen.nn.AttentionSpec;
import dev.ijen.nn.Init;
import java.util.OptionalDouble;

/// Sizes of an [Encoder], or of both halves of a [Translator].
///
/// @param vocabulary symbols
/// @param length most tokens it looks at
/// @param features of a token, C
/// @param layers blocks
/// @param heads of attention
/// @param hidden features inside the layers of each token
/// @param rotary base of rotary positions; empty for learnt ones
/// @param dropout share dropped in training
public record EncoderSpec(
        int vocabulary, int length, int features, int layers, int heads, int hidden, OptionalDouble rotary,
        double dropout) {
    /// What the attention of a block to its own tokens looks like.
    AttentionSpec attention() {
        var spec = AttentionSpec.of(features, heads).withInit(Init.normal(0, Encoder.STD));
        return rotary.isPresent() ? spec.withRotary(rotary.getAsDouble()) : spec;
    }
}
