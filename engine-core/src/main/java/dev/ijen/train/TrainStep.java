package dev.ijen.train;

import dev.ijen.data.Batch;
import dev.ijen.engine.Anomaly;
import dev.ijen.engine.Engine;
import dev.ijen.engine.InputSpec;
import dev.ijen.engine.ProgramReport;
import dev.ijen.engine.State;
import dev.ijen.engine.Step;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Chain;
import dev.ijen.optim.Ema;
import dev.ijen.optim.Optimizer;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
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

    /// How a step is put together.
    ///
    /// @param classes whether there are hits to count
    /// @param guarded whether a step with a loss or gradient that is not finite changes nothing
    /// @param recompute segments whose intermediates are computed again; 0 for none
    record Form(boolean classes, boolean guarded, int recompute) {}

    /// @param ema averages to move; null for none
    TrainStep(Engine engine, Chain model, Optimizer optimizer, Ema ema, Loss loss, Preprocessor pre, Form form) {
        this.engine = engine;
        losses = engine.state("train.loss", zero());
        hits = engine.state("train.hits", zero());
        count = engine.state("train.steps", zero());
        finite = new FiniteCheck(engine);
        step = engine.program(in -> Where.nowhere(() -> {
            var guard = form.guarded ? Guard.of(model, optimizer, ema) : null;
            var y = in.get(1);
            var out = model.apply(pre.standardize(in.get(0)), form.recompute).cast(DType.F32);
            var l = Where.layer("loss", () -> loss.apply(out, y));
            var gradients = optimizer.gradients(model, l);
            Where.layer("optimizer", () -> {
                optimizer.update(model, gradients);
                return null;
            });
            if (ema != null) {
                ema.update(model);
            }
            // under f16 gradients that overflow are the loss scale's matter: it leaves the update out and shrinks
            var fine = finite.watch(l, engine.precision().scalesLoss() ? Map.of() : gradients);
            var right = form.classes ? hits(out, y) : Tensor.scalar(DType.F64, 0);
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

    private static Tensor hits(Tensor logits, Tensor labels) {
        var truth = labels.dtype().isFloat() ? labels.argmax(-1) : labels;
        return logits.argmax(-1).cast(DType.I32).eq(truth.cast(DType.I32)).cast(DType.F32).sum().cast(DType.F64);
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
