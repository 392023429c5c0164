package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.Test;

/// The committed PTX: it is that of the sources, and the compiler of an old driver takes it for every GPU.
class PtxTest {
    private static final Path SOURCES = Path.of("src/main/cuda");
    private static final Path PTX = Path.of("src/main/resources/dev/ijen/kernels/ptx");

    /// A few bytes outside of the inner loop cost nothing that can be measured; more would.
    private static final Pattern SPILL = Pattern.compile("(\\d+) bytes spill (?:stores|loads)");

    @Test
    void isUpToDate() throws Exception {
        var lines = new ArrayList<String>();
        for (Path f : files(SOURCES, ".cu", ".cuh")) {
            lines.add(line(f));
        }
        lines.add(line(Path.of("ptx.sh")));
        for (Path f : files(PTX, ".ptx")) {
            lines.add(line(f));
        }
        assertEquals(
                String.join("\n", lines),
                Files.readString(PTX.resolve("SHA256")).strip(),
                "sources or PTX changed: run kernels/ptx.sh");
    }

    private static List<Path> files(Path folder, String... ends) throws Exception {
        try (var all = Files.list(folder)) {
            return List.copyOf(new TreeSet<>(
                    all.filter(f -> List.of(ends).stream().anyMatch(e -> f.toString().endsWith(e))).toList()));
        }
    }

    private static String line(Path f) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(f));
        return HexFormat.of().formatHex(hash) + "  " + f.getFileName();
    }

    @Test
    void isComplete() throws Exception {
        assertEquals(
                Ptx.FAMILIES,
                files(SOURCES, ".cu").stream()
                        .map(f -> f.getFileName().toString().replace(".cu", ""))
                        .filter(f -> !f.equals(Ptx.FUNCTIONS))
                        .toList());
        assertEquals(List.of(), Ptx.entries(Ptx.FUNCTIONS));
        for (String family : Ptx.FAMILIES) {
            assertFalse(Ptx.entries(family).isEmpty(), family);
        }
        assertThrows(IllegalArgumentException.class, () -> Ptx.text("sort", 70));
        assertThrows(IllegalArgumentException.class, () -> Ptx.text("mma", 75));
        assertThrows(IllegalArgumentException.class, () -> Ptx.text("../sort", 80));
    }

    /// On all processors: the assembler takes a minute for all of it.
    @Test
    void assembles() {
        Ptx.FAMILIES.parallelStream().forEach(family -> IntStream.of(75, 80, 86, 89, 90).parallel()
                .filter(arch -> arch >= 80 || !family.equals("mma")) // there is none
                .forEach(arch -> assembles(family, arch)));
    }

    private static void assembles(String family, int arch) {
        String log = assemble(Ptx.text(family, arch), arch);
        assertTrue(log.contains("Used "), log);
        for (var m = SPILL.matcher(log); m.find();) {
            assertTrue(Integer.parseInt(m.group(1)) <= 64, family + " for sm_" + arch + ": " + m.group());
        }
    }

    @Test
    void functionsAssemble() throws Exception {
        for (int arch : new int[] {75, 90}) {
            String log = assemble(Ptx.text(Ptx.FUNCTIONS, arch), arch, "--compile-only");
            assertTrue(log.contains("Function properties for ijen_erf_f32"), log);
        }
    }

    /// Assembles by the compiler inside JCuda's natives, that of CUDA 12.0, and gives what it says of registers.
    private static String assemble(byte[] ptx, int arch, String... more) {
        var handle = new nvPTXCompilerHandle();
        assertEquals(0, JNvPTXCompiler.nvPTXCompilerCreate(handle, ptx.length, ptx));
        var options = Stream.concat(Stream.of("--gpu-name=sm_" + arch, "--verbose"), Stream.of(more))
                .toArray(String[]::new);
        int status = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
        var size = new long[1];
        if (status == 0) {
            JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, size);
        } else {
            JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, size);
        }
        var log = new byte[(int) size[0] + 1];
        if (status == 0) {
            JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, log);
        } else {
            JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, log);
        }
        JNvPTXCompiler.nvPTXCompilerDestroy(handle);
        String text = new String(log, java.nio.charset.StandardCharsets.UTF_8).strip();
        assertEquals(0, status, text);
        return text;
    }
}
