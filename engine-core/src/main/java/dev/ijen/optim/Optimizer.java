package dev.ijen.optim;

import dev.ijen.engine.Cells;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.State;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import dev.ijen.tensor.Where;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Changes a model's parameters so that a loss falls: a [Rule] with a learning-rate schedule and what all rules share
/// (weight decay, clipping, groups, accumulation). The settings are fixed; moments and counters are [State]s on the
/// device, made when a step is first traced, so one optimizer belongs to one model.
///
/// ```java
/// var adam = Adam.of(Schedule.cosine(1e-3, steps)).withClipNorm(1);
/// var step = engine.compile((x, y) -> {
///     var loss = Loss.crossEntropy(model.apply(x), y);
///     adam.update(model, loss);
///     return loss;
/// });
/// ```
public final class Optimizer implements AutoCloseable {
    private final Rule rule;
    private final Settings settings;
    private final OptimizerStates states = new OptimizerStates();
    private double scale = 1;

    private Optimizer(Rule rule, Settings settings) {
        this.rule = rule;
        this.settings = settings;
    }

    /// A rule with a schedule.
    public static Optimizer of(Rule rule, Schedule schedule) {
        return new Optimizer(rule, Settings.of(schedule));
    }

    /// With weight decay λ: what it does is the rule's matter ([Rule#decay]).
    public Optimizer withWeightDecay(double lambda) {
        return with(settings.withDecay(lambda, settings.vectorDecay()));
    }

    /// Without weight decay of parameters of one axis: biases, and scales and shifts of norms.
    public Optimizer withoutDecayOfVectors() {
        return with(settings.withDecay(settings.weightDecay(), false));
    }

    /// With gradients scaled down to a global norm of at most `max`.
    public Optimizer withClipNorm(double max) {
        return with(settings.withClip(max, settings.clipValue()));
    }

    /// With every element of the gradients between −max and max.
    public Optimizer withClipValue(double max) {
        return with(settings.withClip(settings.clipNorm(), max));
    }

    /// With one update for every `calls` calls, from the mean of their gradients: as one batch of all their examples.
    public Optimizer withAccumulation(int calls) {
        if (calls < 1) {
            throw new IjenException("optimizer: accumulation", String.valueOf(calls), "at least 1",
                    "give the micro-batches of an update");
        }
        return with(settings.withAccumulation(calls));
    }

    /// With parameters that do not move: dotted names, `*` for any characters, as in `0.*`; `!9.*` excepts some from those before it
    /// ([Cells#matches(List, String)]). No states are held for them.
    public Optimizer withFrozen(String... patterns) {
        return with(settings.withFrozen(List.of(patterns)));
    }

    /// With factors on rate and weight decay for parameters whose names match: `withGroup("head.*", 10, 0)`. Of several groups that match,
    /// the last one holds.
    public Optimizer withGroup(String pattern, double rateFactor, double decayFactor) {
        return with(new Settings.Group(pattern, rateFactor, decayFactor, false));
    }

    /// With a factor on the rate, and a weight decay of their own, for parameters whose names match.
    public Optimizer withGroupOfDecay(String pattern, double rateFactor, double lambda) {
        return with(new Settings.Group(pattern, rateFactor, lambda, true));
    }

    private Optimizer with(Settings.Group g) {
        var all = new ArrayList<>(settings.groups());
        all.add(g);
        return with(settings.withGroups(List.copyOf(all)));
    }

    private Optimizer with(Settings changed) {
        if (!states.isEmpty()) {
            throw new IjenException("optimizer: changed after its first use", "an optimizer with states", "a fresh one",
                    "set it up before tracing a step");
        }
        return new Optimizer(rule, changed);
    }

    /// In a step: the gradients of `loss` (a scalar) and the new values of the model's parameters, which later reads in
    /// this step see.
    public void update(Object model, Tensor loss) {
        var trained = trained(model);
        move(trained, gradients(trained, loss));
    }

    /// The gradients of `loss` by dotted name of the parameters that are trained. Under [Precision#F16] they were computed of a scaled
    /// loss and are divided by the scale; where one does not fit into F16 it is infinite or NaN, and [#update] leaves the update out.
    public Map<String, Tensor> gradients(Object model, Tensor loss) {
        return gradients(trained(model), loss);
    }

    private Map<String, Tensor> gradients(Map<String, Parameter> trained, Tensor loss) {
        var engine = trained.values().iterator().next().home();
        var scale = engine.precision().scalesLoss() ? LossScale.of(engine, states) : null;
        var from = scale == null ? loss : scale.up(Precision.wide(loss));
        var g = Gradient.of(from, trained.values().stream().map(Parameter::get).toList());
        var named = new LinkedHashMap<String, Tensor>();
        for (var name : trained.keySet()) {
            var one = g.get(named.size());
            named.put(name, scale == null ? one : scale.down(one));
        }
        return named;
    }

    /// In a step: new values of the parameters that have a gradient here, by dotted name.
    public void update(Object model, Map<String, Tensor> gradients) {
        var trained = trained(model);
        var names = trained.keySet().toString();
        trained.keySet().retainAll(gradients.keySet());
        if (trained.size() < gradients.size()) {
            throw new IjenException(
                    "optimizer: gradients of unknown parameters",
                    gradients.keySet().toString(),
                    "names out of " + names,
                    "check the names; frozen parameters have no gradient");
        }
        move(trained, gradients);
    }

    private void move(Map<String, Parameter> trained, Map<String, Tensor> gradients) {
        var pass = new OptimizerPass(rule, settings, states, scale);
        // optimizers compute in the types of weights, whatever the step does
        Where.here(() -> Trace.precision(Precision.F32, () -> {
            pass.run(trained, gradients);
            return null;
        }));
    }

    /// The parameters that move, by dotted name.
    ///
    /// @throws IjenException if there are none
    public Map<String, Parameter> trained(Object model) {
        var all = Cells.parameters(model);
        var found = all.keySet().toString();
        all.keySet().removeIf(settings::isFrozen);
        if (all.isEmpty()) {
            throw new IjenException(
                    "optimizer: nothing to train",
                    "a model with parameters " + found + ", frozen " + settings.frozen(),
                    "at least one parameter that may move",
                    "pass the model (records, lists, chains of layers), and check the frozen patterns");
        }
        return all;
    }

    /// All states by name, for checkpoints: `step`, `rate`, `scale`, `0.weight.m`, …. Makes those that do not exist
    /// yet.
    public Map<String, State> states(Object model) {
        var named = new LinkedHashMap<String, State>();
        Trace.training().call(() -> {
            var zeros = new LinkedHashMap<String, Tensor>();
            trained(model).forEach((name, p) -> zeros.put(name, Tensor.full(p.dtype(), 0, p.shape())));
            update(model, zeros);
            return null;
        });
        named.putAll(states.shared());
        trained(model).forEach((name, p) -> states.of(p).forEach((slot, s) -> named.put(name + "." + slot, s)));
        return named;
    }

    /// The learning rate of the last update; NaN before the first. Waits for the device.
    public double learningRate() {
        return steps() == 0 ? Double.NaN : states.shared().get("rate").read().item();
    }

    /// Updates done. Waits for the device.
    public long steps() {
        var step = states.shared().get("step");
        return step == null ? 0 : step.read().getLong(0);
    }

    /// The factor on the schedule's rate.
    public double scale() {
        var cell = states.shared().get("scale");
        return cell == null ? scale : cell.read().item();
    }

    /// Multiplies the schedule's rate by `factor` from the next step on.
    public void scale(double factor) {
        if (!(factor >= 0)) {
            throw new IjenException("optimizer: scale", String.valueOf(factor), "a factor of at least 0",
                    "give 1 for the schedule's rate");
        }
        scale = factor;
        var cell = states.shared().get("scale");
        if (cell != null) {
            cell.write(HostTensor.of(DType.F32, new double[] {factor}));
        }
    }

    /// The factor that losses are multiplied by under [Precision#F16]; 1 where they are not. Waits for the device.
    public double lossScale() {
        var scale = states.shared().get(LossScale.SCALE);
        return scale == null ? 1 : scale.read().item();
    }

    /// Updates that were left out because a gradient was infinite or NaN. Waits for the device.
    public long skipped() {
        var skipped = states.shared().get("skipped_updates");
        return skipped == null ? 0 : skipped.read().getLong(0);
    }

    /// Frees the memory of all states.
    @Override
    public void close() {
        states.close();
    }

    @Override
    public String toString() {
        return rule + " " + settings;
    }
}
