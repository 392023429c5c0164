package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Npy;
import dev.ijen.tensor.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands that are given files.
final class FilesTest {
    @TempDir Path folder;

    @Test
    void convertSaysWhichEndsItKnows() {
        var array = folder.resolve("a.npy");
        Npy.write(array, HostTensor.of(new float[] {1, 2}, 2));
        var out = Cli.run("convert", array, folder.resolve("a.h5")).block(2);
        assertTrue(out.contains(".safetensors, .npz, .npy"), out);
        var in = Cli.run("convert", folder.resolve("a.h5"), folder.resolve("a.npz")).block(2);
        assertTrue(in.contains(".pth"), in);
        assertFalse(Files.exists(folder.resolve("a.npz")));
        Cli.run("convert", array, folder.resolve("a.npz")).ok();
        Cli.run("convert", folder.resolve("b.npy"), folder.resolve("b.npz")).block(4);
    }

    @Test
    void importOfNoCasesIsAnError() {
        var block = Cli.run("import", "--quiet", "--check", folder).block(4);
        assertTrue(block.contains("no conformance cases"), block);
        Cli.run("import", "--quiet", "--check", folder.resolve("none")).block(4);
    }
}
