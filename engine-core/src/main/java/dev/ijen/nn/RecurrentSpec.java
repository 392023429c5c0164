package dev.ijen.nn;

import dev.ijen.tensor.IjenException;

/// What a recurrent layer looks like. Start from [#of] and change what differs.
///
/// @param in features of a step
/// @param hidden units of each direction, H
/// @param layers layers on top of each other
/// @param bidirectional whether a second set of weights reads the sequence from its end; then D = 2, else 1
/// @param dropout probability of dropping what a layer gives to the one above, in training
/// @param bias whether biases are added
/// @param sequences whether the layer gives every step, y [N, T, D·H], or the last state of its top layer, [N, D·H]
public record RecurrentSpec(
        int in, int hidden, int layers, boolean bidirectional, double dropout, boolean bias, boolean sequences) {

    /// Checks sizes and rate.
    public RecurrentSpec {
        if (in < 1 || hidden < 1 || layers < 1) {
            throw new IjenException(
                    "recurrent layer: not possible",
                    "in " + in + ", hidden " + hidden + ", layers " + layers,
                    "at least 1 each",
                    "choose positive sizes");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IjenException("recurrent layer: dropout", String.valueOf(dropout), "0 ≤ rate < 1",
                    "give the share of values to drop between layers");
        }
    }

    /// One layer in one direction, with biases, that gives every step.
    public static RecurrentSpec of(int in, int hidden) {
        return new RecurrentSpec(in, hidden, 1, false, 0, true, true);
    }

    /// With layers on top of each other.
    public RecurrentSpec withLayers(int count) {
        return new RecurrentSpec(in, hidden, count, bidirectional, dropout, bias, sequences);
    }

    /// In both directions, or one.
    public RecurrentSpec withBidirectional(boolean both) {
        return new RecurrentSpec(in, hidden, layers, both, dropout, bias, sequences);
    }

    /// With dropout between layers.
    public RecurrentSpec withDropout(double rate) {
        return new RecurrentSpec(in, hidden, layers, bidirectional, rate, bias, sequences);
    }

    /// With or without biases.
    public RecurrentSpec withBias(boolean added) {
        return new RecurrentSpec(in, hidden, layers, bidirectional, dropout, added, sequences);
    }

    /// Giving every step, or the last state.
    public RecurrentSpec withSequences(boolean all) {
        return new RecurrentSpec(in, hidden, layers, bidirectional, dropout, bias, all);
    }

    /// D: 2 if bidirectional, else 1.
    public int directions() {
        return bidirectional ? 2 : 1;
    }
}
