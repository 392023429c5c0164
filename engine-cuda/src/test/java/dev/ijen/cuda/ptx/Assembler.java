package dev.ijen.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/// Assemblers of PTX: the one of CUDA 12.0 inside JCuda's natives, and `ptxas` where there is one.
final class Assembler {
    private static final Pattern CALL = Pattern.compile("call\\.uni \\(retval0\\), (\\w+)");

    private Assembler() {}

    /// One module of the kernels of many, each function once.
    static String module(Collection<RegionCode> codes) {
        var entries = new LinkedHashSet<String>();
        var called = new TreeSet<String>();
        for (var c : codes) {
            String e = c.text().substring(c.text().indexOf(".visible .entry"));
            entries.add(e);
            CALL.matcher(e).results().forEach(m -> called.add(m.group(1)));
        }
        var text = new StringBuilder(
                codes.iterator().next().text().lines().limit(3).reduce("", (a, b) -> a + b + "\n"));
        Library.get().closure(called).forEach(i -> text.append(i.text()));
        entries.forEach(text::append);
        return text.toString();
    }

    /// Assembles for a GPU and gives what the assembler says of registers.
    static String assemble(String ptx, int arch) {
        byte[] text = (ptx + "\0").getBytes(StandardCharsets.US_ASCII);
        var handle = new nvPTXCompilerHandle();
        assertEquals(0, JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length, text));
        var options = new String[] {"--gpu-name=sm_" + arch, "--verbose"};
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
        String said = new String(log, StandardCharsets.UTF_8).strip();
        assertEquals(0, status, () -> said + "\n" + numbered(ptx));
        return said;
    }

    private static String numbered(String ptx) {
        var s = new StringBuilder();
        int n = 1;
        for (String l : ptx.lines().limit(3000).toList()) {
            s.append(n++).append(' ').append(l).append('\n');
        }
        return s.toString();
    }

    /// True where `ptxas` can be started.
    static boolean hasPtxas() {
        return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                .anyMatch(d -> Files.isExecutable(java.nio.file.Path.of(d, "ptxas")));
    }

    /// Assembles with `ptxas` of the `PATH`.
    static String ptxas(String ptx, int arch) throws Exception {
        var file = Files.createTempFile("region", ".ptx");
        try {
            Files.writeString(file, ptx);
            var p = new ProcessBuilder("ptxas", "-v", "-arch=sm_" + arch, "-o", "/dev/null", file.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, p.waitFor(), said);
            return said;
        } finally {
            Files.delete(file);
        }
    }
}
