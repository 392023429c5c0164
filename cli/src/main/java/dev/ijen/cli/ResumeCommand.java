package dev.ijen.cli;

import dev.ijen.train.TrainOptions;
import dev.ijen.train.TrainResult;
import dev.ijen.train.Trainer;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Goes on with a training.
@Command(name = "resume", description = {
    "Goes on with a run that was interrupted, from its last checkpoint; starts it over where there is none.",
    "The weights become the ones it would have had without the interruption, bit for bit.",
    "A damaged checkpoint is set aside, and the one before it used.",
    "A run that ended by --max-time has as much time again, or what --max-time says here; one that ended by --max-steps goes on",
    "with a greater --max-steps."
}, footer = {"", "  ijen resume runs/digits", "  ijen resume runs/digits --max-steps 5000"})
final class ResumeCommand extends BaseCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory.") Path run;

    @Option(names = "--progress", paramLabel = "MODE", defaultValue = "auto",
            description = "auto (a bar on a terminal, else plain), plain, json or none.") Progress.Mode progress;

    @Option(names = "--max-steps", paramLabel = "N", converter = ComputeOptions.CountConverter.class,
            description = "Stop after so many steps, those before counted (default: the config's).") Integer maxSteps;

    @Option(names = "--max-time", paramLabel = "TIME", converter = TimeConverter.OrNone.class,
            description = "Stop after this time: 90s, 10m, 1.5h; none for no limit (default: as long as the first time).") Double maxTime;

    @Option(names = "--detect-anomaly",
            description = "Wait for every step, and name the operation and layer that first gives NaN or infinity. Slower.") boolean detectAnomaly;

    @Option(names = "--device", order = 90, paramLabel = "DEVICE", converter = ComputeOptions.DeviceConverter.class,
            defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).") dev.ijen.engine.Device device;

    @Option(names = "--deterministic", order = 92,
            description = "The same bits in every run, even where that is slower.") boolean deterministic;

    @Option(names = "--threads", order = 93, paramLabel = "N", converter = ComputeOptions.CountConverter.class,
            description = "CPU threads (default: as many as processors).") Integer threads;

    @Option(names = "--memory-limit", order = 94, paramLabel = "SIZE", converter = SizeConverter.class,
            description = "Use at most so much memory on the device: 800m, 2g (default: what is free).") Long memoryLimit;

    @Override
    public Integer call() {
        var options = TrainOptions.defaults();
        options = options.withDevice(device)
                .withDetectAnomaly(detectAnomaly)
                .withMaxTime(maxTime)
                .withMaxSteps(maxSteps)
                .withEngine(options.engine()
                        .withThreads(threads == null ? 0 : threads)
                        .withDeterministic(deterministic)
                        .withMemoryLimit(memoryLimit == null ? 0 : memoryLimit))
                .withInterrupted(host().interrupts()::requested);
        var shown = Progress.of(quiet ? Progress.Mode.NONE : progress, host());
        TrainResult result;
        try (var _ = host().interrupts().guard(shown::remark);
                var trainer = Trainer.resume(run, options.withListener(shown))) {
            result = trainer.fit();
        } finally {
            shown.close();
        }
        print(result.toText(), result.toMap());
        note("report: " + result.run().resolve("report.html"));
        return result.outcome() == TrainResult.Outcome.INTERRUPTED ? Exit.INTERRUPTED : Exit.DONE;
    }
}
