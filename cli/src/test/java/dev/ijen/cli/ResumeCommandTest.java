package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Interrupted trainings go on as if nothing had been.
final class ResumeCommandTest {
    private static final String CONFIG = """
            name: tiny
            data:
              kind: digits
              count: 300
            model:
              layers:
                - flatten
                - linear: 16
                - relu
                - dropout: 0.2
                - linear: 10
            optimizer:
              type: adam
              lr: 0.003
            training:
              epochs: 3
              batch_size: 20
              log_every: 1
              checkpoint_every: 4
              checkpoint_seconds: 0
              keep: 3
            """;

    @TempDir Path folder;
    private Path config;
    private Path whole;

    @BeforeEach
    void trainWithoutInterruption() throws IOException {
        config = Files.writeString(folder.resolve("tiny.yaml"), CONFIG);
        whole = folder.resolve("whole");
        Cli.run("train", config, "--out", whole, "--device", "cpu").ok();
    }

    private static byte[] weights(Path run) throws IOException {
        return Files.readAllBytes(run.resolve("checkpoints/last/model.safetensors"));
    }

    /// A run that was interrupted after some steps.
    private Path interrupted(int step) throws IOException {
        var run = folder.resolve("part");
        var cli = new Cli();
        cli.watch(text -> {
            if (Pattern.compile("\"step\" ?: ?" + step + "\\b").matcher(text).find()) {
                cli.interrupts().signal();
            }
        });
        var ran = cli.start("train", config, "--out", run, "--device", "cpu", "--progress", "json");
        assertEquals(Exit.INTERRUPTED, ran.code(), ran.err());
        return run;
    }

    @Test
    void theWeightsAreThoseOfTheUninterruptedRun() throws IOException {
        var run = interrupted(7);
        var result = Cli.run("resume", run, "--device", "cpu", "--json").ok().json();
        assertEquals("completed", result.get("outcome"));
        assertArrayEquals(weights(whole), weights(run));
        // once more changes nothing
        Cli.run("resume", run, "--device", "cpu").ok();
        assertArrayEquals(weights(whole), weights(run));
    }

    @Test
    void aDamagedCheckpointIsToldOfAndTheOneBeforeUsed() throws IOException {
        var run = interrupted(13);
        var last = run.resolve("checkpoints/last").toRealPath();
        byte[] bytes = Files.readAllBytes(last.resolve("model.safetensors"));
        bytes[bytes.length - 5] ^= 4;
        Files.write(last.resolve("model.safetensors"), bytes);
        Cli.run("eval", last, "--device", "cpu").block(Exit.BAD_FILE);
        var ran = Cli.run("resume", run, "--device", "cpu").ok();
        assertTrue(
                ran.err().contains("a damaged checkpoint is not used")
                        && ran.err().contains(last.getFileName().toString()),
                ran.err());
        assertArrayEquals(weights(whole), weights(run));
    }

    @Test
    void aRunWithoutACheckpointStartsOver() throws IOException {
        var run = Files.createDirectory(folder.resolve("begun"));
        Files.copy(whole.resolve("config.yaml"), run.resolve("config.yaml"));
        Cli.run("resume", run, "--device", "cpu").ok();
        assertArrayEquals(weights(whole), weights(run));
    }

    @Test
    void anotherLimitOfSteps() throws IOException {
        var run = folder.resolve("short");
        var ran = Cli.run("train", config, "--out", run, "--device", "cpu", "--max-steps", 5, "--json").ok().json();
        assertEquals(5L, ran.get("steps"));
        ran = Cli.run("resume", run, "--device", "cpu", "--max-steps", 9, "--json").ok().json();
        assertEquals("max_steps", ran.get("outcome"));
        assertEquals(9L, ran.get("steps"));
        Cli.run("resume", run, "--device", "cpu", "--max-steps", 1000).ok();
        // the file holds the limit, too
        var other = folder.resolve("other");
        Cli.run("train", config, "--out", other, "--device", "cpu", "--max-steps", 1000).ok();
        assertArrayEquals(weights(other), weights(run));
    }

    @Test
    void anotherLimitOfTime() throws IOException {
        var run = folder.resolve("hasty");
        var ran = Cli.run("train", config, "--out", run, "--device", "cpu", "--max-time", "0.001s", "--json").ok()
                .json();
        assertEquals("max_time", ran.get("outcome"));
        assertEquals(1L, ran.get("steps"));
        ran = Cli.run("resume", run, "--device", "cpu", "--json").ok().json();
        assertEquals(2L, ran.get("steps"));
        ran = Cli.run("resume", run, "--device", "cpu", "--max-time", "none", "--json").ok().json();
        assertEquals("completed", ran.get("outcome"));
        assertTrue(Cli.run("resume", run, "--max-time", "soon").block(Exit.USAGE).contains("90s"));
    }

    @Test
    void whatIsNoRunIsNamed() {
        var err = Cli.run("resume", folder).block(Exit.BAD_FILE);
        assertTrue(err.contains("config.yaml"), err);
        Cli.run("resume", folder.resolve("nowhere")).block(Exit.BAD_FILE);
        err = Cli.run("resume", config).block(Exit.BAD_FILE);
        assertTrue(err.contains("tiny.yaml: not a run") && err.contains("got:      a file"), err);
        for (var inside : List.of("report.html", "checkpoints/last", "checkpoints/last/model.safetensors")) {
            err = Cli.run("resume", whole.resolve(inside)).block(Exit.BAD_FILE);
            assertTrue(err.contains("fix:      give the run it belongs to: " + whole), err);
        }
        Cli.run("resume").block(Exit.USAGE);
    }
}
