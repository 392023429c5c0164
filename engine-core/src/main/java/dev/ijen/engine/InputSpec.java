package dev.ijen.engine;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;

/// Type and shape of an argument.
public record InputSpec(DType dtype, Shape shape) {
    /// Those of a value.
    public static InputSpec of(HostTensor t) {
        return new InputSpec(t.dtype(), t.shape());
    }

    boolean fits(HostTensor t) {
        return t.dtype() == dtype && t.shape().equals(shape);
    }

    @Override
    public String toString() {
        return dtype + shape.toString();
    }
}
