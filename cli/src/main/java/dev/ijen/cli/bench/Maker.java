package dev.ijen.cli.bench;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.nn.BatchNorm;
import dev.ijen.nn.Conv;
import dev.ijen.nn.ConvSpec;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Padding;
import dev.ijen.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;

/// Makes layers whose parameters have the benchmark's numbers: parameter k, in the order in which they are made, comes from stream 100 + k.
final class Maker {
    private final Engine engine;
    private final List<Parameter> parameters = new ArrayList<>();
    private final double fixed;

    /// @param fixed the range of all weights, biases then being 0; NaN for 1/√fan_in of both
    Maker(Engine engine, double fixed) {
        this.engine = engine;
        this.fixed = fixed;
    }

    /// All so far, in order.
    List<Parameter> parameters() {
        return parameters;
    }

    Engine engine() {
        return engine;
    }

    private Parameter add(HostTensor value) {
        var p = engine.parameter("p" + parameters.size(), value);
        parameters.add(p);
        return p;
    }

    Parameter uniform(double a, int... dims) {
        return add(Numbers.uniform(100 + parameters.size(), a, dims));
    }

    Parameter constant(double value, int... dims) {
        return add(Numbers.full(value, dims));
    }

    private Parameter bias(double a, int n) {
        return Double.isNaN(fixed) ? uniform(a, n) : constant(0, n);
    }

    Linear linear(int in, int out) {
        double a = 1 / Math.sqrt(in);
        var w = uniform(Double.isNaN(fixed) ? a : fixed, out, in);
        return new Linear(w, bias(a, out));
    }

    Conv conv(int in, int out, int size, int stride, boolean bias) {
        var spec = ConvSpec.of(2, in, out, size).withStride(stride).withPadding(Padding.of(size / 2)).withBias(bias);
        double a = 1 / Math.sqrt((double) in * size * size);
        var w = uniform(a, out, in, size, size);
        return new Conv(w, bias ? bias(a, out) : null, spec);
    }

    BatchNorm batchNorm(int channels) {
        var w = constant(1, channels);
        var b = constant(0, channels);
        return new BatchNorm(
                w,
                b,
                engine.state("mean", Numbers.full(0, channels)),
                engine.state("variance", Numbers.full(1, channels)),
                0.1,
                1e-5);
    }

    LayerNorm layerNorm(int features) {
        var w = constant(1, features);
        return new LayerNorm(w, constant(0, features), 1e-5);
    }
}
