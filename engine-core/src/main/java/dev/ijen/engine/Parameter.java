package dev.ijen.engine;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;

/// Memory that training changes: weights and biases. See [Engine#parameter].
public final class Parameter extends Held {
    Parameter(Engine engine, String name, DType dtype, Shape shape) {
        super(engine, name, dtype, shape);
    }
}
