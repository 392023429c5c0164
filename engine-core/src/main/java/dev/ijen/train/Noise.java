package dev.ijen.train;

import dev.ijen.engine.HostRandom;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;

/// Random numbers of the host that are the same whenever they are asked for: evaluation and sampling draw nothing from the engine's
/// generator, or a resumed run would differ from one that was not interrupted.
final class Noise {
    private Noise() {}

    static HostTensor normal(long seed, int stream, int... dims) {
        var random = new HostRandom(seed, stream);
        var v = new float[Shape.of(dims).size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) random.nextGaussian();
        }
        return HostTensor.of(v, dims);
    }
}
