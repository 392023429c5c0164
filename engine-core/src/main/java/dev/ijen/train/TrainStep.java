package dev.ijen.train;

import dev.ijen.data.Batch;
import dev.ijen.engine.Anomaly;
import dev.ijen.engine.Engine;
import dev.ijen.engine.InputSpec;
import dev.ijen.engine.ProgramReport;
import dev.ijen.engine.State;
import dev.ijen.engine.Step;
import dev.ijen.optim.Ema;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The compiled training step: network, loss, gradients, update. Losses and hits are summed on the device, so that nothing waits
/// for it between readings; what was not finite is remembered there, too.
final class TrainStep implements AutoCloseable {
    private final Engine engine;
    private final Step step;
    private final State losses;
    private final State hits;
    private final State count;
    private final FiniteCheck finite;

    /// What was summed since the last reading.
    ///
    /// @param loss sum of the steps' losses
    /// @param hits examples classified rightly
    /// @param steps how many; those left out are not counted
    /// @param bad what was not finite
    record Sums(double loss, double hits, long steps, FiniteCheck.Seen bad) {}

    /// @param goals in the order of their updates
    /// @param ema averages to move; null for none
    /// @param guarded whether a step with a loss or gradient that is not finite changes nothing
    TrainStep(Learner learner, List<Goal> goals, Ema ema, boolean guarded) {
        engine = learner.engine();
        losses = engine.state("train.loss", zero());
        hits = engine.state("train.hits", zero());
        count = engine.state("train.steps", zero());
        finite = new FiniteCheck(engine);
        step = engine.program(in -> Where.nowhere(() -> {
            var guard = guarded ? Guard.of(learner, ema) : null;
            Tensor l = null;
            Tensor right = Tensor.scalar(DType.F64, 0);
            var all = new LinkedHashMap<String, Tensor>();
            for (var goal : goals) {
                var result = goal.objective().of(in.get(0), in.get(1));
                var optimizer = learner.optimizers().get(goal.name());
                var gradients = optimizer.gradients(goal.part(), result.loss());
                Where.layer("optimizer", () -> {
                    optimizer.update(goal.part(), gradients);
                    return null;
                });
                gradients.forEach((name, g) -> all.put(goal.name().isEmpty() ? name : goal.name() + " " + name, g));
                l = l == null ? result.loss() : l.add(result.loss());
                right = result.hits() == null ? right : right.add(result.hits());
            }
            if (ema != null) {
                ema.update(learner.model());
            }
            // under f16 gradients that overflow are the loss scale's matter: it leaves the update out and shrinks
            var fine = finite.watch(l, engine.precision().scalesLoss() ? Map.of() : all);
            if (guard == null) {
                sum(l.cast(DType.F64), right, Tensor.scalar(DType.F64, 1));
            } else {
                guard.close(fine);
                var none = Tensor.scalar(DType.F64, 0);
                sum(fine.where(l.cast(DType.F64), none), fine.where(right, none), fine.cast(DType.F64));
            }
            return List.of(l);
        }));
    }

    static HostTensor zero() {
        return HostTensor.zeros(DType.F64, Shape.scalar());
    }

    private void sum(Tensor loss, Tensor right, Tensor steps) {
        losses.set(losses.get().add(loss));
        hits.set(hits.get().add(right));
        count.set(count.get().add(steps));
    }

    void run(Batch batch) {
        step.run(batch.input(), batch.labels());
    }

    /// Runs a step launch by launch and gives the time of each in nanoseconds.
    long[] runTimed(Batch batch) {
        return step.runTimed(batch.input(), batch.labels());
    }

    /// Runs a step and waits for it. If something in it was not finite it has changed nothing, and the operation where that began is
    /// looked for.
    Optional<Anomaly> runChecked(Batch batch) {
        var random = engine.generator().read();
        run(batch);
        if (!finite.any()) {
            return Optional.empty();
        }
        engine.generator().write(random);
        return step.anomaly(batch.input(), batch.labels());
    }

    /// Whether something was not finite since the last reading. Waits for the device.
    boolean isBad() {
        return finite.any();
    }

    /// Reads the sums and begins anew. Waits for the device.
    Sums read() {
        var s = new Sums(losses.read().item(), hits.read().item(), (long) count.read().item(), finite.read());
        for (var state : List.of(losses, hits, count)) {
            state.write(zero());
        }
        return s;
    }

    ProgramReport report(List<InputSpec> specs) {
        return step.report(specs);
    }

    int largestBatch(List<InputSpec> specs, long bytes) {
        return step.largestBatch(specs, bytes);
    }

    @Override
    public void close() {
        step.close();
        losses.close();
        hits.close();
        count.close();
        finite.close();
    }
}
