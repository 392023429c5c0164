package dev.ijen.cli;

import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.Presets;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// Where a config comes from, besides a file: a preset, and what is set over it.
final class ConfigSource {
    @Option(names = "--preset", paramLabel = "NAME", completionCandidates = PresetNames.class,
            description = "A built-in config: ${COMPLETION-CANDIDATES}.") String preset;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Override a key, such as optimizer.lr=3e-4; repeatable.") List<String> sets = List.of();

    @Option(names = "--data", paramLabel = "PATH",
            description = "The data file or folder, instead of the config's.") Path data;

    /// Reads the config of `file`, or if that is null of the preset.
    TrainConfig read(Path file, CommandSpec spec) {
        boolean named = spec.commandLine().getParseResult().hasMatchedOption("--preset");
        if (file == null && preset == null) {
            throw Errors.wrong(
                    spec,
                    spec.qualifiedName() + ": no config",
                    "neither a file nor --preset",
                    "one of them",
                    "for example --preset " + Presets.names().getFirst() + "; 'ijen init' lists the presets");
        }
        if (file != null && named) {
            throw Errors.wrong(
                    spec,
                    spec.qualifiedName() + ": two configs",
                    "the file " + file + " and --preset " + preset,
                    "one of them",
                    "leave one out; a file may say 'preset: " + preset + "' in its first line and override the rest");
        }
        if (file != null && !Files.exists(file) && Presets.names().contains(file.toString())) {
            throw Errors.wrong(
                    spec,
                    spec.qualifiedName() + ": no file " + file,
                    "the name of a preset where the file of a config is expected",
                    "a YAML file, or --preset NAME",
                    "write --preset " + file);
        }
        if (file != null && Files.isDirectory(file)) {
            boolean run = Files.isRegularFile(file.resolve("config.yaml"));
            throw Errors.wrong(
                    spec,
                    spec.qualifiedName() + ": " + file + " is a folder",
                    run ? "the folder of a run" : "a folder",
                    "a YAML file, or --preset NAME",
                    run ? "'ijen resume " + file + "' goes on with it; " + file.resolve("config.yaml")
                            + " trains it anew"
                            : "name the file in it");
        }
        var config = file != null ? ConfigReader.read(file, sets) : Presets.load(preset, sets);
        return data == null ? config : config.withDataPath(data.toString());
    }
}
