package dev.ijen.nn;

import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// The same values in another shape: x [N, …] → [N, shape].
///
/// @param shape of an example
public record Reshape(Shape shape) implements Module {
    @Override
    public Tensor apply(Tensor x) {
        int n = x.shape().rank() == 0 ? 1 : x.shape().dim(0);
        if (x.shape().size() != n * shape.size()) {
            throw new ShapeException("reshape", "x" + x.shape(), "x[N, …] with " + shape.size() + " values an example",
                    "choose a shape of as many values");
        }
        return x.reshape(shape.insert(0, n));
    }
}
