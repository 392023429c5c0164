package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// A vector for each of `count` symbols: indices [..] (whole numbers) → [.., dim].
///
/// @param weight table [count, dim]
public record Embedding(Parameter weight) implements Module {
    /// Vectors from N(0, 1).
    public static Embedding of(Engine engine, int count, int dim) {
        return of(engine, count, dim, Init.normal(0, 1));
    }

    /// With a chosen initialisation.
    public static Embedding of(Engine engine, int count, int dim, Init init) {
        var shape = Shape.of(count, dim);
        return new Embedding(engine.parameter(
                "embedding.weight", init.create(engine.hostRandom(), shape, new Init.Fan(1, dim))));
    }

    @Override
    public Tensor apply(Tensor index) {
        return Precision.activation(weight.get().take(0, index));
    }

    /// Scores of each symbol, x [.., dim] → [.., count]: the transposed table as a last layer, which shares its weights (Press and Wolf,
    /// arXiv:1608.05859).
    public Tensor scores(Tensor x) {
        int dim = weight.shape().dim(1);
        var rows = x.reshape(x.shape().size() / dim, dim);
        var z = Contraction.MatMul.of(rows, false, weight.get().cast(rows.dtype()), true);
        return z.reshape(x.shape().with(x.shape().rank() - 1, weight.shape().dim(0)));
    }
}
