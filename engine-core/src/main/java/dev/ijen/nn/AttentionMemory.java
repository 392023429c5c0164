package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.State;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// Keys and values of the tokens so far, so that one more token costs one token's work (the KV cache). Inside a step that adds a token.
///
/// @param keys [N, L, KV, D], keys of positions 0 to L − 1; those from `position` on are not seen
/// @param values like keys
/// @param position of the token that is added, a scalar of whole numbers
/// @param from which sequence each one goes on from, whole numbers [N]: after a choice among beams; null for itself
public record AttentionMemory(State keys, State values, Tensor position, Tensor from) {
    /// Memory for one layer, F32.
    ///
    /// @param n sequences
    /// @param length most tokens
    public static State[] of(Engine engine, AttentionSpec spec, int n, int length) {
        var shape = Shape.of(n, length, spec.kvHeads(), spec.head());
        return new State[] {engine.zeros("keys", DType.F32, shape), engine.zeros("values", DType.F32, shape)};
    }

    Tensor keys(Tensor k) {
        return put(keys, k);
    }

    Tensor values(Tensor v) {
        return put(values, v);
    }

    private Tensor put(State to, Tensor one) {
        var before = from == null ? to.get() : to.get().take(0, from);
        var here = Tensor.iota(0, Shape.of(to.shape().dim(1), 1, 1)).cast(DType.I32).eq(position.cast(DType.I32));
        to.set(here.where(one.cast(to.dtype()).broadcast(to.shape()), before));
        return to.get().cast(one.dtype());
    }
}
