package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
}
