package dev.ijen.nn;

import dev.ijen.tensor.Tensor;

/// All axes from `from` on in one: x [N, C, H, W] → [N, C · H · W] for `from` 1.
///
/// @param from first axis that is flattened
public record Flatten(int from) implements Module {
    /// All but the batch axis.
    public Flatten() {
        this(1);
    }

    @Override
    public Tensor apply(Tensor x) {
        return x.flatten(from);
    }
}
