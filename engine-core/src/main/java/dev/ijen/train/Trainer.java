package dev.ijen.train;

import dev.ijen.data.Loader;
import dev.ijen.engine.Devices;
import dev.ijen.engine.Engine;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import dev.ijen.nn.Module;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.TrainResult.Outcome;
import dev.ijen.train.config.ConfigWriter;
import dev.ijen.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Trains what a configuration describes and leaves a run directory behind: configuration, environment, measurements,
/// checkpoints, report.
///
/// ```java
/// var config = Presets.load("digits", List.of());
/// try (var trainer = Trainer.of(config, TrainOptions.defaults())) {
///     System.out.println(trainer.fit().toText());
/// }
/// ```
public final class Trainer implements AutoCloseable {
    private final TrainConfig config;
    private final TrainOptions options;
    private final RunDirectory resumed;
    private final DataParts data;
    private final Engine engine;
    private final Loader loader;
    private final Monitor monitor;
    private final Task task;
    private final Learner learner;
    private final Scorer scorer;
    private final List<String> recovered = new ArrayList<>();
    private MemoryPlan memory;
    private TrainPlan plan;
    private Path run;

    private Trainer(TrainConfig config, TrainOptions options, RunDirectory resumed) {
        this.config = config;
        this.options = options;
        this.resumed = resumed;
        this.task = Task.of(config);
        this.data = task.load();
        this.monitor = new Monitor(config, task.metrics(data.preprocessor()));
        this.loader = Augmentations.loader(config, data.train());
        this.engine = opened(config, options);
        try {
            var pre = data.preprocessor();
            int known = task.outputs(pre);
            int outputs = known < 0 ? Preprocessor.outputs(data.train()) : known;
            this.learner = new Learner(engine, config, task, new Problem(pre, loader.label(), outputs, data.train()),
                    loader.batches(), options.detectAnomaly());
            if (resumed == null) {
                learner.begin();
            }
            this.scorer = learner.scorer();
        } catch (OutOfMemoryException e) {
            engine.close();
            throw MemoryLimit.hopeless(e, config, options);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private static Engine opened(TrainConfig config, TrainOptions options) {
        try {
            return open(config, options);
        } catch (OutOfMemoryException e) {
            throw MemoryLimit.hopeless(e, config, options);
        }
    }

    static Engine open(TrainConfig config, TrainOptions options) {
        return Engine.open(
                options.device(), options.engine().withSeed(config.seed()).withPrecision(config.precision()));
    }

    /// Begins, in a thread of its own, to load what most trainings need and no configuration is needed for.
    public static void ahead() {
        Devices.ahead(() -> {
            TextLog.ahead();
            Environment.ahead();
        });
    }

    /// Reads the data, opens the device and builds the network. Nothing is written yet.
    ///
    /// @throws dev.ijen.train.config.ConfigException if the configuration does not fit the data
    /// @throws FormatException if a file cannot be used
    public static Trainer of(TrainConfig config, TrainOptions options) {
        return new Trainer(ModelFiles.found(config), options, null);
    }

    /// Goes on with a run from its last checkpoint, bit for bit as if it had not been interrupted; from the start where there is none.
    ///
    /// @param run its directory
    public static Trainer resume(Path run, TrainOptions options) {
        var directory = RunDirectory.open(run);
        var config = directory.readConfig();
        // one that starts over takes its first weights from the originals
        boolean begun = Files.isDirectory(run.resolve("checkpoints")) && directory.checkpoints().find("last") != null;
        var limited = options.maxSteps() == null ? config : config.withMaxSteps(options.maxSteps());
        return new Trainer(begun ? ModelFiles.located(limited, run) : limited, options, directory);
    }

    /// The configuration.
    public TrainConfig config() {
        return config;
    }

    /// The device.
    public Engine engine() {
        return engine;
    }

    /// The network.
    public Module model() {
        return learner.model();
    }

    /// The data.
    public DataParts data() {
        return data;
    }

    /// The run directory; null before [#fit].
    public Path run() {
        return run;
    }

    /// Compiles without running: layers, shapes, work, memory.
    public TrainPlan plan() {
        if (plan == null) {
            plan = TrainPlan.of(engine, learner, scorer, data.preprocessor(), loader.batchSize(), memory());
        }
        return plan;
    }

    /// What there must be room for: all that a plan compiles and a training needs from the beginning.
    private MemoryPlan memory() {
        if (memory != null) {
            return memory;
        }
        var evaluated = new TreeSet<Integer>();
        for (var part : Arrays.asList(data.validation(), data.test())) {
            if (part != null && part.size() > 0) {
                evaluated.add(scorer.batch(part.size()));
            }
        }
        memory = MemoryPlan.of(learner, scorer, loader.batchSize(), evaluated);
        return memory;
    }

    /// Runs training steps launch by launch, after some that warm up, and takes the time of each. Nothing is written.
    public Profile profile(int steps) {
        checkMemory(memory());
        return Profile.of(learner, loader, plan().step(), steps);
    }

    /// Whether a plan fits into the memory there is, or may be used.
    ///
    /// @throws IjenException if not, with what needs the most and what would fit
    public void checkMemory(TrainPlan of) {
        checkMemory(of.memory());
    }

    private void checkMemory(MemoryPlan of) {
        MemoryLimit.check(of, engine.memoryMost(), options.engine().memoryLimit() > 0, config, learner);
    }

    /// Trains. At most once.
    ///
    /// @throws TrainException if the loss becomes infinite or no number
    /// @throws IjenException if the run directory cannot be written
    public TrainResult fit() {
        if (run != null) {
            throw new IjenException("trainer: fit a second time", run.toString(), "one run a trainer",
                    "make another Trainer");
        }
        checkMemory(memory());
        var yaml = ConfigWriter.yaml(config);
        var directory = resumed == null
                ? RunDirectory.create(options.out() == null ? Path.of("runs", config.name()) : options.out(), yaml)
                : resumed;
        run = directory.path();
        ModelFiles.keep(config, run);
        var environment = Environment.of(engine, yaml, DataParts.files(config.data()));
        AtomicFiles.write(directory.environment(), Json.write(environment));
        var inputs = Inputs.of(environment);
        var progress = restored(directory, inputs);
        try (var log = new TextLog(directory.log());
                var metrics = MetricsLog.open(directory.metrics(), progress.step);
                var board = new TensorBoard(directory.tensorBoard())) {
            var listeners = new ArrayList<TrainListener>(List.of(metrics, board, log));
            listeners.addAll(options.listeners());
            try {
                return train(directory, yaml, inputs, environment, progress, listeners);
            } catch (IjenException e) {
                log.write("error", "failed", "message", e.getMessage());
                throw e;
            }
        }
    }

    private Progress restored(RunDirectory directory, Inputs inputs) {
        try {
            Files.createDirectories(directory.path().resolve("checkpoints"));
        } catch (IOException e) {
            throw new IjenException("cannot write " + directory.path(), String.valueOf(e.getMessage()),
                    "space and permission", "check the disk", e);
        }
        var told = new ArrayList<String>();
        var last = directory.checkpoints().recover(told::add);
        var progress = new Progress();
        if (last != null) {
            var file = last.resolve(Checkpoints.STATE);
            var state = Fields.of(file.toString(), Json.parse(file));
            progress = Progress.of(state);
            told.addAll(inputs.changesSince(state));
            learner.restore(last);
        } else if (resumed != null) {
            learner.begin();
        }
        if (progress.bestStep > 0 && directory.checkpoints().find("best") == null) {
            progress.forgetBest();
            told.add("the best checkpoint is gone: the best of the epochs from here on will be kept");
        }
        recovered.addAll(told);
        progress.warnings.addAll(told);
        return progress;
    }

    private TrainResult train(
            RunDirectory directory, String yaml, Inputs inputs, Map<String, Object> environment, Progress progress,
            List<TrainListener> listeners) {
        var fitting = new Fitting(
                config, learner, data, loader, scorer, monitor, directory,
                Imported.metadata(yaml, data.preprocessor()), inputs, progress, listeners,
                options);
        tell(listeners, new TrainEvent.Started(
                run, config.name(), engine.choice(), data.description(), learner.trained(), fitting.steps(),
                config.training().epochs(),
                progress.step, monitor.metric(), engine.memory().liveBytes()));
        if (learner.first() != null) {
            tell(listeners, new TrainEvent.Initialised(learner.first().toString()));
        }
        recovered.forEach(w -> tell(listeners, new TrainEvent.Warned(w)));
        var outcome = fitting.run();
        plan(); // for the reports; nothing of it is waited for before, and what it asks may be closed after
        var best = directory.checkpoints().find("best");
        boolean whole = outcome != Outcome.INTERRUPTED;
        if (best != null) {
            learner.use(best);
        }
        Evaluation validation = null;
        Evaluation test = null;
        double[][] pairs = null;
        // weights of a checkpoint are averages already; what was prepared for averages would only take memory
        if (config.training().ema() > 0) {
            scorer.close();
        }
        try (var other = config.training().ema() > 0 ? learner.plainScorer() : null) {
            var last = other == null ? scorer : other;
            if (data.validation() != null && progress.step > 0) {
                validation = last.evaluate(data.validation());
            }
            if (data.test() != null && whole) {
                test = last.evaluate(data.test());
            }
            var judged = test != null ? data.test() : data.validation();
            if (judged != null && !judged.isClassification() && task instanceof Examples e) {
                pairs = e.judge(data.preprocessor()).pairs(judged, last.outputs(judged), 600);
            }
        }
        var result = new TrainResult(
                run, outcome, progress.step, progress.epoch, progress.seconds, validation, test, monitor.metric(),
                progress.best, progress.bestStep, progress.warnings);
        finish(directory, environment, result, pairs);
        tell(listeners, new TrainEvent.Finished(result));
        return result;
    }

    /// Weights' hash and the time into env.json, then the reports.
    private void finish(RunDirectory directory, Map<String, Object> environment, TrainResult result, double[][] pairs) {
        var all = new LinkedHashMap<>(environment);
        var weights = new LinkedHashMap<String, Object>();
        for (var pointer : List.of("last", "best")) {
            var checkpoint = directory.checkpoints().find(pointer);
            if (checkpoint != null) {
                weights.put(pointer, Environment.sha256(checkpoint.resolve(Checkpoints.MODEL)));
            }
        }
        var hashes = new LinkedHashMap<String, Object>();
        if (all.get("sha256") instanceof Map<?, ?> before) {
            before.forEach((k, v) -> hashes.put(String.valueOf(k), v));
        }
        hashes.put("weights", weights);
        all.put("sha256", hashes);
        var memory = new LinkedHashMap<String, Object>();
        memory.put("planned", plan.memoryBytes());
        memory.put("peak", engine.memory().peakBytes());
        all.put("memory_bytes", memory);
        all.put("finished", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        AtomicFiles.write(directory.environment(), Json.write(all));
        AtomicFiles.write(ModelCard.file(directory), ModelCard.of(config, data, plan, result, all));
        Reports.write(new Reports.Subject(directory, config, result, data, plan, all, monitor.metric(), pairs));
    }

    private static void tell(List<TrainListener> listeners, TrainEvent e) {
        for (var l : listeners) {
            l.on(e);
        }
    }

    /// Frees the device.
    @Override
    public void close() {
        scorer.close();
        learner.close();
        engine.close();
    }
}
