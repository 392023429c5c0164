package dev.ijen.train;

import dev.ijen.data.Loader;
import dev.ijen.optim.Plateau;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.TrainResult.Outcome;
import dev.ijen.train.config.ScheduleConfig;
import dev.ijen.train.config.TrainConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// The loop: epochs, steps, readings, validation, checkpoints, and when to stop.
final class Fitting {
    private final TrainConfig config;
    private final Learner learner;
    private final DataParts parts;
    private final Loader loader;
    private final Scorer scorer;
    private final Monitor monitor;
    private final Checkpoints checkpoints;
    private final Map<String, String> metadata;
    private final Progress progress;
    private final List<TrainListener> listeners;
    private final BooleanSupplier interrupted;
    private final Plateau plateau;
    private final int batches;
    private final long steps;

    private long begun;
    private double before;
    private long lastReading;
    private long lastReadingStep;
    private long deviceBytes;
    private Evaluation latest;
    private long lastSave;
    private boolean unsaved;

    /// The best weights so far, where they are not on disk yet.
    private Snapshot pending;

    /// A checkpoint in memory.
    private record Snapshot(
            long step, Map<String, HostTensor> weights, Map<String, HostTensor> states, Map<String, Object> progress) {}

    Fitting(
            TrainConfig config,
            Learner learner,
            DataParts parts,
            Loader loader,
            Scorer scorer,
            Monitor monitor,
            RunDirectory run,
            Map<String, String> metadata,
            Progress progress,
            List<TrainListener> listeners,
            BooleanSupplier interrupted) {
        this.config = config;
        this.learner = learner;
        this.parts = parts;
        this.loader = loader;
        this.scorer = scorer;
        this.monitor = monitor;
        this.checkpoints = run.checkpoints();
        this.metadata = metadata;
        this.progress = progress;
        this.listeners = listeners;
        this.interrupted = interrupted;
        this.batches = loader.batches();
        this.steps = plannedSteps(config, batches);
        var s = config.schedule();
        this.plateau = s.type() == ScheduleConfig.Type.PLATEAU
                ? Plateau.of(learner.optimizer(), Math.min(0.999, s.factor()), s.patience())
                : null;
        if (plateau != null && !progress.plateau.isEmpty()) {
            plateau.restore(progress.plateau);
        }
    }

    static long plannedSteps(TrainConfig config, int batches) {
        long all = (long) batches * config.training().epochs();
        long most = config.training().maxSteps();
        return most > 0 ? Math.min(all, most) : all;
    }

    long steps() {
        return steps;
    }

    /// The latest validation; null before the first epoch's end.
    Evaluation latest() {
        return latest;
    }

    Outcome run() {
        begun = System.nanoTime();
        before = progress.seconds;
        lastReading = begun;
        lastSave = begun;
        lastReadingStep = progress.step;
        deviceBytes = learner.engine().memory().liveBytes();
        int epochs = config.training().epochs();
        while (progress.epoch < epochs) {
            if (progress.batch == 0 && monitor.shouldStop(progress)) {
                flush();
                return Outcome.EARLY_STOPPED;
            }
            var stop = epoch();
            if (stop != null) {
                read();
                unsaved |= progress.batch > 0;
                flush();
                return stop;
            }
        }
        flush();
        return Outcome.COMPLETED;
    }

    /// Runs an epoch, or what is left of it. Null if it came to its end.
    private Outcome epoch() {
        try (var epoch = loader.epoch(progress.epoch, progress.batch)) {
            while (epoch.hasNext()) {
                var stop = stop();
                if (stop != null) {
                    return stop;
                }
                learner.step().run(epoch.next());
                progress.step++;
                progress.batch++;
                long every = config.training().checkpointEvery();
                boolean save = every > 0 && progress.step % every == 0 && progress.batch < batches;
                if (save || progress.step % config.training().logEvery() == 0 || progress.batch == batches) {
                    read();
                } else {
                    tell(step(Double.NaN, Double.NaN, Double.NaN, Double.NaN));
                }
                if (save) {
                    unsaved = true;
                    flush();
                }
            }
        }
        finish();
        return null;
    }

    private Outcome stop() {
        if (interrupted.getAsBoolean()) {
            return Outcome.INTERRUPTED;
        }
        var t = config.training();
        if (t.maxSteps() > 0 && progress.step >= t.maxSteps()) {
            return Outcome.MAX_STEPS;
        }
        return t.maxTime() > 0 && seconds() >= t.maxTime() ? Outcome.MAX_TIME : null;
    }

    private double seconds() {
        return before + (System.nanoTime() - begun) / 1e9;
    }

    /// Reads losses and rate, which waits for the device, and tells of them.
    private void read() {
        if (progress.step == lastReadingStep) {
            return;
        }
        var sums = learner.step().read();
        long now = System.nanoTime();
        check(sums);
        watchScale();
        progress.epochLoss += sums.loss();
        progress.epochHits += sums.hits();
        progress.epochSteps += sums.steps();
        double speed = sums.steps() * loader.batchSize() / Math.max(1e-9, (now - lastReading) / 1e9);
        lastReading = now;
        lastReadingStep = progress.step;
        deviceBytes = learner.engine().memory().liveBytes();
        tell(step(sums.loss() / sums.steps(), accuracy(sums.hits(), sums.steps()), learner.optimizer().learningRate(),
                speed));
    }

    private TrainEvent.Step step(double loss, double metric, double rate, double speed) {
        return new TrainEvent.Step(
                progress.step, steps, progress.epoch + 1, config.training().epochs(), progress.batch, batches, loss,
                metric, rate,
                speed, seconds(), deviceBytes);
    }

    private double accuracy(double hits, long count) {
        return parts.train().isClassification() ? hits / ((double) count * loader.batchSize()) : Double.NaN;
    }

    private void check(TrainStep.Sums sums) {
        if (sums.bad() > 0) {
            throw noNumber("the loss", progress.step - sums.steps() + sums.bad());
        }
    }

    private TrainException noNumber(String what, long step) {
        // the weights are spoilt, but the best ones before may be in memory only
        unsaved = false;
        flush();
        var last = checkpoints.find("last");
        return new TrainException(
                "training: " + what + " is not a number at step " + step,
                "NaN or infinity in epoch " + (progress.epoch + 1) + ", learning rate "
                        + String.format(Locale.ROOT, "%.3g", learner.optimizer().learningRate()),
                "finite numbers",
                "lower optimizer.lr (now " + config.optimizer().lr()
                        + "), set optimizer.clip_norm: 1, or look for extreme values in the data; "
                        + (last == null ? "there is no checkpoint yet" : "the last good checkpoint is " + last));
    }

    private void finish() {
        double trainLoss = progress.epochLoss / Math.max(1, progress.epochSteps);
        double trainMetric = accuracy(progress.epochHits, Math.max(1, progress.epochSteps));
        boolean best = true;
        double value = trainLoss;
        if (parts.validation() != null) {
            try {
                latest = scorer.evaluate(parts.validation());
            } catch (TrainException e) {
                throw noNumber("the network's output on the validation part", progress.step);
            }
            value = monitor.value(latest);
            best = monitor.observe(progress, latest);
            watchGap(trainLoss, trainMetric);
        } else {
            progress.bestStep = progress.step;
        }
        if (plateau != null) {
            double observed = parts.validation() == null || monitor.lowerIsBetter() ? value : -value;
            if (plateau.observe(observed)) {
                warn("no progress: the learning rate falls to "
                        + String.format(Locale.ROOT, "%.3g", config.optimizer().lr() * learner.optimizer().scale()));
            }
            progress.plateau = plateau.state();
        }
        tell(new TrainEvent.Epoch(
                progress.epoch + 1, config.training().epochs(), progress.step, trainLoss, trainMetric, latest,
                parts.validation() == null ? "loss" : monitor.metric(), value, best, seconds()));
        progress.epoch++;
        progress.batch = 0;
        progress.epochLoss = 0;
        progress.epochHits = 0;
        progress.epochSteps = 0;
        keep(best);
        lastReading = System.nanoTime();
    }

    /// A loss scale below 1 means that not small gradients, but values are what F16 cannot hold.
    private void watchScale() {
        if (config.precision().scalesLoss() && learner.optimizer().lossScale() < 1
                && progress.warnings.stream().noneMatch(w -> w.startsWith("f16:"))) {
            warn(String.format(
                    Locale.ROOT,
                    "f16: the loss scale fell to %.3g, %d updates were left out: values are beyond f16's range; use precision bf16",
                    learner.optimizer().lossScale(),
                    learner.optimizer().skipped()));
        }
    }

    private void watchGap(double trainLoss, double trainMetric) {
        double most = config.training().gapWarning();
        double gap = parts.train().isClassification() ? trainMetric - latest.metric("accuracy")
                : latest.loss() - trainLoss;
        boolean told = progress.warnings.stream().anyMatch(w -> w.startsWith("over-fitting"));
        if (most > 0 && gap > most && !told) {
            warn(String.format(
                    Locale.ROOT,
                    "over-fitting: epoch %d is %.3f better on the training part than on the validation part; more data, augmentation, dropout or"
                            + " weight decay help",
                    progress.epoch + 1,
                    gap));
        }
    }

    private void warn(String message) {
        progress.warnings.add(message);
        tell(new TrainEvent.Warned(message));
    }

    /// At an epoch's end: to disk, or where the last time was just now, only to memory. Short epochs would spend their time waiting
    /// for the disk otherwise.
    private void keep(boolean best) {
        unsaved = !best;
        if (best) {
            pending = snapshot();
        }
        if ((System.nanoTime() - lastSave) / 1e9 >= config.training().checkpointSeconds()) {
            flush();
        }
    }

    private Snapshot snapshot() {
        progress.seconds = seconds();
        return new Snapshot(progress.step, learner.weights(), learner.states(), progress.toMap());
    }

    /// Writes what is not on disk yet: the best weights first, which what follows refers to.
    private void flush() {
        progress.seconds = seconds();
        if (pending != null) {
            write(pending, true);
            pending = null;
        }
        if (unsaved) {
            write(snapshot(), false);
            unsaved = false;
        }
        lastSave = System.nanoTime();
    }

    private void write(Snapshot s, boolean best) {
        var path = checkpoints.save(s.step, s.weights, metadata, s.states, s.progress, best, config.training().keep());
        tell(new TrainEvent.Checkpointed(path, s.step, best));
    }

    private void tell(TrainEvent e) {
        for (var l : listeners) {
            l.on(e);
        }
    }
}
