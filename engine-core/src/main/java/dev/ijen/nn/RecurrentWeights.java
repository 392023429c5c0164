package dev.ijen.nn;

import dev.ijen.engine.Parameter;
import dev.ijen.tensor.Recurrent;

/// Weights of one direction of one layer, G gates, in PyTorch's layout.
///
/// @param weightIh of the input, [G·H, in]
/// @param weightHh of the state, [G·H, H]
/// @param biasIh of the input's part, [G·H], or null
/// @param biasHh of the state's part, [G·H], or null
public record RecurrentWeights(Parameter weightIh, Parameter weightHh, Parameter biasIh, Parameter biasHh) {
    Recurrent.Weights tensors() {
        return new Recurrent.Weights(weightIh.get(), weightHh.get(), biasIh == null ? null : biasIh.get(),
                biasHh == null ? null : biasHh.get());
    }
}
