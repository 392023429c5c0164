package dev.ijen.train;

import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/// The folder of a run. Made for it alone: what is there already is never touched.
record RunDirectory(Path path) {
    private static final int MOST = 100_000;

    /// A new one at `wanted`, or with a number added where that is taken. It appears with its configuration in it, so that whatever
    /// is interrupted can be gone on with.
    ///
    /// @param yaml the configuration
    static RunDirectory create(Path wanted, String yaml) {
        try {
            var parent = wanted.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (Files.isDirectory(wanted) && isEmpty(wanted)) {
                AtomicFiles.write(new RunDirectory(wanted).config(), yaml);
                return new RunDirectory(wanted);
            }
        } catch (IOException e) {
            throw new IjenException(
                    "cannot create the run directory " + wanted,
                    refusal(wanted),
                    "a folder that can be written",
                    "choose another one: --out DIR",
                    e);
        }
        for (int i = 1; i < MOST; i++) {
            var run = new RunDirectory(i == 1 ? wanted : wanted.resolveSibling(wanted.getFileName() + "-" + i));
            if (claim(run, yaml)) {
                return run;
            }
        }
        throw new IjenException("cannot create the run directory " + wanted, MOST + " of that name", "a free name",
                "choose another: --out DIR");
    }

    /// Why there can be no folder.
    private static String refusal(Path wanted) {
        var there = wanted.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return Files.isDirectory(there)
                ? there + " cannot be written"
                        + (Files.isWritable(there) ? ": nothing can be made in it" : ": no permission")
                : there + " is a file";
    }

    /// False if somebody else has that name.
    private static boolean claim(RunDirectory run, String yaml) {
        if (Files.exists(run.path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            AtomicFiles.directory(run.path, temp -> AtomicFiles.write(new RunDirectory(temp).config(), yaml));
            return true;
        } catch (IjenException e) {
            if (Files.exists(run.path, LinkOption.NOFOLLOW_LINKS)) {
                return false; // taken a moment ago
            }
            throw e;
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var in = Files.list(folder)) {
            return in.findAny().isEmpty();
        }
    }

    /// One that exists.
    ///
    /// @throws FormatException if it is no run
    static RunDirectory open(Path path) {
        var run = new RunDirectory(path);
        if (Files.isRegularFile(run.config())) {
            return run;
        }
        if (!Files.exists(path)) {
            throw FormatException.missing(path, "give the folder of a run, such as runs/digits");
        }
        throw FormatException.lacking(
                path,
                "not a run",
                Files.isDirectory(path) ? "a folder without config.yaml" : "a file",
                "the folder 'ijen train' made, such as runs/digits",
                around(path));
    }

    /// What was meant, where a path leads into a run: to a checkpoint, its report.
    static String around(Path path) {
        for (var p = path.toAbsolutePath().normalize(); p != null; p = p.getParent()) {
            if (Files.isRegularFile(p.resolve("config.yaml")) && Files.isDirectory(p.resolve("checkpoints"))) {
                return "give the run it belongs to: " + p;
            }
        }
        return "give the folder of a run; 'ijen train' makes one";
    }

    TrainConfig readConfig() {
        return ConfigReader.read(config(), List.of());
    }

    Path config() {
        return path.resolve("config.yaml");
    }

    Path environment() {
        return path.resolve("env.json");
    }

    Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    Path log() {
        return path.resolve("train.log");
    }

    Path tensorBoard() {
        return path.resolve("tb");
    }

    Checkpoints checkpoints() {
        return new Checkpoints(path.resolve("checkpoints"));
    }
}
