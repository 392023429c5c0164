package dev.ijen.cli;

import dev.ijen.train.config.ConfigSchema;
import dev.ijen.train.config.ConfigWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Shows and describes configs.
@Command(name = "config", description = "Shows and describes configs.",
        subcommands = {ConfigCommand.Show.class, ConfigCommand.Schema.class})
final class ConfigCommand extends GroupCommand {
    /// The whole config.
    @Command(name = "show",
            description = "Checks a config and prints all of it, with defaults and overrides filled in.")
    static final class Show extends BaseCommand {
        @Parameters(paramLabel = "FILE", arity = "0..1", description = "The config; or use --preset.") Path file;

        @Mixin ConfigSource source;

        @Override
        public Integer call() {
            var config = source.read(file, spec);
            var yaml = ConfigWriter.yaml(config);
            print(yaml, Map.of("name", config.name(), "config", yaml));
            return Exit.DONE;
        }
    }

    /// What a config may hold.
    @Command(name = "schema", description = {
        "Prints the JSON schema of configs.", "Editors use it to complete and check YAML files."
    })
    static final class Schema extends BaseCommand {
        @Override
        public Integer call() {
            print(ConfigSchema.json(), ConfigSchema.map());
            return Exit.DONE;
        }
    }
}
