package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands that take a run, on runs about texts.
class SequenceCommandsTest {
    @TempDir Path dir;

    private Path trained(String preset, Object... more) {
        var run = dir.resolve(preset);
        var all = new java.util.ArrayList<Object>(java.util.List.of("train", "--preset", preset, "--device", "cpu",
                "--out", run, "--quiet", "--max-steps", 2));
        all.addAll(java.util.List.of(more));
        Cli.run(all.toArray()).ok();
        return run;
    }

    @Test
    void hiddenWords() throws IOException {
        var text = dir.resolve("text.txt");
        Files.writeString(text, "a rose is a rose is a rose\n".repeat(40));
        var run = trained("bert-mlm", "--data", text, "--set", "task.length=12", "--set", "task.stride=12", "--set",
                "task.symbols=264", "--set", "training.batch_size=4", "--set",
                "model.layers=[{encoder: {dim: 8, layers: 1, heads: 2}}]");
        assertTrue(Cli.run("eval", run).ok().out().contains("unigram_loss"));
        var line = Cli.run("predict", run, "--text", "a rose is a [MASK]", "--top", 2).ok().out();
        assertTrue(line.startsWith("text 1\t") && line.contains("a rose is a"), line);
        var object = (Map<?, ?>) Json.parse("line",
                Cli.run("predict", run, "--text", "a [MASK] is a [MASK]", "--json").ok().out().lines().findFirst()
                        .orElseThrow());
        assertEquals("text 1 [MASK] 1", object.get("file"));
        assertTrue(((Map<?, ?>) object.get("probabilities")).containsKey(object.get("class")), object.toString());
        assertTrue(Cli.run("predict", run, "--text", "a rose").block(1).contains("[MASK]"));
        assertTrue(Cli.run("predict", run).block(2).contains("'FILE'"));
        assertTrue(Cli.run("generate", run, "--prompt", "a").block(4).contains("ijen predict"));
        assertTrue(Cli.run("inspect", run).ok().out().contains("Encoder"));
        read(run);
    }

    @Test
    void answers() throws IOException {
        var run = trained("translate", "--set", "data.count=60", "--set", "training.batch_size=8", "--set",
                "model.layers=[{translator: {dim: 8, layers: 1, heads: 2}}]");
        assertTrue(Cli.run("eval", run).ok().out().contains("exact_match"));
        var object = (Map<?, ?>) Json.parse("all",
                Cli.run("generate", run, "--prompt", "3 March 1999", "--json", "--beam", 2, "--max-tokens", 5).ok()
                        .out());
        assertTrue(object.get("text") instanceof String && (Long) object.get("tokens") <= 5, object.toString());
        var refused = Cli.run("generate", run, "--prompt", "3 марта 1999").block(Exit.BAD_FILE);
        assertTrue(refused.contains("never seen") && refused.contains("м а р т"), refused);
        refused = Cli.run("predict", run, "--text", "3 März 1999").block(Exit.BAD_FILE);
        assertTrue(refused.contains("text 1") && refused.contains("ä"), refused);
        assertTrue(Cli.run("generate", run, "--prompt", "").block(1).contains("--prompt TEXT"));
        var file = dir.resolve("dates.txt");
        Files.writeString(file, "3 March 1999\n\n4 May 2001\n");
        var lines = Cli.run("predict", run, file).ok().out().lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(1).startsWith(file + ":3\t"), lines.get(1));
        var pairs = dir.resolve("pairs.tsv");
        Files.writeString(pairs, "3 March 1999\t1999-03-03\n4 May 2001\t2001-05-04\n");
        assertTrue(Cli.run("eval", run, "--data", pairs).ok().out().contains("examples           2"));
        assertTrue(Cli.run("inspect", run).ok().out().contains("Translator"));
        read(run);
    }

    /// What is exported is a model that other programs read.
    private void read(Path run) {
        var file = run.resolve("model.onnx");
        Cli.run("export", run, "--out", file).ok();
        assertTrue(Cli.run("inspect", file).ok().out().contains("Attention"));
    }
}
