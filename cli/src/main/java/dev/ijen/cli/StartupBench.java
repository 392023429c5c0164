package dev.ijen.cli;

import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// How long the first step of `ijen train --preset digits --max-steps 1` takes to come, and the whole command: medians of several
/// starts. By the `ijen` script where that started this process, else by java alone.
final class StartupBench {
    private static final String SUITE = "startup";
    private static final Pattern STEP = Pattern.compile("(?m)^time=(\\S+) level=info event=step ");

    private final int starts;
    private final List<String> options;

    /// @param options for `ijen train`, such as `--threads 2`
    StartupBench(int starts, List<String> options) {
        this.starts = starts;
        this.options = List.copyOf(options);
    }

    List<Measurement> run() {
        var first = new double[starts];
        var whole = new double[starts];
        var version = new double[starts];
        for (int i = -1; i < starts; i++) { // once for the caches of disk and command
            double[] s = start();
            double v = command(List.of("--version"), null);
            if (i >= 0) {
                first[i] = s[0];
                whole[i] = s[1];
                version[i] = v;
            }
        }
        return List.of(
                Measurement.of(SUITE, "command to its version", Clock.median(version) * 1e3, "ms"),
                Measurement.of(SUITE, "command to the end of the first step", Clock.median(first) * 1e3, "ms"),
                Measurement.of(SUITE, "whole command of one step", Clock.median(whole) * 1e3, "ms"));
    }

    private double[] start() {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("ijen-startup");
            var run = folder.resolve("run");
            var arguments = new ArrayList<>(List.of(
                    "train", "--preset", "digits", "--max-steps", "1", "--progress", "none", "--out", run.toString()));
            arguments.addAll(options);
            var begun = Instant.now();
            double whole = command(arguments, folder.resolve("err").toFile());
            var m = STEP.matcher(Files.readString(run.resolve("train.log")));
            if (!m.find()) {
                throw failed("no step in " + run.resolve("train.log"));
            }
            return new double[] {Duration.between(begun, Instant.parse(m.group(1))).toNanos() * 1e-9, whole};
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()));
        } finally {
            delete(folder);
        }
    }

    /// Seconds.
    private static double command(List<String> arguments, java.io.File err) {
        var script = System.getProperty("ijen.launcher");
        var line = new ArrayList<String>();
        if (script != null) {
            line.add(script);
            line.addAll(arguments);
        } else {
            line.addAll(ChildJvm.command(arguments));
        }
        var builder = new ProcessBuilder(line).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(err == null ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.to(err));
        try {
            long begun = System.nanoTime();
            int code = builder.start().waitFor();
            double seconds = Clock.seconds(begun);
            if (code != 0) {
                throw failed("exit code " + code + (err == null ? "" : ": " + Files.readString(err.toPath()).strip()));
            }
            return seconds;
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted");
        }
    }

    private static IjenException failed(String got) {
        return new IjenException("bench: the command did not do its step", got, "a training of one step",
                "run 'ijen train --preset digits --max-steps 1' to see why");
    }

    private static void delete(Path folder) {
        if (folder == null) {
            return;
        }
        try (var all = Files.walk(folder)) {
            all.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
        } catch (IOException e) {
            folder.toFile().deleteOnExit();
        }
    }
}
