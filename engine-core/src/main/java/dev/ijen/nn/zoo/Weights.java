package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.format.FormatException;
import dev.ijen.nn.Embedding;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Linear;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.nio.file.Path;
import java.util.Map;

/// Where a network's weights come from: from name and shape to F32 values.
@FunctionalInterface
interface Weights {
    HostTensor get(String name, int... dims);

    /// Out of a file's tensors, of which half-precision ones become F32.
    static Weights of(Path file, Map<String, HostTensor> all) {
        return (name, dims) -> {
            var t = all.get(name);
            var shape = Shape.of(dims);
            if (t == null || !t.shape().equals(shape) || !t.dtype().isFloat()) {
                throw FormatException.damaged(file, "'" + name + "'",
                        t == null ? "no such tensor" : t.dtype() + t.shape().toString(),
                        shape + " as config.json says", "fetch the whole folder again");
            }
            return t.dtype() == DType.F32 ? t : HostTensor.of(t.toFloatArray(), dims);
        };
    }

    /// `name.weight` [out, in] and `name.bias`.
    default Linear linear(Engine e, String name, int in, int out) {
        return new Linear(e.parameter(name, get(name + ".weight", out, in)),
                e.parameter(name, get(name + ".bias", out)));
    }

    /// GPT-2's layers hold their weights [in, out].
    default Linear turned(Engine e, String name, int in, int out) {
        float[] w = get(name + ".weight", in, out).toFloatArray();
        var turned = new float[w.length];
        for (int i = 0; i < in; i++) {
            for (int o = 0; o < out; o++) {
                turned[o * in + i] = w[i * out + o];
            }
        }
        return new Linear(e.parameter(name, HostTensor.of(turned, out, in)),
                e.parameter(name, get(name + ".bias", out)));
    }

    default LayerNorm norm(Engine e, String name, int features, double eps) {
        return new LayerNorm(e.parameter(name, get(name + ".weight", features)),
                e.parameter(name, get(name + ".bias", features)), eps);
    }

    default Embedding table(Engine e, String name, int count, int dim) {
        return new Embedding(e.parameter(name, get(name + ".weight", count, dim)));
    }
}
