package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Trainings killed by SIGKILL at random moments, checkpoint writes among them, and gone on with: the weights become, bit for bit,
/// those of the training that was left alone. `-Dijen.kills=200` does it so many times.
final class KillAndResumeTest {
    private static final int KILLS = Integer.getInteger("ijen.kills", 5);
    private static final long SEED = Long.getLong("ijen.kills.seed", 1);

    /// Writes a checkpoint every second step, so that most kills come during one.
    private static final String CONFIG = """
            name: killed
            data:
              kind: digits
              count: 240
            model:
              layers:
                - flatten
                - linear: 24
                - batch_norm
                - relu
                - dropout: 0.2
                - linear: 10
            optimizer:
              type: adamw
              lr: 0.004
            schedule:
              type: cosine
            training:
              epochs: 4
              batch_size: 16
              log_every: 1
              checkpoint_every: 2
              checkpoint_seconds: 0
              keep: 2
              ema: 0.9
            """;

    @TempDir Path folder;
    private Path config;

    private Process start(String... args) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Launcher.class.getName()));
        command.addAll(List.of(args));
        command.addAll(List.of("--device", "cpu", "--threads", "1", "--quiet"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    private Process train(Path run) throws IOException {
        return start("train", config.toString(), "--out", run.toString());
    }

    private void complete(Process p) throws IOException, InterruptedException {
        assertTrue(p.waitFor(5, TimeUnit.MINUTES));
        assertEquals(0, p.exitValue(), () -> {
            try {
                return Files.readString(folder.resolve("output"));
            } catch (IOException e) {
                return e.toString();
            }
        });
    }

    /// Waits for a file of a run; false if the process ended before.
    private static boolean await(Process p, Path file) throws InterruptedException {
        while (p.isAlive()) {
            if (Files.exists(file)) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return false;
    }

    private static byte[] file(Path run, String name) throws IOException {
        return Files.readAllBytes(run.resolve("checkpoints/last").resolve(name));
    }

    private static boolean isWriting(Path run) throws IOException {
        var checkpoints = run.resolve("checkpoints");
        if (!Files.isDirectory(checkpoints)) {
            return false;
        }
        try (var all = Files.list(checkpoints)) {
            return all.anyMatch(f -> f.getFileName().toString().startsWith("."));
        }
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void killedAtAnyMomentTheWeightsAreTheSame() throws IOException, InterruptedException {
        config = Files.writeString(folder.resolve("killed.yaml"), CONFIG);
        var whole = folder.resolve("whole");
        var alone = train(whole);
        // from each of these moments on, to the end
        var from = List.of("config.yaml", "checkpoints/last", "checkpoints/last");
        var begun = new long[from.size()];
        for (int k = 0; k < begun.length; k++) {
            await(alone, whole.resolve(from.get(k)));
            begun[k] = System.nanoTime();
        }
        complete(alone);
        long end = System.nanoTime();
        var window = Arrays.stream(begun).map(b -> end - b).toArray();
        byte[] weights = file(whole, "model.safetensors");
        byte[] states = file(whole, "optimizer.safetensors");

        var random = new Random(SEED);
        int over = 0;
        int writing = 0;
        int without = 0;
        for (int i = 0; i < KILLS; i++) {
            var run = folder.resolve("run" + i);
            var victim = train(run);
            int k = i % begun.length;
            await(victim, run.resolve(from.get(k)));
            long waiting = System.nanoTime();
            if (victim.waitFor(random.nextLong(window[k]), TimeUnit.NANOSECONDS)) {
                over++;
                window[k] = Math.max(1, System.nanoTime() - waiting); // this one was faster
            }
            victim.destroyForcibly().waitFor();
            writing += isWriting(run) ? 1 : 0;
            without += Files.exists(run.resolve("checkpoints/last")) ? 0 : 1;
            // by this process, which has nothing of the other one but the files
            Cli.run("resume", run, "--device", "cpu", "--threads", "1").ok();
            assertArrayEquals(weights, file(run, "model.safetensors"), "weights of run " + i);
            assertArrayEquals(states, file(run, "optimizer.safetensors"), "optimizer of run " + i);
            assertTrue(Files.isRegularFile(run.resolve("report.html")));
            System.out.printf(
                    "killed %d of %d: bits equal; so far %d during a checkpoint write, %d before the first checkpoint, %d after the end%n",
                    i + 1, KILLS, writing, without, over);
            delete(run);
        }
    }

    private static void delete(Path tree) throws IOException {
        try (var all = Files.walk(tree)) {
            for (var p : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }
}
