package dev.ijen.train;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;

/// The range generative networks work in: pixels from −1 to 1, anything else as it is.
final class Pixels {
    private Pixels() {}

    static Tensor in(Preprocessor pre, Tensor x) {
        return pre.shape().rank() == 3 ? x.mul(2).sub(1) : x;
    }

    static HostTensor out(Preprocessor pre, HostTensor y) {
        if (pre.shape().rank() != 3) {
            return y;
        }
        var v = y.toFloatArray();
        for (int i = 0; i < v.length; i++) {
            v[i] = (v[i] + 1) / 2;
        }
        return HostTensor.of(v, y.shape().dims());
    }
}
