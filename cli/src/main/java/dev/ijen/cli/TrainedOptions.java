package dev.ijen.cli;

import dev.ijen.train.TrainOptions;
import dev.ijen.train.Trained;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// A trained model and where to run it.
final class TrainedOptions {
    @Parameters(index = "0", paramLabel = "MODEL", description = {
        "A run directory (its best checkpoint), a checkpoint", "directory, or a model.safetensors in one."
    }) Path model;

    @Mixin ComputeOptions compute;

    Trained load() {
        return load(model, compute);
    }

    /// A trained model, in its own precision unless another is asked for.
    static Trained load(Path model, ComputeOptions compute) {
        var options = TrainOptions.defaults().withDevice(compute.device).withEngine(compute.engine());
        return compute.precision == null ? Trained.load(model, options)
                : Trained.load(model, options, compute.precision);
    }
}
