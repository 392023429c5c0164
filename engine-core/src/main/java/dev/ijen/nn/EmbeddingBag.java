package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// The mean of the vectors of a text's symbols, in whatever order they stand: index [N, T] (whole numbers) → [N, dim]. Places that only fill
/// up do not count; a text of nothing else is 0 (Joulin et al., arXiv:1607.01759).
///
/// @param weight table [count, dim]
/// @param padding the symbol that fills up; negative for none
public record EmbeddingBag(Parameter weight, int padding) implements Module {
    /// Vectors from N(0, std²).
    public static EmbeddingBag of(Engine engine, int count, int dim, int padding, double std) {
        var shape = Shape.of(count, dim);
        return new EmbeddingBag(engine.parameter(
                "embedding-bag.weight", Init.normal(0, std).create(engine.hostRandom(), shape, new Init.Fan(1, dim))),
                padding);
    }

    @Override
    public Tensor apply(Tensor index) {
        if (index.shape().rank() != 2 || !index.dtype().isInt()) {
            throw new ShapeException("embedding bag", "index " + index.dtype() + index.shape(), "whole numbers [N, T]",
                    "give it the symbols of texts");
        }
        var vectors = weight.get().take(0, index);
        var counted = index.ne(padding).cast(vectors.dtype());
        var sum = vectors.mul(counted.insertAxis(2)).sum(1);
        return Precision.activation(sum.div(counted.sum(1).maximum(1).insertAxis(1)));
    }
}
