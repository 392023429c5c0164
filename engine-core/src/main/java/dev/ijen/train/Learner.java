package dev.ijen.train;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.ProgramReport;
import dev.ijen.engine.State;
import dev.ijen.format.Safetensors;
import dev.ijen.nn.Module;
import dev.ijen.optim.Ema;
import dev.ijen.optim.Optimizer;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.GroupConfig;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import dev.ijen.train.config.TrainingConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A network with what trains it: optimizer, averages, the compiled step. Knows how to put all of that into files and back.
final class Learner implements AutoCloseable {
    private static final String OPTIMIZER = "optimizer.";
    private static final String RAW = "raw.";
    private static final String RANDOM = "random.";

    private final Engine engine;
    private final TrainConfig config;
    private final Task task;
    private final Problem problem;
    private final Module model;
    private final List<Goal> goals;
    private final Map<String, Optimizer> optimizers = new LinkedHashMap<>();
    private final Ema ema;
    private final TrainStep step;
    private FirstWeights first;

    /// @param batches an epoch
    /// @param detect whether each step is checked at once and changes nothing if something in it is not finite
    Learner(Engine engine, TrainConfig config, Task task, Problem problem, int batches, boolean detect) {
        this.engine = engine;
        this.config = config;
        this.task = task;
        this.problem = problem;
        this.model = Models.of(engine, config, task, problem);
        this.goals = task.goals(engine, model, problem);
        var frozen = Models.frozen(config, model);
        checkNames();
        for (var goal : goals) {
            // one that is updated several times a step comes to its schedule's end with the others
            int times = (int) goals.stream().filter(g -> g.name().equals(goal.name())).count();
            optimizers.computeIfAbsent(goal.name(), n -> Optimizers.optimizer(
                    config, batches * times, (long) batches * times * config.training().epochs(), frozen));
        }
        this.ema = config.training().ema() > 0 ? Ema.of(config.training().ema()) : null;
        var t = config.training();
        boolean guarded = detect || t.nonFinite() == TrainingConfig.NonFinite.SKIP;
        this.step = new TrainStep(this, goals, ema, guarded);
    }

    private void checkNames() {
        var names = goals.stream().flatMap(g -> Module.parameters(g.part()).keySet().stream()).distinct().toList();
        Models.check("optimizer.frozen", config.optimizer().frozen(), names);
        Models.check("optimizer.groups", config.optimizer().groups().stream().map(GroupConfig::match).toList(), names);
        Models.check("lora.train", config.lora().train(), names);
    }

    /// Takes first weights from where the configuration says, if it does.
    void begin() {
        if (!config.init().isSet()) {
            return;
        }
        first = FirstWeights.load(config.init(), model);
        if (ema != null) {
            var weights = Module.parameters(model);
            ema.states(model).forEach((name, a) -> a.write(weights.get(name).read()));
        }
    }

    /// What was taken; null if all weights are fresh, or from a checkpoint.
    FirstWeights first() {
        return first;
    }

    Engine engine() {
        return engine;
    }

    Module model() {
        return model;
    }

    Problem problem() {
        return problem;
    }

    /// That of the first goal: it stands for all where one rate is told of.
    Optimizer optimizer() {
        return optimizers.values().iterator().next();
    }

    /// By the names of goals.
    Map<String, Optimizer> optimizers() {
        return optimizers;
    }

    /// Numbers that move.
    long trained() {
        return trainedParameters().mapToLong(p -> p.shape().size()).sum();
    }

    private Stream<Parameter> trainedParameters() {
        return goals.stream().flatMap(g -> optimizers.get(g.name()).trained(g.part()).values().stream()).distinct();
    }

    /// The states of all optimizers; those of a goal with a name begin with it.
    Map<String, State> optimizerStates() {
        var all = new LinkedHashMap<String, State>();
        for (var g : goals) {
            var prefix = g.name().isEmpty() ? "" : g.name() + "/";
            optimizers.get(g.name()).states(g.part()).forEach((name, s) -> all.put(prefix + name, s));
        }
        return all;
    }

    TrainStep step() {
        return step;
    }

    /// Scores the weights as they would be saved.
    Scorer scorer() {
        return new Scorer(engine, task, problem, model, ema, config.training().evalBatchSize());
    }

    /// Scores the weights themselves.
    Scorer plainScorer() {
        return new Scorer(engine, task, problem, model, null, config.training().evalBatchSize());
    }

    ProgramReport stepReport(int batch) {
        return step.report(problem.batch(batch));
    }

    /// The greatest batch with which the step needs at most so many bytes besides cells; 0 for none.
    int largestBatch(int most, long bytes) {
        return step.largestBatch(problem.batch(most), bytes);
    }

    /// Bytes of the weights that move.
    long trainedBytes() {
        return trainedParameters().mapToLong(p -> (long) p.shape().size() * p.dtype().bytes()).sum();
    }

    /// Everything that stays on the device, by what it is for.
    Map<String, Map<String, ? extends Cell>> cells() {
        var all = new LinkedHashMap<String, Map<String, ? extends Cell>>();
        var parameters = Module.parameters(model);
        var states = new LinkedHashMap<>(Module.cells(model));
        states.keySet().removeAll(parameters.keySet());
        all.put("weights", parameters);
        all.put("statistics", states);
        all.put("optimizer", optimizerStates());
        if (ema != null) {
            all.put("averages", ema.states(model));
        }
        return all;
    }

    /// Whether the task counts examples that are right.
    boolean tellsAccuracy() {
        return task.metrics(problem.pre()).contains("accuracy");
    }

    /// Lets the task write what is worth looking at, with the weights as they would be saved.
    void show(Path folder) {
        if (ema == null) {
            task.show(engine, model, problem, folder);
            return;
        }
        var raw = Checkpoints.values(Module.parameters(model));
        ema.copyTo(model);
        try {
            task.show(engine, model, problem, folder);
        } finally {
            Checkpoints.fill(raw, "", Module.parameters(model));
        }
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
        put(all, OPTIMIZER, optimizerStates());
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
        Checkpoints.restore(rest, OPTIMIZER, optimizerStates());
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
        Checkpoints.fill(states, OPTIMIZER, optimizerStates());
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
        optimizers.values().forEach(Optimizer::close);
        if (ema != null) {
            ema.close();
        }
        Module.close(model);
    }
}
