package dev.ijen.cuda.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Loads JCuda's real natives on top of made-up libraries of NVIDIA's, each time in a JVM of its own.
final class LoaderTest {
    @TempDir Path temporary;

    private FakeCuda machine;
    private Path lib;
    private String classPath = System.getProperty("java.class.path");

    @BeforeEach
    void machine() {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
                "JCuda's natives are for Linux on x86-64");
        machine = new FakeCuda(temporary.resolve("machine")).driver("580.65.06");
        lib = machine.root.resolve("usr/local/cuda/lib64");
    }

    /// What [LoadMain] prints of this machine.
    private List<String> load(String... options) throws Exception {
        return load(Map.of(), options);
    }

    private List<String> load(Map<String, String> environment, String... options) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + Files.createDirectories(temporary.resolve("tmp"))));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, LoadMain.class.getName(), machine.root.toString()));
        var output = temporary.resolve("output");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove("LD_LIBRARY_PATH");
        builder.environment().remove("IJEN_CUDA_PATH");
        builder.environment().put("IJEN_CACHE", temporary.resolve("cache").toString());
        builder.environment().putAll(environment);
        var process = builder.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + Files.readString(output));
        }
        var lines = Files.readAllLines(output);
        assertEquals(0, process.exitValue(), lines::toString);
        return lines;
    }

    private void assertOurs(List<String> lines, String... natives) throws IOException {
        var loaded = lines.stream().filter(l -> l.startsWith("loaded ")).sorted().toList();
        assertEquals(natives.length, loaded.size(), lines::toString);
        for (int i = 0; i < natives.length; i++) {
            assertTrue(loaded.get(i).startsWith("loaded " + temporary.toRealPath().resolve("cache/native")),
                    loaded.get(i));
            assertTrue(loaded.get(i).endsWith("lib" + natives[i] + "-12.6.0-linux-x86_64.so"), loaded.get(i));
        }
        assertTrue(lines.contains("tmpdir " + temporary.resolve("tmp")), lines::toString);
        assertTrue(lines.contains("temporary files in " + temporary.resolve("tmp")), lines::toString);
    }

    @Test
    void driverOnly() throws Exception {
        var lines = load();
        assertTrue(lines.contains("tier DriverOnly"), lines::toString);
        assertTrue(lines.contains("cuInit CUDA_ERROR_NO_DEVICE"), lines::toString); // what our libcuda returns, so it was called
        assertOurs(lines, "JCudaDriver");
    }

    @Test
    void cuda12WithCudnn8() throws Exception {
        machine.cublas(lib, "12.4.5.8").nvrtc(lib, "12.4.127").cudnn(lib, 8, 12);
        var lines = load();
        assertTrue(lines.contains("tier WithCudnn"), lines::toString);
        assertTrue(lines.contains("cudnnGetCudartVersion 12000"), lines::toString);
        assertOurs(lines, "JCublas2", "JCudaDriver", "JCudnn");
    }

    @Test
    void cuda12WithCudnn9() throws Exception {
        machine.cublas(lib, "12.6.4.1").cudnn(lib, 9, 12);
        var lines = load();
        assertTrue(lines.contains("tier WithCudnn"), lines::toString);
        assertTrue(lines.contains("cudnnGetCudartVersion 12000"), lines::toString);
        assertTrue(lines.contains("lacking NVRTC not found"), lines::toString);
        assertOurs(lines, "JCublas2", "JCudaDriver", "JCudnn");
    }

    @Test
    void cuda13WithCudnn9AndPlantedFiles() throws Exception {
        machine.cublas(lib, "13.0.0.19").nvrtc(lib, "13.0.88").cudnn(lib, 9, 13);
        // what JCuda alone would load unchecked
        var tmp = Files.createDirectories(temporary.resolve("tmp"));
        for (var library : NativeCache.Native.values()) {
            new TinyElf(library.fileName()).write(tmp.resolve(library.fileName()));
        }
        var cache = NativeCache.open(temporary.resolve("cache"), 13, 9);
        new TinyElf("planted").write(cache.folder().resolve(NativeCache.Native.CUDNN.fileName()));
        var lines = load();
        assertTrue(lines.contains("tier WithCudnn"), lines::toString);
        assertTrue(lines.contains("cudnnGetCudartVersion 13000"), lines::toString);
        assertOurs(lines, "JCublas2", "JCudaDriver", "JCudnn");
    }

    @Test
    void aLibraryOnTheJvmsPathIsNotLoadedInsteadOfOurs() throws Exception {
        var planted = temporary.resolve("planted");
        new TinyElf("planted").write(planted.resolve("libJCudaDriver-12.6.0-linux-x86_64.so"));
        var lines = load(Map.of(), "-Djava.library.path=" + planted);
        assertTrue(lines.contains("tier Unavailable"), lines::toString);
        assertTrue(lines.stream().anyMatch(l -> l.startsWith("reason JCuda can't be loaded: " + planted)),
                lines::toString);
        assertFalse(lines.stream().anyMatch(l -> l.startsWith("loaded ")), lines::toString);
    }

    @Test
    void librariesThatFailCostTheirTierAndNoMore() throws Exception {
        machine.cublas(lib, "12.6.4.1");
        new TinyElf("libnvrtc.so.12").needs("libnowhere.so.7").write(lib.resolve("libnvrtc.so.12"));
        machine.cudnn(temporary.resolve("cudnn"), 9, 13); // nothing in its path tells that it was built for CUDA 13
        machine.environment("LD_LIBRARY_PATH", temporary.resolve("cudnn"));
        var lines = load(Map.of("LD_LIBRARY_PATH", temporary.resolve("cudnn").toString()));
        assertTrue(lines.contains("tier WithCublas"), lines::toString);
        assertTrue(
                lines.stream()
                        .anyMatch(l -> l.startsWith("lacking cuDNN 9 (" + temporary.resolve("cudnn/libcudnn.so.9"))
                                && l.endsWith("it was built for CUDA 13, and cuBLAS is of CUDA 12")),
                lines::toString);
        assertTrue(
                lines.stream().anyMatch(l -> l.startsWith("lacking NVRTC 12") && l.contains("libnowhere.so.7")),
                lines::toString);
        assertOurs(lines, "JCublas2", "JCudaDriver");
    }

    @Test
    void aCudnnWithoutAFunctionWeCallIsNotUsed() throws Exception {
        var few = CudnnFunctions.ALLOWED.stream().filter(f -> !f.equals("cudnnRNNForward")).toList();
        machine.cublas(lib, "12.6.4.1").cudnn(lib, 8, 12, few);
        var lines = load();
        assertTrue(lines.contains("tier WithCublas"), lines::toString);
        assertTrue(lines.stream().anyMatch(l -> l.contains("it has no function cudnnRNNForward")), lines::toString);
    }

    @Test
    void aDriverThatCannotBeLoadedIsAReason() throws Exception {
        var file = machine.root.resolve("usr/lib/x86_64-linux-gnu/libcuda.so.580.65.06");
        new TinyElf("libcuda.so.1").needs("libnowhere.so.7").write(file);
        var lines = load();
        assertTrue(lines.contains("tier Unavailable"), lines::toString);
        assertTrue(
                lines.stream().anyMatch(l -> l.startsWith("reason the NVIDIA driver") && l.contains("libnowhere.so.7")),
                lines::toString);
        assertFalse(lines.stream().anyMatch(l -> l.startsWith("\tat ")), lines::toString);
    }

    private void leaveOut(String jar) {
        classPath = Arrays.stream(classPath.split(File.pathSeparator, -1))
                .filter(e -> !Path.of(e).getFileName().toString().startsWith(jar))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void withoutADriverNothingIsWritten() throws Exception {
        machine = new FakeCuda(temporary.resolve("bare")).cublas(temporary.resolve("bare/usr/local/cuda/lib64"),
                "12.6.4.1");
        var lines = load();
        assertTrue(lines.contains("tier Unavailable"), lines::toString);
        assertTrue(lines.stream().anyMatch(l -> l.startsWith("reason no NVIDIA driver found")), lines::toString);
        assertFalse(lines.stream().anyMatch(l -> l.startsWith("loaded ")), lines::toString);
        assertFalse(Files.exists(temporary.resolve("cache")));
        try (var files = Files.list(temporary.resolve("tmp"))) {
            assertEquals(List.of(), files.filter(f -> !f.toString().contains("hsperfdata")).toList());
        }
    }

    @Test
    void withoutJCudaThereIsAReason() throws Exception {
        leaveOut("jcuda-12");
        var lines = load();
        assertTrue(lines.contains("tier Unavailable"), lines::toString);
        assertTrue(lines.stream().anyMatch(l -> l.startsWith("reason JCuda can't be loaded: ") && l.contains("jcuda")),
                lines::toString);
    }

    @Test
    void withoutItsNativesThereIsAReason() throws Exception {
        leaveOut("jcuda-natives");
        var lines = load();
        assertTrue(lines.contains("tier Unavailable"), lines::toString);
        assertTrue(lines.stream().anyMatch(l -> l.contains("is not on the class path; add JCuda's natives")),
                lines::toString);
    }

    @Test
    void aCacheOthersCanWriteToIsAReason() throws Exception {
        var root = Files.createDirectories(temporary.resolve("cache/native"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
        var lines = load();
        assertTrue(lines.contains("tier Unavailable"), lines::toString);
        assertTrue(
                lines.contains(
                        "reason JCuda can't be loaded: others may write to " + root + "; run: chmod 700 " + root),
                lines::toString);
    }

    @Test
    void messagesAreOneLine() {
        var wall = new ExceptionInInitializerError(new UnsatisfiedLinkError("first\nsecond"));
        assertEquals("first", Loader.message(wall));
        assertEquals("java.lang.NoClassDefFoundError: jcuda/Pointer",
                Loader.message(new NoClassDefFoundError("jcuda/Pointer")));
        assertEquals(StandardCharsets.UTF_8.name(), Loader.message(new IOException("UTF-8")));
    }
}
