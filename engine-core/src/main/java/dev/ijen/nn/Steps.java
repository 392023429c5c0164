package dev.ijen.nn;

import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// Pictures of sound as steps of time, for layers that go along them: x [N, C, T, W] → [N, T, C · W].
public record Steps() implements Module {
    @Override
    public Tensor apply(Tensor x) {
        var s = x.shape();
        if (s.rank() != 4) {
            throw new ShapeException("steps", "x" + s, "x[N, C, T, W]", "put it behind layers of pictures");
        }
        return x.permute(0, 2, 1, 3).reshape(s.dim(0), s.dim(2), s.dim(1) * s.dim(3));
    }
}
