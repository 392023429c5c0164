package dev.ijen.train;

import dev.ijen.engine.Bytes;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.TrainConfig;
import java.util.stream.Collectors;

/// Refuses a training that would not fit into the device's memory, before it begins.
final class MemoryLimit {
    private static final int NAMED = 4;

    private MemoryLimit() {}

    /// @param most bytes there may be
    /// @param limited whether that was asked for; otherwise it is what is free
    /// @throws IjenException if the plan needs more, naming what needs the most and a batch size that fits
    static void check(MemoryPlan plan, long most, boolean limited, TrainConfig config, Learner learner) {
        if (plan.total() <= most) {
            return;
        }
        throw new IjenException(
                "memory: the training needs " + Bytes.text(plan.total()) + " on the device, and there may be "
                        + Bytes.text(most),
                plan.largest(NAMED).stream().map(MemoryPlan.Part::toString).collect(Collectors.joining("; ")),
                "at most " + Bytes.text(most) + (limited ? ", the --memory-limit" : ", which is free now"),
                fix(plan, most, config, learner));
    }

    /// Not even what a training begins with fits: weights, and what the optimizer keeps of each.
    ///
    /// @return what to throw instead of `e`, with what the training would need in all
    static IjenException hopeless(OutOfMemoryException e, TrainConfig config, TrainOptions options) {
        long limit = options.engine().memoryLimit();
        if (limit == 0) {
            return e;
        }
        long need = TrainPlan.of(config, options.withEngine(options.engine().withMemoryLimit(0))).memoryBytes();
        return new IjenException(
                "memory: the weights alone do not fit into the --memory-limit",
                "a limit of " + Bytes.text(limit),
                Bytes.text(need) + ", which is all of this training with batches of " + config.training().batchSize(),
                "use --memory-limit " + ((need >> 20) + 1) + "m or more, or a smaller network",
                e);
    }

    private static String fix(MemoryPlan plan, long most, TrainConfig config, Learner learner) {
        int batch = config.training().batchSize();
        long step = learner.stepReport(batch).bindingBytes();
        long rest = plan.total() - step;
        boolean accumulates = config.optimizer().accumulation() > 1;
        // the sums of gradients are as large as the weights
        long sums = accumulates ? 0 : learner.trainedBytes();
        int fits = learner.largestBatch(batch, most - rest);
        int summed = accumulates ? fits : learner.largestBatch(batch, most - rest - sums);
        if (summed > 0 && summed < batch) {
            int k = (batch + summed - 1) / summed * config.optimizer().accumulation();
            return "training.batch_size: " + summed + " with optimizer.accumulation: " + k
                    + " fits and makes updates of about the same size; or training.recompute: 4";
        }
        if (fits > 0 && fits < batch) {
            return "training.batch_size: " + fits + " fits; or training.recompute: 4";
        }
        if (fits == batch || step < plan.total() / 2) {
            return "training.eval_batch_size (now " + config.training().evalBatchSize()
                    + ") is what does not fit: lower it; or use a smaller network";
        }
        return "not even a batch of 1 fits: use a smaller network, training.recompute: 4, or a device with more memory";
    }
}
