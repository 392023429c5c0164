package dev.ijen.engine;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;

/// Memory that programs change but no gradient reaches: running statistics, optimizer moments, counters. See [Engine#state].
public final class State extends Held {
    State(Engine engine, String name, DType dtype, Shape shape) {
        super(engine, name, dtype, shape);
    }
}
