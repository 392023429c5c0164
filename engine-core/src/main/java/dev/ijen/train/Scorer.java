package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.engine.Engine;
import dev.ijen.engine.ProgramReport;
import dev.ijen.engine.Step;
import dev.ijen.nn.Module;
import dev.ijen.optim.Ema;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;

/// Runs a network on a dataset and says how well it does. Every batch has the same shape, so one program serves all.
final class Scorer implements AutoCloseable {
    private final Step step;
    private final Task task;
    private final Problem problem;
    private final int batch;
    private final boolean labelled;

    /// @param ema whose averages stand for the weights; null for the weights themselves
    Scorer(Engine engine, Task task, Problem problem, Module model, Ema ema, int batch) {
        this.task = task;
        this.problem = problem;
        this.batch = batch;
        this.labelled = task.judgesWithLabels();
        this.step = engine.evaluationProgram(in -> Where.nowhere(() -> {
            var labels = in.size() > 1 ? in.get(1) : null;
            var y = ema == null ? task.outputs(model, problem, in.getFirst(), labels)
                    : ema.with(model, () -> task.outputs(model, problem, in.getFirst(), labels));
            return java.util.List.of(y.cast(DType.F32));
        }));
    }

    /// Looks at something else than the task does, made of inputs alone.
    Scorer(Engine engine, java.util.function.UnaryOperator<Tensor> f, Task task, Problem problem, int batch) {
        this.task = task;
        this.problem = problem;
        this.batch = batch;
        this.labelled = false;
        this.step = engine.evaluationProgram(
                in -> Where.nowhere(() -> java.util.List.of(f.apply(in.getFirst()).cast(DType.F32))));
    }

    /// What the task looks at, for all examples one after the other.
    double[] outputs(Dataset data) {
        int n = data.size();
        int size = batch(n);
        double[] all = null;
        for (int from = 0; from < n; from += size) {
            var indices = new int[size];
            for (int i = 0; i < size; i++) {
                // the last batch is filled up, so that no other shape is compiled
                indices[i] = Math.min(from + i, n - 1);
            }
            var b = data.batch(indices);
            var y = (labelled ? step.run(b.input(), b.labels()) : step.run(b.input())).toFloatArray(0);
            int width = y.length / size;
            if (all == null) {
                all = new double[n * width];
            }
            int rows = Math.min(size, n - from);
            for (int i = 0; i < rows * width; i++) {
                all[from * width + i] = y[i];
            }
        }
        return all == null ? new double[0] : all;
    }

    /// What the task looks at, of inputs without labels that may have any shape the network takes.
    double[] outputs(HostTensor x) {
        return step.run(x).get(0).toDoubleArray();
    }

    /// Examples a batch for a dataset of so many.
    int batch(int examples) {
        return Math.min(batch, examples);
    }

    /// Memory and work of a batch.
    ProgramReport report(int examples) {
        return step.report(problem.batch(examples).subList(0, labelled ? 2 : 1));
    }

    Evaluation evaluate(Dataset data) {
        var y = outputs(data);
        for (double v : y) {
            if (!Double.isFinite(v)) {
                throw new TrainException(
                        "evaluation: the network's output is not a number",
                        String.valueOf(v),
                        "finite numbers",
                        "lower optimizer.lr, set optimizer.clip_norm: 1, or check the data for extreme values");
            }
        }
        return task.evaluate(problem, data, y);
    }

    @Override
    public void close() {
        step.close();
    }
}
