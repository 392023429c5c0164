package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.loss.CrossEntropy;
import dev.ijen.loss.Loss;
import dev.ijen.optim.AdaGrad;
import dev.ijen.optim.Adafactor;
import dev.ijen.optim.Adam;
import dev.ijen.optim.AdamW;
import dev.ijen.optim.Lamb;
import dev.ijen.optim.Lion;
import dev.ijen.optim.Optimizer;
import dev.ijen.optim.RmsProp;
import dev.ijen.optim.Rule;
import dev.ijen.optim.Schedule;
import dev.ijen.optim.Sgd;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.GroupConfig;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.OptimizerConfig;
import dev.ijen.train.config.TrainConfig;
import dev.ijen.train.config.TrainingConfig;
import java.util.List;

/// Optimizer, schedule and loss as a configuration names them.
final class Optimizers {
    private Optimizers() {}

    /// @param batches an epoch
    /// @param steps planned in all
    /// @param frozen patterns of weights that stay
    static Optimizer optimizer(TrainConfig config, int batches, long steps, List<String> frozen) {
        var c = config.optimizer();
        int k = c.accumulation();
        var o = Optimizer.of(rule(c), schedule(config, Math.max(1, batches / k), (int) Math.max(1, steps / k)));
        if (c.weightDecay() > 0) {
            o = o.withWeightDecay(c.weightDecay());
        }
        if (!c.decayVectors()) {
            o = o.withoutDecayOfVectors();
        }
        if (c.clipNorm() > 0) {
            o = o.withClipNorm(c.clipNorm());
        }
        if (c.clipValue() > 0) {
            o = o.withClipValue(c.clipValue());
        }
        if (k > 1) {
            o = o.withAccumulation(k);
        }
        for (var g : c.groups()) {
            double factor = g.lr() < 0 ? 1 : g.lr() / rate(c, g);
            o = g.weightDecay() < 0 ? o.withGroup(g.match(), factor, 1)
                    : o.withGroupOfDecay(g.match(), factor, g.weightDecay());
        }
        return frozen.isEmpty() ? o : o.withFrozen(frozen.toArray(new String[0]));
    }

    /// Groups' rates are factors on the schedule, so they follow its course.
    private static double rate(OptimizerConfig c, GroupConfig g) {
        if (c.lr() == 0) {
            throw new ConfigException(Mark.of("optimizer.groups"), "a rate beside none",
                    g.match() + ": " + g.lr() + ", optimizer.lr: 0",
                    "an optimizer.lr above 0", "freeze the other weights instead: optimizer.frozen");
        }
        return c.lr();
    }

    private static Rule rule(OptimizerConfig c) {
        var adam = new Adam(c.beta1(), c.beta2(), c.eps());
        return switch (c.type()) {
            case ADAM -> adam;
            case ADAMW -> new AdamW(adam);
            case SGD -> new Sgd(c.momentum(), 0, c.nesterov());
            case RMSPROP -> new RmsProp(0.99, 1e-8, 0, false);
            case ADAGRAD -> new AdaGrad(1e-10);
            case LAMB -> new Lamb(c.beta1(), c.beta2(), c.eps());
            case LION -> new Lion(c.beta1(), c.beta2());
            case ADAFACTOR -> new Adafactor(1e-30, 1e-3, 1);
        };
    }

    private static Schedule schedule(TrainConfig config, int batches, int steps) {
        var s = config.schedule();
        double lr = config.optimizer().lr();
        int warm = (int) Math.round(s.warmup() * steps);
        int rest = Math.max(1, steps - warm);
        var course = switch (s.type()) {
            case CONSTANT, PLATEAU -> Schedule.constant(lr);
            case STEP -> Schedule.step(lr, (int) Math.max(1, Math.round(s.every() * batches)), s.factor());
            case MULTI_STEP -> {
                if (s.at().isEmpty()) {
                    throw new ConfigException(
                            Mark.of("schedule.at"), "no epochs", "an empty list", "epochs after which the rate falls",
                            "write at: [10, 20]");
                }
                yield Schedule.multiStep(
                        lr, s.factor(), s.at().stream().mapToInt(e -> (int) Math.round(e * batches)).toArray());
            }
            case EXPONENTIAL -> Schedule.exponential(lr, Math.pow(s.factor(), 1.0 / batches));
            case COSINE -> Schedule.cosine(lr, rest, lr * s.end());
            case ONE_CYCLE -> rest < 4 ? Schedule.constant(lr) : Schedule.oneCycle(lr, rest);
            case POLYNOMIAL -> Schedule.polynomial(lr, rest, s.power(), lr * s.end());
        };
        return course.warmUp(warm);
    }

    /// What is minimised, settled by the data where the configuration leaves it open.
    static TrainingConfig.Loss kind(TrainConfig config, boolean classification) {
        var asked = config.training().loss();
        if (asked == TrainingConfig.Loss.AUTO) {
            return classification ? TrainingConfig.Loss.CROSS_ENTROPY : TrainingConfig.Loss.MSE;
        }
        boolean forClasses = asked == TrainingConfig.Loss.CROSS_ENTROPY || asked == TrainingConfig.Loss.FOCAL;
        if (forClasses != classification) {
            throw new ConfigException(
                    Mark.of("training.loss"),
                    "the loss does not fit the data",
                    asked.name().toLowerCase(java.util.Locale.ROOT) + " for "
                            + (classification ? "classes" : "numbers"),
                    classification ? "cross-entropy or focal" : "mse, mae or huber",
                    "leave it at auto, or set data.task");
        }
        return asked;
    }

    static Loss loss(TrainConfig config, Dataset train) {
        var t = config.training();
        var kind = kind(config, train.isClassification());
        if (kind != TrainingConfig.Loss.CROSS_ENTROPY) {
            return plain(kind);
        }
        var ce = CrossEntropy.of().withSmoothing(t.labelSmoothing());
        return t.classWeights() == TrainingConfig.ClassWeights.BALANCED ? ce.withClassWeights(balance(train)) : ce;
    }

    /// A loss without settings.
    static Loss plain(TrainingConfig.Loss kind) {
        return switch (kind) {
            case AUTO, MSE -> Loss::mse;
            case MAE -> Loss::mae;
            case HUBER -> (p, y) -> Loss.huber(p, y, 1);
            case FOCAL -> (p, y) -> Loss.focal(p, y, 2);
            case CROSS_ENTROPY -> Loss::crossEntropy;
        };
    }

    /// `N / (classes · count)`: every class counts as much as every other.
    private static float[] balance(Dataset train) {
        var count = new int[train.classes()];
        for (int c : train.classIndices()) {
            count[c]++;
        }
        var w = new float[count.length];
        for (int c = 0; c < w.length; c++) {
            w[c] = (float) train.size() / (count.length * Math.max(1, count[c]));
        }
        return w;
    }
}
