package dev.ijen.tensor;

import java.util.Optional;
import java.util.OptionalDouble;

/// What queries see, and how scores are scaled. See [NeuralOps#attention].
///
/// @param causal query i sees keys j ≤ i + Tk − Tq: with as many keys as queries, those up to its own position
/// @param scale factor of the scores; 1/√D if empty
/// @param lengths whole numbers [N]: keys at or beyond a sequence's length are not seen; all are if empty
public record AttentionOptions(boolean causal, OptionalDouble scale, Optional<Tensor> lengths) {
    /// Every query sees all keys.
    public static final AttentionOptions FULL = new AttentionOptions(false, OptionalDouble.empty(), Optional.empty());

    /// Every query sees the keys up to its own position.
    public static final AttentionOptions CAUSAL = new AttentionOptions(true, OptionalDouble.empty(), Optional.empty());

    /// Scores multiplied by `s`.
    public AttentionOptions withScale(double s) {
        return new AttentionOptions(causal, OptionalDouble.of(s), lengths);
    }

    /// Only the first keys of each sequence are seen: `l` [N] says how many.
    public AttentionOptions withLengths(Tensor l) {
        return new AttentionOptions(causal, scale, Optional.of(l));
    }

    Attention.Spec spec(Tensor q) {
        return new Attention.Spec(causal, scale.orElse(q.shape().rank() == 0 ? 1 : 1 / Math.sqrt(q.shape().dim(-1))));
    }

    /// Null for none.
    Tensor lengthsI32() {
        if (lengths.isEmpty()) {
            return null;
        }
        var l = lengths.get();
        if (!l.dtype().isInt()) {
            throw ShapeException.dtype("attention", l.dtype(), "lengths of whole numbers", "cast them to I32");
        }
        return l.cast(DType.I32);
    }
}
