package dev.ijen.cli;

import dev.ijen.train.config.TrainingConfig.NonFinite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;

/// `ijen train` from a command line as nearly all are: a preset or the file of a config, and options that stand there in full. Read
/// without the parser: to set that up takes as long as to read the data. Whatever is unusual, wrong, asks for help or is set in the
/// environment is left to the parser, which says so in its own words.
final class PlainTrain {
    private final TrainCommand command = new TrainCommand();
    private boolean understood = true;

    private PlainTrain(Host host) {
        command.given = host;
        command.source = new ConfigSource();
        command.compute = new ComputeOptions();
        command.compute.device = new ComputeOptions.DeviceConverter().convert("auto");
        command.progress = Progress.Mode.AUTO;
    }

    /// The command with its options; null if the parser is to read them.
    ///
    /// @param environment all variables, for each option is one, too
    static TrainCommand of(Host host, Map<String, String> environment, String... args) {
        if (args.length == 0 || !args[0].equals("train")
                || environment.keySet().stream().anyMatch(PlainTrain::mayBeAnOption)) {
            return null;
        }
        try {
            return new PlainTrain(host).read(args);
        } catch (RuntimeException e) {
            return null; // a value that is none: the parser finds it again
        }
    }

    /// Other variables of that prefix only cost the time of the parser.
    private static boolean mayBeAnOption(String variable) {
        return variable.startsWith("IJEN_") && !variable.equals("IJEN_JAVA_OPTS") && !variable.equals("IJEN_AOT")
                && !variable.equals("IJEN_CACHE") && !variable.equals("IJEN_NATIVE");
    }

    private TrainCommand read(String... args) {
        var seen = new HashSet<String>();
        for (int i = 1; i < args.length && understood; i++) {
            var a = args[i];
            int eq = a.startsWith("--") ? a.indexOf('=') : -1;
            var name = eq < 0 ? a : a.substring(0, eq);
            if (!name.startsWith("-")) {
                understood = plain(a) && seen.add("");
                command.file = Path.of(a);
            } else if (eq >= 0 || !flag(name)) {
                var value = eq >= 0 ? a.substring(eq + 1) : ++i < args.length ? args[i] : "";
                understood = plain(value) && (seen.add(name) || name.equals("--set")) && option(name, value);
            } else {
                understood = seen.add(name);
            }
        }
        return understood && hasConfig() ? command : null;
    }

    /// Nothing that the parser would take for more than a text.
    private static boolean plain(String value) {
        return !value.isEmpty() && "-@\"'".indexOf(value.charAt(0)) < 0;
    }

    /// One of both that is surely there.
    private boolean hasConfig() {
        return command.file == null ? command.source.preset != null
                : command.source.preset == null && Files.isRegularFile(command.file);
    }

    /// True if it was an option without a value.
    private boolean flag(String name) {
        switch (name) {
            case "--json" -> command.json = true;
            case "--quiet" -> command.quiet = true;
            case "--verbose" -> command.verbose = true;
            case "--detect-anomaly" -> command.detectAnomaly = true;
            case "--dry-run" -> command.dryRun = true;
            case "--deterministic" -> command.compute.deterministic = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    /// False if it is none of these.
    private boolean option(String name, String value) {
        switch (name) {
            case "--preset" -> command.source.preset = value;
            case "--set" -> set(value);
            case "--data" -> command.source.data = Path.of(value);
            case "--out" -> command.out = Path.of(value);
            case "--epochs" -> command.epochs = count(value);
            case "--max-steps" -> command.maxSteps = count(value);
            case "--max-time" -> command.maxTime = new TimeConverter().convert(value);
            case "--non-finite" -> command.nonFinite = NonFinite.valueOf(value.toUpperCase(Locale.ROOT));
            case "--progress" -> command.progress = Progress.Mode.valueOf(value.toUpperCase(Locale.ROOT));
            case "--device" -> command.compute.device = new ComputeOptions.DeviceConverter().convert(value);
            case "--seed" -> command.compute.seed = Long.valueOf(value);
            case "--threads" -> command.compute.threads = count(value);
            case "--precision" -> command.compute.precision = new ComputeOptions.PrecisionConverter().convert(value);
            case "--memory-limit" -> command.compute.memoryLimit = new SizeConverter().convert(value);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void set(String value) {
        if (command.source.sets.isEmpty()) {
            command.source.sets = new ArrayList<>();
        }
        command.source.sets.add(value);
    }

    private static Integer count(String value) {
        return new ComputeOptions.CountConverter().convert(value);
    }
}
