package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Ctrl-C and SIGTERM to a process of its own: it saves a checkpoint and ends with 130.
final class SignalTest {
    @TempDir Path folder;

    private Process training(Path run, Path output) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "no /bin/kill on this system");
        return new ProcessBuilder(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Launcher.class.getName(), "train", "--preset", "digits", "--set", "data.count=200", "--epochs",
                "100000",
                "--out", run.toString(), "--device", "cpu", "--threads", "1", "--progress", "none"))
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    private static void awaitSteps(Process process, Path run) throws IOException, InterruptedException {
        while (process.isAlive() && (!Files.exists(run.resolve("metrics.jsonl"))
                || Files.size(run.resolve("metrics.jsonl")) == 0)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static void send(String signal, Process to) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(to.pid())).start().waitFor());
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void theSignalSavesACheckpoint(String signal) throws IOException, InterruptedException {
        var run = folder.resolve("run");
        var output = folder.resolve("output");
        var process = training(run, output);
        try {
            awaitSteps(process, run);
            send(signal, process);
            assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it does not end");
            var said = Files.readString(output);
            assertEquals(130, process.exitValue(), said);
            assertTrue(said.contains("interrupted"), said);
            assertTrue(Files.isRegularFile(run.resolve("checkpoints/last/model.safetensors")), said);
            assertTrue(Files.isRegularFile(run.resolve("report.html")), said);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theSecondSignalStopsAtOnce() throws IOException, InterruptedException {
        var run = folder.resolve("run");
        var output = folder.resolve("output");
        var process = training(run, output);
        try {
            awaitSteps(process, run);
            // both arrive together when the process wakes, long before a step is finished and a report written
            for (var signal : List.of("STOP", "INT", "TERM", "CONT")) {
                send(signal, process);
            }
            assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it does not end");
            var said = Files.readString(output);
            assertEquals(130, process.exitValue(), said);
            assertTrue(said.contains(": stopped"), said);
        } finally {
            process.destroyForcibly();
        }
    }
}
