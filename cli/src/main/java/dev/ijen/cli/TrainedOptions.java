package dev.ijen.cli;

import dev.ijen.train.TrainOptions;
import dev.ijen.train.Trained;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A trained model and where to run it.
final class TrainedOptions {
    @Parameters(index = "0", paramLabel = "MODEL", description = {
        "A run directory (its best checkpoint), a checkpoint", "directory, or a model.safetensors in one."
    }) Path model;

    @Option(names = "--adapter", paramLabel = "FILE",
            description = "Adapters to put onto the model, from `ijen export --adapter`.") Path adapter;

    @Mixin ComputeOptions compute;

    Trained load() {
        return load(model, adapter, compute);
    }

    /// A trained model, in its own precision unless another is asked for.
    static Trained load(Path model, ComputeOptions compute) {
        return load(model, null, compute);
    }

    private static Trained load(Path model, Path adapter, ComputeOptions compute) {
        var options = TrainOptions.defaults().withDevice(compute.device).withEngine(compute.engine());
        return Trained.load(model, adapter, options, compute.precision);
    }
}
