package dev.ijen.cli.bench;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Module;
import dev.ijen.optim.Adam;
import dev.ijen.optim.AdamW;
import dev.ijen.optim.Optimizer;
import dev.ijen.optim.Schedule;
import dev.ijen.optim.Sgd;
import dev.ijen.tensor.HostTensor;

/// A network of the benchmarks, with its weights, input and optimizer.
///
/// @param module input [batch, ...] → logits [rows, classes]
/// @param input of a batch
/// @param rows of logits, each with a label
/// @param maker made its parameters
/// @param unseen operations of a forward step that attention leaves out because they are of the future: the protocol counts them
record Network(
        Module module, HostTensor input, int rows, int classes, Optimizer optimizer, Maker maker, double unseen) {
    Network(Module module, HostTensor input, int rows, int classes, Optimizer optimizer, Maker maker) {
        this(module, input, rows, classes, optimizer, maker, 0);
    }

    /// The network of that name.
    ///
    /// @throws IllegalArgumentException for a name that is none
    static Network of(Engine engine, String name, int batch) {
        return switch (name) {
            case "mlp" -> mlp(engine, batch, 784, 512, 256, 10);
            case "mlp4x4096" -> {
                var m = new Maker(engine, Double.NaN);
                var input = Numbers.uniform(1, 1, batch, 4096);
                yield new Network(Images.mlp(m, 4096, 4096, 4096, 4096, 4096, 10), input, batch, 10, adam(1e-4), m);
            }
            case "cnn" -> {
                var m = new Maker(engine, Double.NaN);
                yield new Network(Images.cnn(m), Numbers.uniform(1, 1, batch, 1, 28, 28), batch, 10, adam(1e-3), m);
            }
            case "resnet18" -> {
                var m = new Maker(engine, Double.NaN);
                yield new Network(Images.resnet18(m), Numbers.uniform(1, 1, batch, 3, 32, 32), batch, 10, sgd(5e-4), m);
            }
            case "resnet50" -> {
                var m = new Maker(engine, Double.NaN);
                var input = Numbers.uniform(1, 1, batch, 3, 224, 224);
                yield new Network(Images.resnet50(m), input, batch, 1000, sgd(1e-4), m);
            }
            case "lstm" -> {
                var m = new Maker(engine, Double.NaN);
                yield new Network(Sequences.lstm(m, 64, 128, 1), Numbers.uniform(1, 1, batch, 64, 64), batch, 10,
                        adam(1e-3), m);
            }
            case "lstm2x1024" -> {
                var m = new Maker(engine, Double.NaN);
                var input = Numbers.uniform(1, 1, batch, 128, 1024);
                yield new Network(Sequences.lstm(m, 1024, 1024, 2), input, batch, 10, adam(1e-4), m);
            }
            case "gpt" -> gpt(engine, batch, new Sequences.Gpt(65, 128, 128, 4, 4), 1e-3);
            case "gpt2-124m" -> gpt(engine, batch, new Sequences.Gpt(50304, 1024, 768, 12, 12), 3e-4);
            default -> throw new IllegalArgumentException("unknown model " + name);
        };
    }

    static Network gpt(Engine engine, int batch, Sequences.Gpt size, double rate) {
        var m = new Maker(engine, 0.02 * Math.sqrt(3));
        var input = Numbers.symbols(1, size.vocabulary(), batch, size.length());
        var adamW = new AdamW(new Adam(0.9, 0.95, 1e-8)).with(Schedule.constant(rate)).withWeightDecay(0.1);
        return new Network(Sequences.gpt(m, size), input, batch * size.length(), size.vocabulary(), adamW, m,
                batch * size.unseen());
    }

    /// @param widths of the input and of each layer's output
    static Network mlp(Engine engine, int batch, int... widths) {
        var m = new Maker(engine, Double.NaN);
        var input = Numbers.uniform(1, 1, batch, widths[0]);
        return new Network(Images.mlp(m, widths), input, batch, widths[widths.length - 1], adam(1e-3), m);
    }

    private static Optimizer adam(double rate) {
        return Adam.of(Schedule.constant(rate));
    }

    private static Optimizer sgd(double decay) {
        return Sgd.of(Schedule.constant(0.01), 0.9).withWeightDecay(decay);
    }

    /// How many numbers the parameters hold.
    long parameterCount() {
        return maker.parameters().stream().mapToLong(p -> p.shape().size()).sum();
    }
}
