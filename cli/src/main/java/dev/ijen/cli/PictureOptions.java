package dev.ijen.cli;

import dev.ijen.train.Trained;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/// How pictures are made.
final class PictureOptions {
    @Option(names = {"-o", "--out"}, paramLabel = "PATH",
            description = "Pictures: a .png file for all of them, or a folder for each by itself (default: generated.png).") Path out;

    @Option(names = {"-n", "--count"}, paramLabel = "N", defaultValue = "1",
            converter = ComputeOptions.CountConverter.class,
            description = "Pictures: how many (default: ${DEFAULT-VALUE}).") int count;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "0",
            description = "Pictures by diffusion: steps of sampling; 0 for as trained.") int steps;

    @Option(names = "--guidance", paramLabel = "FACTOR", defaultValue = "-1",
            description = "Pictures by diffusion: how much the prompt counts, 1 for as much as in training (default: as trained).") double guidance;

    /// The files that were written.
    List<Path> make(Trained model, String prompt, long seed) {
        var made = model.make(count, prompt, seed, steps, guidance);
        return Pictures.write(out == null ? Path.of("generated.png") : out, made);
    }
}
