package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ijen generate` with a model of pictures, as small as it can be.
class GeneratePicturesTest {
    @TempDir Path folder;

    @Test
    void picturesAreAskedForInWords() throws IOException {
        var run = folder.resolve("run");
        Cli.run("train", "--preset", "diffusion-digits", "--device", "cpu", "--out", run, "--quiet", "--max-steps", 2,
                "--set", "data.kind=digits", "--set", "data.count=60", "--set", "training.batch_size=8",
                "--set", "model.layers=[unet: {width: 8, levels: 1}]", "--set", "task.generative.context=8",
                "--set", "task.generative.steps=2", "--set", "task.generative.samples=10").ok();
        var grid = folder.resolve("sevens.png");
        var told = Cli.run("generate", run, "--device", "cpu", "--prompt", "a seven", "--count", 4, "--out", grid,
                "--json").ok().json();
        assertEquals(List.of(grid.toString()), told.get("files"));
        // two rows and columns of 28 pixels with gaps of 2
        assertEquals(62, Images.probe(grid).width());
        var each = folder.resolve("each");
        var names = Cli.run("generate", run, "--device", "cpu", "--prompt", "the digit 3", "--count", 2, "--out", each,
                "--seed", 5).ok().out().lines().toList();
        assertEquals(2, names.size());
        assertEquals(28, Images.probe(Path.of(names.get(1))).height());
        assertTrue(Files.exists(each.resolve("00000.png")));
        var wrong = Cli.run("generate", run, "--device", "cpu", "--prompt", "a zebra", "--out", grid)
                .block(Exit.FAILED);
        assertTrue(wrong.contains("'zebra'") && wrong.contains("seven"), wrong);
    }

    @Test
    void aClassifierJudgesWhatIsMade() {
        var run = folder.resolve("run");
        Cli.run("train", "--preset", "diffusion-digits", "--device", "cpu", "--out", run, "--quiet", "--max-steps", 2,
                "--set", "data.kind=digits", "--set", "data.count=60", "--set", "training.batch_size=8",
                "--set", "model.layers=[unet: {width: 8, levels: 1}]", "--set", "task.generative.context=8",
                "--set", "task.generative.steps=2", "--set", "task.generative.samples=0").ok();
        var judge = folder.resolve("judge");
        Cli.run("train", "--preset", "digits", "--device", "cpu", "--out", judge, "--quiet", "--max-steps", 2,
                "--set", "data.count=60", "--set", "training.batch_size=8", "--set", "training.epochs=1").ok();
        var ran = Cli.run("eval", run, "--judge", judge, "--count", 20, "--device", "cpu", "--json").ok();
        assertTrue(ran.err().contains("makes examples [1, 28, 28]"), ran.err());
        var told = ran.json();
        assertEquals(List.of("prompted_accuracy", "classes", "confident", "inception_score", "frechet_logits", "loss",
                "examples"), List.copyOf(told.keySet()));
        assertEquals(20L, told.get("examples"));
        var same = Cli.run("eval", run, "--judge", judge, "--count", 20, "--device", "cpu", "--json").ok().json();
        assertEquals(told, same);
        assertTrue(Cli.run("eval", run, "--judge", run, "--device", "cpu").block(Exit.FAILED)
                .contains("the judge tells no classes"));
        assertTrue(Cli.run("eval", judge, "--judge", judge, "--device", "cpu").block(Exit.FAILED)
                .contains("makes nothing"));
        var curve = folder.resolve("curve.svg");
        assertEquals(curve.toString(), Cli.run("export", judge, "--curve", curve, "--json").ok().json().get("curve"));
        assertTrue(Files.exists(curve));
        var other = folder.resolve("curve.png");
        assertTrue(Cli.run("export", judge, "--curve", other).block(Exit.USAGE).contains("a name that ends with .svg"));
        assertFalse(Files.exists(other));
    }
}
