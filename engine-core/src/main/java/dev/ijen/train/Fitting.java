package dev.ijen.train;

import dev.ijen.data.Batch;
import dev.ijen.data.Loader;
import dev.ijen.optim.Plateau;
import dev.ijen.train.TrainResult.Outcome;
import dev.ijen.train.config.ScheduleConfig;
import dev.ijen.train.config.TrainConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The loop: epochs, steps, readings, validation, checkpoints, and when to stop.
final class Fitting {
    private final TrainConfig config;
    private final Learner learner;
    private final DataParts parts;
    private final Loader loader;
    private final Scorer scorer;
    private final Monitor monitor;
    private final java.nio.file.Path samples;
    private final Keeper keeper;
    private final Mishaps mishaps;
    private final Progress progress;
    private final List<TrainListener> listeners;
    private final TrainOptions options;
    private final Plateau plateau;
    private final int batches;
    private final long steps;

    private long begun;
    private double before;
    private long first;
    private long lastReading;
    private long lastReadingStep;
    private long deviceBytes;
    private Evaluation latest;

    Fitting(
            TrainConfig config,
            Learner learner,
            DataParts parts,
            Loader loader,
            Scorer scorer,
            Monitor monitor,
            RunDirectory run,
            Map<String, String> metadata,
            Inputs inputs,
            Progress progress,
            List<TrainListener> listeners,
            TrainOptions options) {
        this.config = config;
        this.learner = learner;
        this.parts = parts;
        this.loader = loader;
        this.scorer = scorer;
        this.monitor = monitor;
        this.samples = run.path().resolve("samples");
        this.keeper = new Keeper(config, learner, run.checkpoints(), metadata, inputs, progress, this::tell);
        this.progress = progress;
        this.listeners = listeners;
        this.options = options;
        this.batches = loader.batches();
        this.steps = plannedSteps(config, batches);
        var s = config.schedule();
        this.plateau = s.type() == ScheduleConfig.Type.PLATEAU
                ? Plateau.of(learner.optimizer(), Math.min(0.999, s.factor()), s.patience())
                : null;
        if (plateau != null && !progress.plateau.isEmpty()) {
            plateau.restore(progress.plateau);
        }
        this.mishaps = new Mishaps(config, learner, keeper, progress, plateau, this::warn);
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
        first = progress.step;
        lastReading = begun;
        lastReadingStep = progress.step;
        deviceBytes = learner.engine().memory().liveBytes();
        mishaps.fine(Double.POSITIVE_INFINITY);
        int epochs = config.training().epochs();
        while (progress.epoch < epochs) {
            if (progress.batch == 0 && monitor.shouldStop(progress)) {
                flush();
                return Outcome.EARLY_STOPPED;
            }
            var stop = epoch();
            if (stop != null && !read()) {
                if (progress.batch > 0) {
                    save();
                } else {
                    flush();
                }
                return stop;
            }
        }
        flush();
        return Outcome.COMPLETED;
    }

    /// Runs an epoch, or what is left of it. Null if it came to its end, or the training went back.
    private Outcome epoch() {
        try (var epoch = loader.epoch(progress.epoch, progress.batch)) {
            while (epoch.hasNext()) {
                var stop = stop();
                if (stop != null) {
                    return stop;
                }
                run(next(epoch));
                progress.step++;
                progress.batch++;
                long every = config.training().checkpointEvery();
                boolean save = every > 0 && progress.step % every == 0 && progress.batch < batches;
                if (save || progress.step % config.training().logEvery() == 0 || progress.batch == batches) {
                    if (read()) {
                        return null;
                    }
                } else {
                    tell(step(Double.NaN, Double.NaN, Double.NaN, Double.NaN));
                }
                if (save) {
                    save();
                    mishaps.fine(progress.epochLoss / Math.max(1, progress.epochSteps));
                }
            }
        }
        finish();
        return null;
    }

    /// The next batch. Where there is none, because a file cannot be read for one, nothing of the work so far is lost.
    private Batch next(Loader.Epoch epoch) {
        try {
            return epoch.next();
        } catch (RuntimeException e) {
            if (!read() && progress.batch > 0) {
                save();
            } else {
                flush();
            }
            throw e;
        }
    }

    private void run(Batch batch) {
        if (!options.detectAnomaly()) {
            learner.step().run(batch);
            return;
        }
        var anomaly = learner.step().runChecked(batch);
        if (anomaly.isPresent()) {
            throw mishaps.found(anomaly.get());
        }
        if (learner.step().isBad()) {
            throw mishaps.notFoundAgain();
        }
    }

    private Outcome stop() {
        if (options.interrupted().getAsBoolean()) {
            return Outcome.INTERRUPTED;
        }
        var t = config.training();
        if (t.maxSteps() > 0 && progress.step >= t.maxSteps()) {
            return Outcome.MAX_STEPS;
        }
        // of this sitting: a run that is resumed has as much time again, and makes a step in any case, or it could never go on
        double most = options.maxTime() == null ? t.maxTime() : options.maxTime();
        boolean up = most > 0 && progress.step > first && (System.nanoTime() - begun) / 1e9 >= most;
        return up ? Outcome.MAX_TIME : null;
    }

    private double seconds() {
        return before + (System.nanoTime() - begun) / 1e9;
    }

    /// Reads losses and rate, which waits for the device, and tells of them. True if something was not finite and the training went
    /// back.
    private boolean read() {
        if (progress.step == lastReadingStep) {
            return false;
        }
        var sums = learner.step().read();
        long now = System.nanoTime();
        watchScale();
        double speed = sums.bad().steps() * loader.batchSize() / Math.max(1e-9, (now - lastReading) / 1e9);
        lastReading = now;
        lastReadingStep = progress.step;
        if (sums.bad().first() > 0 && mishaps.happened(sums.bad())) {
            lastReadingStep = progress.step;
            return true;
        }
        if (sums.steps() == 0) {
            return false; // all of them were left out
        }
        progress.epochLoss += sums.loss();
        progress.epochHits += sums.hits();
        progress.epochSteps += sums.steps();
        deviceBytes = learner.engine().memory().liveBytes();
        tell(step(sums.loss() / sums.steps(), accuracy(sums.hits(), sums.steps()), learner.optimizer().learningRate(),
                speed));
        return false;
    }

    private TrainEvent.Step step(double loss, double metric, double rate, double speed) {
        return new TrainEvent.Step(
                progress.step, steps, progress.epoch + 1, config.training().epochs(), progress.batch, batches, loss,
                metric, rate,
                speed, seconds(), deviceBytes);
    }

    private double accuracy(double hits, long count) {
        return learner.tellsAccuracy() && parts.train().isClassification()
                ? hits / ((double) count * loader.batchSize()) : Double.NaN;
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
                if (mishaps.inValidation()) {
                    lastReadingStep = progress.step;
                    return;
                }
                throw e;
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
                parts.validation() == null ? "loss" : monitor.metric(), value,
                best && !monitor.takesLast(), seconds()));
        learner.show(samples.resolve("step-" + progress.step));
        progress.epoch++;
        progress.batch = 0;
        progress.epochLoss = 0;
        progress.epochHits = 0;
        progress.epochSteps = 0;
        progress.seconds = seconds();
        keeper.keep(best);
        mishaps.fine(trainLoss);
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
        double gap = parts.train().isClassification() && latest.metrics().containsKey("accuracy")
                ? trainMetric - latest.metric("accuracy")
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

    private void save() {
        progress.seconds = seconds();
        keeper.save();
    }

    private void flush() {
        progress.seconds = seconds();
        keeper.flush();
    }

    private void tell(TrainEvent e) {
        for (var l : listeners) {
            l.on(e);
        }
    }
}
