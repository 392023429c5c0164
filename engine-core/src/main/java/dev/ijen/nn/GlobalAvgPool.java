package dev.ijen.nn;

import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// Mean over all spatial axes: x [N, C, spatial..] → [N, C].
public record GlobalAvgPool() implements Module {
    @Override
    public Tensor apply(Tensor x) {
        if (x.shape().rank() < 3) {
            throw new ShapeException("global average pool", "x" + x.shape(), "x[N, C, spatial..]",
                    "put it before flattening");
        }
        return x.globalAvgPool();
    }
}
