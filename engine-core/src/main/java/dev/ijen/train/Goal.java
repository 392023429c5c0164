package dev.ijen.train;

import dev.ijen.tensor.Tensor;
import java.util.function.BinaryOperator;

/// A loss, and the weights that move to make it smaller.
///
/// @param name of its optimizer; empty for the only one
/// @param part of the model whose parameters move: the model itself, or one network of several
/// @param objective what is minimised, as a function of inputs and labels; traced in the training step
record Goal(String name, Object part, Objective objective) {
    /// From inputs [N, …] and labels [N, …] to a loss.
    @FunctionalInterface
    interface Objective {
        /// The loss, and what is counted beside it.
        Result of(Tensor x, Tensor y);
    }

    /// A loss with a count.
    ///
    /// @param loss a scalar
    /// @param hits F64 scalar: examples that were right; null where that means nothing
    record Result(Tensor loss, Tensor hits) {}

    /// The only goal of a task.
    static Goal of(Object model, BinaryOperator<Tensor> loss) {
        return of("", model, loss);
    }

    /// A goal among others.
    static Goal of(String name, Object part, BinaryOperator<Tensor> loss) {
        return new Goal(name, part, (x, y) -> new Result(loss.apply(x, y), null));
    }
}
