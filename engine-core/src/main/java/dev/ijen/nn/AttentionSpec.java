package dev.ijen.nn;

import dev.ijen.tensor.AttentionOptions;
import dev.ijen.tensor.IjenException;
import java.util.OptionalDouble;

/// What multi-head attention looks like. Start from [#of] and change what differs.
///
/// @param features extent C of a token
/// @param heads heads of queries; C is a multiple
/// @param kvHeads heads of keys and values; `heads` is a multiple (Ainslie et al., arXiv:2305.13245)
/// @param causal whether a token sees only itself and what comes before
/// @param bias whether projections add one
/// @param rotary base of rotary positions ([Rotary]); empty for none
/// @param init how the projections' weights start
public record AttentionSpec(
        int features, int heads, int kvHeads, boolean causal, boolean bias, OptionalDouble rotary, Init init) {
    /// Checks that heads divide features.
    public AttentionSpec {
        boolean fit = heads > 0 && kvHeads > 0 && features > 0 && features % heads == 0 && heads % kvHeads == 0;
        if (!fit || rotary.isPresent() && features / heads % 2 != 0) {
            throw new IjenException(
                    "attention: not possible",
                    "features " + features + ", heads " + heads + ", heads of keys " + kvHeads
                            + (rotary.isPresent() ? ", rotary" : ""),
                    "features a multiple of heads, heads a multiple of those of keys"
                            + (rotary.isPresent() ? ", features / heads even" : ""),
                    "choose heads that divide features");
        }
    }

    /// Every token sees all; as many heads of keys, biases, no rotary positions, Xavier's uniform initialisation.
    public static AttentionSpec of(int features, int heads) {
        return new AttentionSpec(features, heads, heads, false, true, OptionalDouble.empty(), Init.xavierUniform());
    }

    /// With heads of keys and values that several heads of queries share.
    public AttentionSpec withKeyHeads(int count) {
        return new AttentionSpec(features, heads, count, causal, bias, rotary, init);
    }

    /// With or without a look into the future.
    public AttentionSpec withCausal(boolean only) {
        return new AttentionSpec(features, heads, kvHeads, only, bias, rotary, init);
    }

    /// With or without biases.
    public AttentionSpec withBias(boolean added) {
        return new AttentionSpec(features, heads, kvHeads, causal, added, rotary, init);
    }

    /// With rotary positions, usually of base 10,000.
    public AttentionSpec withRotary(double base) {
        return new AttentionSpec(features, heads, kvHeads, causal, bias, OptionalDouble.of(base), init);
    }

    /// With another initialisation.
    public AttentionSpec withInit(Init start) {
        return new AttentionSpec(features, heads, kvHeads, causal, bias, rotary, start);
    }

    /// Features of a head.
    int head() {
        return features / heads;
    }

    AttentionOptions options() {
        return causal ? AttentionOptions.CAUSAL : AttentionOptions.FULL;
    }
}
