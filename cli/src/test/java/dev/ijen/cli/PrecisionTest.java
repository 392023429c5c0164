package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--precision`, and the key of that name.
final class PrecisionTest {
    private static final String CONFIG = """
            name: tiny
            precision: bf16
            data: {kind: digits, count: 120}
            model: {layers: [flatten, linear: 16, relu, linear: 10]}
            training: {epochs: 1, batch_size: 20}
            """;

    @TempDir Path folder;

    private Path config() throws IOException {
        return Files.writeString(folder.resolve("tiny.yaml"), CONFIG);
    }

    @Test
    void wrongNamesAreToldWithTheList() throws IOException {
        for (var command : List.of("train", "inspect")) {
            var err = Cli.run(command, "--preset", "digits", "--precision", "fp16").block(Exit.USAGE);
            assertTrue(err.contains("got:      'fp16'"), err);
            assertTrue(err.contains("expected: f32, tf32, bf16, f16"), err);
        }
        assertTrue(Cli.run("eval", "run", "--precision", "half").block(Exit.USAGE).contains("f32, tf32, bf16, f16"));
        assertTrue(Cli.run("predict", "run", "x.png", "--precision", "8").block(Exit.USAGE)
                .contains("f32, tf32, bf16, f16"));
        assertEquals(Exit.USAGE,
                new Cli().env("IJEN_PRECISION", "double").start("inspect", "--preset", "digits").code());
        var key = Cli.run("train", "--preset", "digits", "--set", "precision=bf15").block(Exit.USAGE);
        assertTrue(key.contains("'precision' is not known") && key.contains("f32, tf32, bf16, f16")
                && key.contains("did you mean"), key);
    }

    @Test
    void inspectShowsItAndTheMemoryItSaves() throws IOException {
        var wide = Cli.run("inspect", "--preset", "mnist-cnn", "--device", "cpu", "--json").ok().json();
        var low = Cli.run("inspect", "--preset", "mnist-cnn", "--precision", "bf16", "--device", "cpu", "--json").ok()
                .json();
        assertEquals("f32", wide.get("precision"));
        assertEquals("bf16", low.get("precision"));
        assertTrue(workspace(low) < 0.75 * workspace(wide), workspace(low) + " of " + workspace(wide));
        assertEquals("bf16", Cli.run("inspect", config(), "--device", "cpu", "--json").ok().json().get("precision"));
        assertEquals("f16", Cli.run("inspect", config(), "--precision", "f16", "--device", "cpu", "--json").ok().json()
                .get("precision"));
    }

    private static double workspace(Map<?, ?> plan) {
        return ((Number) ((Map<?, ?>) plan.get("memory")).get("workspace")).doubleValue();
    }

    @Test
    void aRunRemembersItAndEvalFollowsIt() throws IOException {
        var run = folder.resolve("run");
        var trained = Cli.run("train", config(), "--out", run, "--device", "cpu", "--progress", "plain").ok();
        assertTrue(trained.err().contains("precision bf16"), trained.err());
        assertTrue(Files.readString(run.resolve("config.yaml")).contains("precision: bf16"));
        assertTrue(Files.readString(run.resolve("env.json")).contains("\"bf16\""));
        var own = Cli.run("eval", run, "--device", "cpu", "--json").ok().json();
        var same = Cli.run("eval", run, "--precision", "bf16", "--device", "cpu", "--json").ok().json();
        var wide = Cli.run("eval", run, "--precision", "f32", "--device", "cpu", "--json").ok().json();
        assertEquals(same.get("loss"), own.get("loss"));
        assertTrue(!wide.get("loss").equals(own.get("loss")), "computed in another precision");
        assertEquals("bf16", Cli.run("inspect", run, "--device", "cpu", "--json").ok().json().get("precision"));
        // an option of the command line is nearer than the file
        var f16 = folder.resolve("f16");
        Cli.run("train", config(), "--precision", "f16", "--out", f16, "--device", "cpu").ok();
        assertTrue(Files.readString(f16.resolve("config.yaml")).contains("precision: f16"));
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        var run = folder.resolve("run");
        Cli.run("train", config(), "--out", run, "--device", "cpu").ok();
        Cli.run("resume", run, "--precision", "f32").block(Exit.USAGE);
        Files.writeString(run.resolve("config.yaml"),
                Files.readString(run.resolve("config.yaml")).replace("precision: bf16", "precision: f16"));
        var err = Cli.run("resume", run, "--device", "cpu", "--quiet").block(Exit.USAGE);
        assertTrue(err.contains("another precision than before") && err.contains("checkpoint of bf16"), err);

        var alone = folder.resolve("alone.safetensors");
        Files.copy(run.resolve("checkpoints/last/model.safetensors"), alone);
        var foreign = Cli.run("inspect", alone, "--precision", "bf16").block(Exit.USAGE);
        assertTrue(foreign.contains("nothing is computed"), foreign);
    }

    @Test
    void devicesSayWhatTheyMakeOfIt() {
        var out = Cli.run("devices").ok().out();
        assertTrue(out.contains("tf32") && out.contains("computed in f32"), out);
        var choice = Cli.run("bench", "--help").ok().out();
        assertTrue(choice.contains("--precision"), choice);
        var tf32 = Cli.run("inspect", "--preset", "digits", "--precision", "tf32", "--device", "cpu").ok().out();
        assertTrue(tf32.contains("precision tf32, computed in f32: nothing is rounded"), tf32);
    }
}
