package dev.ijen.onnx;

import java.util.List;

/// What an operator makes of its inputs.
@FunctionalInterface
interface Rule {
    /// Its outputs, as many as there are or as are wanted.
    List<Value> apply(Call c);
}
