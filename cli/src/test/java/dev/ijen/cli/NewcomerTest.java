package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What somebody who has never used the command gets wrong, and whether it says what to type instead.
final class NewcomerTest {
    @TempDir Path folder;

    private static void says(String fix, int code, Object... args) {
        var block = Cli.run(args).block(code);
        var line = block.lines().filter(l -> l.startsWith("  fix:")).findFirst().orElse("");
        assertTrue(line.contains(fix), block);
        assertTrue(!block.contains("expected: what it takes") && !block.contains("expected: a value it takes"), block);
    }

    @Test
    void theFiveWorstSayWhatToType() {
        says("write --preset digits", 2, "train", "digits");
        says("did you mean 'optimizer.lr'?", 2, "train", "--preset", "digits", "--set", "lr=0.1");
        says("did you mean 'mnist-mlp' or 'mnist-cnn'?", 2, "train", "--preset", "mnist");
        says("write --set optimizer.lr=VALUE", 2, "train", "--preset", "digits", "--lr", "0.1");
        var block = Cli.run("train", "--preset", "digits", "--epochs", "many").block(2);
        assertTrue(block.contains("--epochs cannot be 'many'") && block.contains("expected: a whole number from 1 on"),
                block);
    }

    @Test
    void foldersOtherDataAndOtherCommandsOptions() throws IOException {
        var run = Files.createDirectory(folder.resolve("run"));
        says("name the file in it", 2, "train", run);
        Files.writeString(run.resolve("config.yaml"), "preset: digits\n");
        says("'ijen resume " + run + "' goes on with it", 2, "train", run);
        says("change it in the config.yaml of the run", 2, "resume", run, "--epochs", "10");
        var table = Files.writeString(folder.resolve("t.csv"), "a,b\n1,2\n3,4\n");
        says("--set data.target=COLUMN", 4, "train", "--preset", "iris", "--data", table);
        says("name a file in it", 4, "train", "--preset", "iris", "--data", folder);
        says("write a whole number from 20", 2, "train", "--preset", "digits", "--set", "data.count=0");
    }

    @Test
    void othersToo() throws IOException {
        var picture = Files.write(folder.resolve("x.png"), new byte[] {1, 2, 3});
        says("give the folder of a run", 4, "inspect", picture);
        says("ijen predict RUN FILE", 4, "predict", picture, picture);
        says("use --memory-limit ", 1, "train", "--preset", "digits", "--set", "data.count=200", "--memory-limit",
                "1k");
        says("use --memory-limit ", 1, "train", "--preset", "digits", "--set", "data.count=200", "--memory-limit",
                "300k", "--dry-run");
        says("did you mean train?", 2, "tain", "--preset", "digits");
        says("did you mean cuda?", 3, "train", "--preset", "digits", "--device", "gpu");
        var config = Files.writeString(folder.resolve("c.yaml"), "epochs: 3\n");
        says("did you mean 'training.epochs'?", 2, "train", config);
        says("'ijen train --help'", 2, "train", "--preset", "digits", "--memory-limit", "lots");
        says("'ijen train --help'", 2, "train", "--preset", "digits", "--non-finite", "ignore");
        says("training.", 1, "train", "--preset", "digits", "--set", "data.count=200", "--memory-limit", "6m",
                "--dry-run");
    }
}
