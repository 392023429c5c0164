package dev.ijen.cli;

import dev.ijen.train.Imported;
import dev.ijen.train.TrainOptions;
import dev.ijen.train.TrainPlan;
import dev.ijen.train.TrainResult;
import dev.ijen.train.Trainer;
import dev.ijen.train.config.TrainConfig;
import dev.ijen.train.config.TrainingConfig.NonFinite;
import dev.ijen.train.config.InitConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Trains a model.
@Command(name = "train", description = {
    "Trains the model of a config or preset and writes a run directory.",
    "It holds the config, metrics, TensorBoard events, checkpoints and a report to open in a browser."
}, footer = {
    "", "Ctrl-C finishes the step and saves a checkpoint; a second one stops at once.",
    "", "  ijen train --preset digits", "  ijen train --preset mnist-cnn --data DIR --set optimizer.lr=3e-4",
    "  ijen init iris && ijen train iris.yaml --data iris.csv"
})
final class TrainCommand extends BaseCommand {
    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "A YAML config; or use --preset.") Path file;

    @Mixin ConfigSource source;

    @Option(names = "--out", paramLabel = "DIR",
            description = "The run directory (default: runs/NAME); where that is taken, NAME-2, …") Path out;

    @Option(names = "--epochs", paramLabel = "N", converter = ComputeOptions.CountConverter.class,
            description = "Passes over the data, instead of the config's.") Integer epochs;

    @Option(names = "--init-from", paramLabel = "WHAT",
            description = "Take first weights from a file of tensors, an .onnx file, a run, or a Hugging Face folder. Without a config, that of the run is used, or the network of the .onnx file.") Path initFrom;

    @Option(names = "--init-map", paramLabel = "REGEX=TEXT",
            description = "Another name for tensors of --init-from: every match of REGEX becomes TEXT. Repeatable, in order.") List<String> initMap = List
                    .of();

    @Option(names = "--new-head",
            description = "Leave the last layer fresh: it is made for the classes of the new data.") boolean newHead;

    @Option(names = "--freeze", paramLabel = "PATTERN", split = ",",
            description = "Weights that stay as they are: 0.*; !9.* excepts some. Repeatable, or with commas.") List<String> freeze = List
                    .of();

    @Option(names = "--max-steps", paramLabel = "N", converter = ComputeOptions.CountConverter.class,
            description = "Stop after so many steps.") Integer maxSteps;

    @Option(names = "--max-time", paramLabel = "TIME", converter = TimeConverter.class,
            description = "Stop after this time: 90s, 10m, 1.5h. A resumed run has as much again.") Double maxTime;

    @Option(names = "--non-finite", paramLabel = "POLICY",
            description = "When a loss or gradient is NaN or infinite: stop (the default), skip that update, or rollback to where the loss was lowest, at half the learning rate.") NonFinite nonFinite;

    @Option(names = "--detect-anomaly",
            description = "Wait for every step, and name the operation and layer that first gives NaN or infinity. Slower.") boolean detectAnomaly;

    @Option(names = "--dry-run",
            description = "Show layers, shapes, parameters and the exact memory plan; train nothing.") boolean dryRun;

    @Option(names = "--progress", paramLabel = "MODE", defaultValue = "auto",
            description = "auto (a bar on a terminal, else plain), plain, json or none.") Progress.Mode progress;

    @Mixin ComputeOptions compute;

    @Override
    public Integer call() {
        var config = config();
        if (dryRun) {
            var plan = TrainPlan.of(config, options());
            print(plan.toText(), plan.toMap());
            return Exit.DONE;
        }
        var shown = Progress.of(quiet ? Progress.Mode.NONE : progress, host());
        TrainResult result;
        try (var _ = host().interrupts().guard(shown::remark);
                var trainer = Trainer.of(config, options().withListener(shown))) {
            result = trainer.fit();
        } finally {
            shown.close();
        }
        print(result.toText(), result.toMap());
        note("report: " + result.run().resolve("report.html"));
        return result.outcome() == TrainResult.Outcome.INTERRUPTED ? Exit.INTERRUPTED : Exit.DONE;
    }

    private TrainConfig config() {
        boolean own = file == null && source.preset == null && initFrom != null
                && Files.isRegularFile(initFrom.resolve("config.yaml"));
        // an ONNX file is a network of its own
        boolean network = file == null && source.preset == null && OnnxFiles.is(initFrom);
        TrainConfig config;
        if (network) {
            config = Imported.network(initFrom, newHead, source.sets).withFrozen(freeze);
            config = source.data == null ? config : config.withDataPath(source.data.toString());
        } else {
            config = transfer(source.read(own ? initFrom.resolve("config.yaml") : file, spec), own);
        }
        if (compute.seed != null) {
            config = config.withSeed(compute.seed);
        }
        if (compute.precision != null) {
            config = config.withPrecision(compute.precision);
        }
        if (epochs != null) {
            config = config.withEpochs(epochs);
        }
        if (maxSteps != null) {
            config = config.withMaxSteps(maxSteps);
        }
        if (nonFinite != null) {
            config = config.withNonFinite(nonFinite);
        }
        return maxTime == null ? config : config.withMaxTime(maxTime);
    }

    private TrainConfig transfer(TrainConfig config, boolean own) {
        var init = config.init();
        if (initFrom != null) {
            // rules of a run's own config were for where its weights came from
            init = new InitConfig(initFrom.toString(), own ? List.of() : init.rename(), own ? List.of() : init.ignore(),
                    !own && init.newHead(), own || init.strict());
        }
        if (!initMap.isEmpty()) {
            init = new InitConfig(init.from(), initMap, init.ignore(), init.newHead(), init.strict());
        }
        init = newHead ? init.withNewHead() : init;
        if (!init.isSet() && (newHead || !initMap.isEmpty())) {
            throw Errors.wrong(spec, "ijen train: " + (newHead ? "--new-head" : "--init-map") + " without weights",
                    "no --init-from", "--init-from, too", "all layers are fresh without it");
        }
        return config.withInit(init).withFrozen(freeze);
    }

    private TrainOptions options() {
        return TrainOptions.defaults()
                .withDevice(compute.device)
                .withEngine(compute.engine())
                .withOut(out)
                .withDetectAnomaly(detectAnomaly)
                .withInterrupted(host().interrupts()::requested);
    }
}
