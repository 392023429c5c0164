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
        return Trained.load(model, TrainOptions.defaults().withDevice(compute.device).withEngine(compute.engine()));
    }
}
