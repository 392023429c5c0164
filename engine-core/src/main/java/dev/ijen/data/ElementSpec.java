package dev.ijen.data;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;

/// What one example holds in one place.
///
/// @param name such as `image` or `label`
/// @param dtype element type
/// @param shape without the batch axis
public record ElementSpec(String name, DType dtype, Shape shape) {
    @Override
    public String toString() {
        return name + " " + dtype + shape;
    }
}
