package dev.ijen.train;

import dev.ijen.data.ElementSpec;
import dev.ijen.engine.Engine;
import dev.ijen.engine.InputSpec;
import dev.ijen.engine.ProgramReport;
import dev.ijen.format.Safetensors;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Module;
import dev.ijen.optim.Ema;
import dev.ijen.optim.Optimizer;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import dev.ijen.train.config.TrainingConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A network with what trains it: optimizer, averages, the compiled step. Knows how to put all of that into files and back.
final class Learner implements AutoCloseable {
    private static final String OPTIMIZER = "optimizer.";
    private static final String RAW = "raw.";
    private static final String RANDOM = "random.";

    private final Engine engine;
    private final TrainConfig config;
    private final Preprocessor pre;
    private final ElementSpec label;
    private final Chain model;
    private final Optimizer optimizer;
    private final Ema ema;
    private final TrainStep step;

    /// @param label of one example
    /// @param outputs classes or targets
    /// @param batches an epoch
    /// @param detect whether each step is checked at once and changes nothing if something in it is not finite
    Learner(Engine engine, TrainConfig config, Preprocessor pre, ElementSpec label, int outputs, int batches,
            Loss loss, boolean detect) {
        this.engine = engine;
        this.config = config;
        this.pre = pre;
        this.label = label;
        this.model = ModelBuilder.build(engine, config.model(), pre.shape(), pre.dtype(), outputs);
        this.optimizer = Optimizers.optimizer(config, batches, (long) batches * config.training().epochs());
        this.ema = config.training().ema() > 0 ? Ema.of(config.training().ema()) : null;
        var t = config.training();
        boolean guarded = detect || t.nonFinite() == TrainingConfig.NonFinite.SKIP;
        this.step = new TrainStep(
                engine, model, optimizer, ema, loss, pre,
                new TrainStep.Form(!pre.classNames().isEmpty(), guarded, t.recompute()));
    }

    Engine engine() {
        return engine;
    }

    Chain model() {
        return model;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    TrainStep step() {
        return step;
    }

    /// Scores the weights as they would be saved.
    Scorer scorer(HostLoss loss) {
        return new Scorer(engine, model, ema, pre, loss, config.training().evalBatchSize());
    }

    /// Scores the weights themselves.
    Scorer plainScorer(HostLoss loss) {
        return new Scorer(engine, model, null, pre, loss, config.training().evalBatchSize());
    }

    ProgramReport stepReport(int batch) {
        return step.report(specs(batch));
    }

    /// The greatest batch with which the step needs at most so many bytes besides cells; 0 for none.
    int largestBatch(int most, long bytes) {
        return step.largestBatch(specs(most), bytes);
    }

    private List<InputSpec> specs(int batch) {
        var x = new InputSpec(pre.dtype(), pre.shape().insert(0, batch));
        return List.of(x, new InputSpec(label.dtype(), label.shape().insert(0, batch)));
    }

    /// Bytes of the weights that move.
    long trainedBytes() {
        return optimizer.trained(model).values().stream().mapToLong(p -> (long) p.shape().size() * p.dtype().bytes())
                .sum();
    }

    /// Everything that stays on the device, by what it is for.
    Map<String, Map<String, ? extends Cell>> cells() {
        var all = new LinkedHashMap<String, Map<String, ? extends Cell>>();
        var parameters = Module.parameters(model);
        var states = new LinkedHashMap<>(Module.cells(model));
        states.keySet().removeAll(parameters.keySet());
        all.put("weights", parameters);
        all.put("statistics", states);
        all.put("optimizer", optimizer.states(model));
        if (ema != null) {
            all.put("averages", ema.states(model));
        }
        return all;
    }

    /// Weights and statistics as they are to be used.
    Map<String, HostTensor> weights() {
        var all = Checkpoints.values(Module.cells(model));
        if (ema != null) {
            all.putAll(Checkpoints.values(ema.states(model)));
        }
        return all;
    }

    /// Everything else that the next step depends on.
    Map<String, HostTensor> states() {
        var all = new LinkedHashMap<String, HostTensor>();
        put(all, OPTIMIZER, optimizer.states(model));
        put(all, RANDOM, Map.of("generator", engine.generator()));
        if (ema != null) {
            put(all, RAW, Module.parameters(model));
        }
        return all;
    }

    private static void put(Map<String, HostTensor> all, String prefix, Map<String, ? extends Cell> cells) {
        Checkpoints.values(cells).forEach((name, v) -> all.put(prefix + name, v));
    }

    /// Goes on from a checkpoint: the next step is, bit for bit, the one that would have been.
    void restore(Path checkpoint) {
        var weights = checkpoint.resolve(Checkpoints.MODEL);
        checkPrecision(weights);
        var rest = checkpoint.resolve(Checkpoints.OPTIMIZER);
        Checkpoints.restore(weights, "", Module.cells(model));
        Checkpoints.restore(rest, OPTIMIZER, optimizer.states(model));
        Checkpoints.restore(rest, RANDOM, Map.of("generator", engine.generator()));
        if (ema != null) {
            var averages = ema.states(model);
            averages.forEach((name, a) -> a.write(Module.parameters(model).get(name).read()));
            Checkpoints.restore(rest, RAW, Module.parameters(model));
        }
    }

    /// A run's bits depend on the precision, and its states do, too: it goes on in the one it began in.
    private void checkPrecision(Path weights) {
        try (var in = Safetensors.open(weights)) {
            var yaml = in.metadata().get("ijen.config");
            if (yaml == null) {
                return; // the weights' names and shapes are checked in any case
            }
            var before = ConfigReader.parse(weights + " config", yaml, List.of()).precision();
            if (before != config.precision()) {
                throw new ConfigException(
                        Mark.of("config.yaml"), "another precision than before",
                        "a checkpoint of " + before.label() + ", a configuration of " + config.precision().label(),
                        "the same: the run would not become the one it was",
                        "set 'precision: " + before.label() + "' in the run's config.yaml, or train anew");
            }
        }
    }

    /// Goes back to what [#weights] and [#states] gave.
    void restore(Map<String, HostTensor> weights, Map<String, HostTensor> states) {
        Checkpoints.fill(weights, "", Module.cells(model));
        Checkpoints.fill(states, OPTIMIZER, optimizer.states(model));
        Checkpoints.fill(states, RANDOM, Map.of("generator", engine.generator()));
        if (ema != null) {
            Checkpoints.fill(weights, "", ema.states(model));
            Checkpoints.fill(states, RAW, Module.parameters(model));
        }
    }

    /// Takes the weights of a checkpoint for use; averages are not moved any more.
    void use(Path checkpoint) {
        Checkpoints.restore(checkpoint.resolve(Checkpoints.MODEL), "", Module.cells(model));
    }

    @Override
    public void close() {
        step.close();
        optimizer.close();
        if (ema != null) {
            ema.close();
        }
        Module.close(model);
    }
}
