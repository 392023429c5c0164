package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models of other programs as folders that are evaluated, used, exported and trained further; and the commands around files.
final class ImportCommandTest {
    private static final String CONFIG = """
            name: tiny
            data:
              kind: digits
              count: 200
              normalize: false
            model:
              layers:
                - conv: {out: 4, size: 5, stride: 3}
                - batchnorm
                - relu
                - flatten
                - output
              input: [1, 28, 28]
              outputs: 10
            training:
              epochs: 1
              batch_size: 20
            """;

    @TempDir Path folder;
    private Path config;
    private Path run;

    @BeforeEach
    void train() throws IOException {
        config = Files.writeString(folder.resolve("tiny.yaml"), CONFIG);
        run = folder.resolve("run");
        Cli.run("train", config, "--out", run, "--device", "cpu").ok();
    }

    private static Map<?, ?> accuracy(Path model) {
        return Cli.run("eval", model, "--json", "--device", "cpu").ok().json();
    }

    @Test
    void tensorsAndAConfigBecomeAModel() {
        var theirs = folder.resolve("theirs.safetensors");
        Cli.run("convert", run.resolve("checkpoints/last/model.safetensors"), theirs, "--map", "^4\\.=fc.").ok();
        var out = folder.resolve("imported");
        var made = Cli.run("import", theirs, "--config", config, "--map", "^fc\\.=4.", "--out", out, "--json").ok()
                .json();
        assertEquals(out.toString(), made.get("folder"));
        assertEquals(accuracy(run), accuracy(out));
        // once more: nothing is overwritten
        Cli.run("import", theirs, "--config", config, "--map", "^fc\\.=4.", "--out", out).block(Exit.FAILED);
        var block = Cli.run("import", theirs, "--config", config, "--out", folder.resolve("no")).block(Exit.BAD_FILE);
        assertTrue(block.contains("4.weight") && block.contains("fc.weight"), block);
        assertFalse(Files.exists(folder.resolve("no")));
    }

    @Test
    void anOnnxFileBecomesAModelThatIsTrainedFurtherWithoutIt() throws IOException {
        var onnx = folder.resolve("model.onnx");
        Cli.run("export", run, "--out", onnx).ok();
        var out = folder.resolve("imported");
        Cli.run("import", onnx, "--set", "data.kind=digits", "--set", "data.count=200", "--out", out).ok();
        Files.delete(onnx);
        var own = accuracy(run);
        var theirs = accuracy(out);
        assertEquals(own.get("accuracy"), theirs.get("accuracy"));
        assertEquals(((Number) own.get("loss")).doubleValue(), ((Number) theirs.get("loss")).doubleValue(), 1e-6);

        var tuned = folder.resolve("tuned");
        Cli.run("train", "--init-from", out, "--out", tuned, "--device", "cpu", "--epochs", 1, "--set",
                "training.batch_size=20").ok();
        var before = Safetensors.read(out.resolve("model.safetensors"));
        var after = Safetensors.read(tuned.resolve("checkpoints/last/model.safetensors"));
        assertEquals(before.keySet(), after.keySet());
        // weights move; the statistics of the file's batch norm are used as they are
        int same = 0;
        for (var name : before.keySet()) {
            same += java.util.Arrays.equals(before.get(name).toFloatArray(), after.get(name).toFloatArray()) ? 1 : 0;
        }
        assertTrue(same <= 2, same + " of " + before.size() + " did not move");
        // moved elsewhere, the run is still whole
        var elsewhere = folder.resolve("elsewhere");
        Files.move(tuned, elsewhere);
        accuracy(elsewhere);
    }

    @Test
    void aPartOfAnOnnxFileGetsANewHead() {
        var onnx = folder.resolve("model.onnx");
        Cli.run("export", run, "--out", onnx).ok();
        var nodes = (List<?>) Cli.run("inspect", onnx, "--json").ok().json().get("layers");
        assertTrue(nodes.size() > 3);
        var block = Cli.run("train", config, "--set",
                "model.layers=[{onnx: {file: " + onnx + ", to: nothing}}, output]", "--out",
                folder.resolve("no")).block(Exit.USAGE);
        assertTrue(block.contains("'nothing'"), block);
    }

    @Test
    void filesThatWouldRunCodeOrAreOldAreRefusedAndNothingIsWritten() throws IOException {
        var hostile = folder.resolve("hostile.pt");
        try (var zip = new ZipOutputStream(Files.newOutputStream(hostile))) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write("\u0080\u0002cposix\nsystem\nq\u0000X\u0007\u0000\u0000\u0000echo hi\u0085R.".getBytes(
                    java.nio.charset.StandardCharsets.ISO_8859_1));
            zip.closeEntry();
        }
        var block = Cli.run("convert", hostile, folder.resolve("out.npz")).block(Exit.BAD_FILE);
        assertTrue(block.contains("posix.system"), block);
        Cli.run("import", hostile, "--config", config, "--out", folder.resolve("out")).block(Exit.BAD_FILE);
        var old = Files.write(folder.resolve("old.pt"), new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 108, (byte) 0xfc});
        block = Cli.run("inspect", old).block(Exit.BAD_FILE);
        assertTrue(block.contains("before 1.6") && block.contains("weights_only"), block);
        assertFalse(Files.exists(folder.resolve("out")) || Files.exists(folder.resolve("out.npz")));
    }

    @Test
    void whatIsAskedForMustBeOneThing() {
        Cli.run("import", "x.onnx").block(Exit.USAGE);
        Cli.run("import", "x.onnx", "--check", folder, "--out", folder.resolve("y")).block(Exit.USAGE);
        var none = Cli.run("import", "--check", folder, "--json", "--quiet").block(Exit.BAD_FILE);
        assertTrue(none.contains("no conformance cases"), none);
    }

    @Test
    void aTokenizerIsLearnt() throws IOException {
        var text = Files.writeString(folder.resolve("t.txt"), "the cat sat on the mat, the cat sat.\n".repeat(20));
        var out = folder.resolve("tokenizer.json");
        var made = Cli.run("tokenizer", "train", text, "--vocab", 280, "--out", out, "--json").ok().json();
        assertEquals(257 + ((Number) made.get("merges")).longValue(), ((Number) made.get("tokens")).longValue());
        var t = dev.ijen.text.Tokenizer.load(out);
        assertEquals("the cat", t.decode(t.ids("the cat")));
        assertTrue(t.ids("the cat").length < 7);
        Cli.run("tokenizer", "train", text, "--vocab", 280, "--out", out).block(Exit.FAILED);
        Cli.run("tokenizer", "train", text, "--vocab", 100, "--out", folder.resolve("u.json")).block(Exit.USAGE);
    }
}
