package dev.ijen.train;

import dev.ijen.data.Batch;
import dev.ijen.engine.Engine;
import dev.ijen.engine.InputSpec;
import dev.ijen.engine.ProgramReport;
import dev.ijen.engine.State;
import dev.ijen.engine.Step;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Module;
import dev.ijen.optim.Ema;
import dev.ijen.optim.Optimizer;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.List;

/// The compiled training step: network, loss, gradients, update. Losses and hits are summed on the device, so that nothing waits
/// for it between readings; the first step whose loss is no number is remembered there, too.
final class TrainStep implements AutoCloseable {
    private final Step step;
    private final State losses;
    private final State hits;
    private final State count;
    private final State bad;

    /// What was summed since the last reading.
    ///
    /// @param loss sum of the steps' losses
    /// @param hits examples classified rightly
    /// @param steps how many
    /// @param bad which of them, from 1, had the first loss that is no number; 0 for none
    record Sums(double loss, double hits, long steps, long bad) {}

    /// @param ema averages to move; null for none
    TrainStep(Engine engine, Module model, Optimizer optimizer, Ema ema, Loss loss, Preprocessor pre, boolean classes) {
        losses = engine.state("train.loss", zero());
        hits = engine.state("train.hits", zero());
        count = engine.state("train.steps", zero());
        bad = engine.state("train.bad", zero());
        step = engine.program(in -> {
            var y = in.get(1);
            var out = model.apply(pre.standardize(in.get(0))).cast(DType.F32);
            var l = loss.apply(out, y);
            optimizer.update(model, l);
            if (ema != null) {
                ema.update(model);
            }
            sum(l, classes ? hits(out, y) : Tensor.scalar(DType.F64, 0));
            return List.of(l);
        });
    }

    private static HostTensor zero() {
        return HostTensor.zeros(DType.F64, Shape.scalar());
    }

    private static Tensor hits(Tensor logits, Tensor labels) {
        var truth = labels.dtype().isFloat() ? labels.argmax(-1) : labels;
        return logits.argmax(-1).cast(DType.I32).eq(truth.cast(DType.I32)).cast(DType.F32).sum().cast(DType.F64);
    }

    private void sum(Tensor loss, Tensor right) {
        var l = loss.cast(DType.F64);
        var n = count.get().add(1);
        var first = bad.get();
        var finite = l.sub(l).eq(0);
        bad.set(first.gt(0).or(finite).where(first, n));
        losses.set(losses.get().add(l));
        hits.set(hits.get().add(right));
        count.set(n);
    }

    void run(Batch batch) {
        step.run(batch.input(), batch.labels());
    }

    /// Reads the sums and begins anew. Waits for the device.
    Sums read() {
        var s = new Sums(losses.read().item(), hits.read().item(), (long) count.read().item(),
                (long) bad.read().item());
        for (var state : List.of(losses, hits, count, bad)) {
            state.write(zero());
        }
        return s;
    }

    ProgramReport report(InputSpec input, InputSpec label) {
        return step.report(List.of(input, label));
    }

    @Override
    public void close() {
        step.close();
        losses.close();
        hits.close();
        count.close();
        bad.close();
    }
}
