package dev.ijen.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Makes what a model has learnt to make.
@Command(name = "generate", description = {
    "Makes pictures with a trained model, asked for in words where it understands them:",
    "  ijen generate runs/diffusion-digits --prompt \"a seven\" --out seven.png"
})
final class GenerateCommand extends BaseCommand {
    @Mixin TrainedOptions trained;

    @Option(names = "--prompt", paramLabel = "TEXT", defaultValue = "",
            description = "What to make; nothing for anything.") String prompt;

    @Option(names = {"-o", "--out"}, paramLabel = "PATH",
            description = "A .png file for one picture or a grid of several, or a folder for each by itself (default: generated.png).") Path out;

    @Option(names = {"-n", "--count"}, paramLabel = "N", defaultValue = "1",
            converter = ComputeOptions.CountConverter.class,
            description = "How many (default: ${DEFAULT-VALUE}).") int count;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "0",
            description = "Steps of sampling (default: as trained).") int steps;

    @Option(names = "--guidance", paramLabel = "FACTOR", defaultValue = "-1",
            description = "How much the prompt counts; 1 for as much as in training (default: as trained).") double guidance;

    @Override
    public Integer call() {
        try (var model = trained.load()) {
            long seed = trained.compute.seed == null ? 0 : trained.compute.seed;
            var made = model.make(count, prompt, seed, steps, guidance);
            var to = out == null ? Path.of("generated.png") : out;
            var files = Pictures.write(to, made);
            print(String.join("\n", files.stream().map(Path::toString).toList()), Pictures.json(prompt, seed, files));
        }
        return Exit.DONE;
    }
}
