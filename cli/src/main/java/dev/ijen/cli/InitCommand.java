package dev.ijen.cli;

import dev.ijen.format.AtomicFiles;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.Presets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes a commented config.
@Command(name = "init", description = {
    "Writes a commented config to start from, without PRESET lists the presets.",
    "Train it with 'ijen train FILE'."
})
final class InitCommand extends BaseCommand {
    @Parameters(paramLabel = "PRESET", arity = "0..1", completionCandidates = PresetNames.class,
            description = "One of ${COMPLETION-CANDIDATES}.") String preset;

    @Option(names = {"-o", "--out"}, paramLabel = "FILE",
            description = "The new file, '-' for stdout (default: PRESET.yaml here).") String out;

    @Override
    public Integer call() {
        if (preset == null) {
            list();
            return Exit.DONE;
        }
        var yaml = Presets.commented(preset);
        if ("-".equals(out)) {
            print(yaml, Map.of("preset", preset, "config", yaml));
            return Exit.DONE;
        }
        var file = Path.of(out == null ? preset + ".yaml" : out);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IjenException(
                    "cannot create " + file, "it exists already", "a name that is not taken",
                    "choose another one with --out");
        }
        AtomicFiles.write(file, yaml);
        print(file + ": written; train it with 'ijen train " + file + "'",
                Map.of("preset", preset, "file", file.toString()));
        return Exit.DONE;
    }

    private void list() {
        var text = new StringBuilder();
        var object = new LinkedHashMap<String, Object>();
        for (var name : Presets.names()) {
            text.append("%-12s %s%n".formatted(name, Presets.summary(name)));
            object.put(name, Presets.summary(name));
        }
        print(text.toString(), Map.of("presets", object));
    }
}
