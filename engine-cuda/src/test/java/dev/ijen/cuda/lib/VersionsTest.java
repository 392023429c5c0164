package dev.ijen.cuda.lib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.kernels.emulator.Emulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The libraries in the versions that the other tests do not use (those have CUDA 12 with cuDNN 9), each in a JVM of its own.
final class VersionsTest {
    @TempDir Path temporary;

    @BeforeAll
    static void possible() {
        Emulator.fresh();
    }

    private List<String> run(int cuda, int cudnn, int failure) throws Exception {
        var libraries = temporary.resolve("libraries").toString();
        var output = temporary.resolve("output");
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Dijen.emulator.cuda=" + cuda,
                "-Dijen.emulator.cudnn=" + cudnn,
                "-Dijen.kernels=" + System.getProperty("ijen.kernels"),
                "-cp",
                System.getProperty("java.class.path"),
                LibrariesMain.class.getName(),
                libraries,
                Integer.toString(failure));
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove("LD_LIBRARY_PATH");
        builder.environment().put("IJEN_CUDA_PATH", libraries);
        builder.environment().put("IJEN_CACHE", temporary.resolve("cache").toString());
        var process = builder.start();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + Files.readString(output));
        }
        var lines = Files.readAllLines(output);
        assertEquals(0, process.exitValue(), lines::toString);
        assertTrue(lines.contains("libraries 2"), lines::toString);
        assertTrue(lines.contains("right: MatMul"), lines::toString);
        assertEquals(3, Collections.frequency(lines, "right: Conv"), lines::toString);
        assertEquals("nothing is left", lines.getLast());
        return lines;
    }

    @Test
    void cuda12WithCudnn8() throws Exception {
        var lines = run(12, 8, 8);
        assertEquals("cuBLAS 12, cuDNN 8", lines.getFirst());
        assertTrue(lines.contains("  got:      CUDNN_STATUS_EXECUTION_FAILED: a kernel could not be run (8)"),
                lines::toString);
    }

    @Test
    void cuda13WithCudnn9() throws Exception {
        var lines = run(13, 9, 3000);
        assertEquals("cuBLAS 13, cuDNN 9", lines.getFirst());
        assertTrue(
                lines.contains("  got:      CUDNN_STATUS_NOT_SUPPORTED: this cuDNN can't do it on this GPU (3000)"),
                lines::toString);
    }
}
