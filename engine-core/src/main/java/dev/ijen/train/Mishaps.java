package dev.ijen.train;

import dev.ijen.engine.Anomaly;
import dev.ijen.optim.Plateau;
import dev.ijen.train.config.LayerConfig;
import dev.ijen.train.config.LayerSpec;
import dev.ijen.train.config.TrainConfig;
import dev.ijen.train.config.TrainingConfig.NonFinite;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// What is done when a loss or gradient is NaN or infinite, as the configuration says.
final class Mishaps {
    /// Steps left out one after the other before it is hopeless.
    static final int MOST_SKIPPED = 100;

    /// Times to go back before it is hopeless.
    static final int MOST_ROLLBACKS = 10;

    private final TrainConfig config;
    private final Learner learner;
    private final Keeper keeper;
    private final Progress progress;
    private final Plateau plateau;
    private final Consumer<String> warn;

    /// Where to go back to, the training loss there, and how often that was done already.
    private Keeper.Snapshot good;
    private double lowest = Double.POSITIVE_INFINITY;
    private int again;

    /// @param plateau schedule with a state; null for none
    Mishaps(TrainConfig config, Learner learner, Keeper keeper, Progress progress, Plateau plateau,
            Consumer<String> warn) {
        this.config = config;
        this.learner = learner;
        this.keeper = keeper;
        this.progress = progress;
        this.plateau = plateau;
        this.warn = warn;
    }

    /// All is finite. A place to go back to, unless there is a better one: the last steps before a loss overflows are spoilt, too.
    ///
    /// @param loss mean of the training up to here; positive infinity where nothing is known
    void fine(double loss) {
        if (config.training().nonFinite() == NonFinite.ROLLBACK && loss <= lowest) {
            good = keeper.snapshot();
            lowest = loss;
            again = 0;
        }
    }

    /// Something was not. True if the training stands where it stood before.
    ///
    /// @throws TrainException if it is to stop
    boolean happened(FiniteCheck.Seen bad) {
        long step = progress.step - bad.steps() + bad.first();
        return switch (config.training().nonFinite()) {
            case STOP -> throw stop(bad.tensor() + " is not finite at step " + step);
            case SKIP -> {
                if (bad.streak() >= MOST_SKIPPED) {
                    throw stop(bad.streak()
                            + " steps one after the other were left out, the first since the last reading: "
                            + bad.tensor() + " is not finite at step " + step);
                }
                warn.accept(
                        bad.count() + (bad.count() == 1 ? " step was" : " steps were") + " left out: " + bad.tensor()
                                + " is not finite at step " + step);
                yield false;
            }
            case ROLLBACK -> back(bad.tensor() + " is not finite at step " + step);
        };
    }

    /// The network's output on the validation part is not finite. True if the training stands where it stood before.
    boolean inValidation() {
        var what = "the network's output on the validation part is not finite at step " + progress.step;
        if (config.training().nonFinite() == NonFinite.ROLLBACK) {
            return back(what);
        }
        throw stop(what);
    }

    private boolean back(String what) {
        if (progress.rollbacks >= MOST_ROLLBACKS) {
            throw stop("after " + MOST_ROLLBACKS + " rollbacks " + what);
        }
        progress.rollbacks++;
        again++;
        learner.restore(good.weights(), good.states());
        progress.backTo(Progress.of(Fields.of("snapshot", good.progress())));
        if (plateau != null) {
            plateau.restore(progress.plateau);
        }
        var optimizer = learner.optimizer();
        optimizer.scale(optimizer.scale() * Math.pow(0.5, again));
        warn.accept(what + ": back to step " + progress.step + " with the learning rate times "
                + optimizer.scale());
        return true;
    }

    private TrainException stop(String what) {
        return new TrainException(
                "training: " + what,
                "NaN or infinity in epoch " + (progress.epoch + 1) + ", learning rate "
                        + String.format(Locale.ROOT, "%.3g", learner.optimizer().learningRate()),
                "finite numbers",
                "lower optimizer.lr (now " + config.optimizer().lr()
                        + "), set optimizer.clip_norm: 1 or training.non_finite: skip, or find the operation with --detect-anomaly; "
                        + keeper.flushWithoutLast());
    }

    /// A step that was looked at operation by operation.
    TrainException found(Anomaly a) {
        var layer = layer(config.model().layers(), a.layer());
        var line = layer == null ? "" : " (" + layer.type() + ", " + layer.mark() + ")";
        return new TrainException(
                "training: the first value that is not finite at step " + (progress.step + 1) + " comes from "
                        + a.place()
                        + line,
                a.result() + (a.inputs().isEmpty() ? "" : "; given " + String.join(", ", a.inputs())),
                "a finite result of finite inputs",
                "bring its inputs into range: normalise the data, lower optimizer.lr (now " + config.optimizer().lr()
                        + "), set optimizer.clip_norm: 1; the weights are those before this step, and "
                        + saved());
    }

    /// The loss or a gradient was not finite when all was computed at once, and is when it is done operation by operation.
    TrainException notFoundAgain() {
        return stop("a loss or gradient is not finite at step " + (progress.step + 1)
                + ", but no single operation evaluated by itself is to blame");
    }

    private String saved() {
        keeper.save();
        return "are saved for 'ijen resume'";
    }

    /// The layer of a path such as `3.body.0`; null where there is none.
    private static LayerConfig layer(List<LayerConfig> layers, String path) {
        int dot = path.indexOf('.');
        var head = dot < 0 ? path : path.substring(0, dot);
        if (!head.matches("[0-9]{1,6}") || Integer.parseInt(head) >= layers.size()) {
            return null;
        }
        var layer = layers.get(Integer.parseInt(head));
        if (layer.spec() instanceof LayerSpec.Residual r && dot > 0) {
            var rest = path.substring(dot + 1);
            int next = rest.indexOf('.');
            var inner = rest.startsWith("body") ? r.body() : r.shortcut();
            var found = next < 0 ? null : layer(inner, rest.substring(next + 1));
            return found == null ? layer : found;
        }
        return layer;
    }
}
