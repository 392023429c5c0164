package dev.ijen.cpu.x86;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// Whether this machine runs what [Assembler] writes.
final class Processor {
    /// Why it doesn't; empty if it does.
    private static final Path INFO = Path.of("/proc/cpuinfo");

    /// Why it does not; empty if it does.
    static final String REASON = reason();

    private Processor() {}

    private static String reason() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        if (!os.contains("linux") || !arch.equals("amd64")) {
            return "machine code is made for Linux on x86-64 only, this is " + os + " on " + arch;
        }
        try (Stream<String> lines = Files.lines(INFO)) {
            Set<String> flags = Set.copyOf(lines.filter(l -> l.startsWith("flags"))
                    .findFirst()
                    .map(l -> Arrays.stream(l.split("\\s+")).distinct().toList())
                    .orElse(List.of()));
            List<String> missing = Stream.of("avx512f", "avx512dq", "avx512bw", "bmi2")
                    .filter(f -> !flags.contains(f))
                    .toList();
            return missing.isEmpty() ? "" : "the processor lacks " + String.join(", ", missing);
        } catch (IOException | UncheckedIOException e) {
            return INFO + " cannot be read: " + e.getMessage();
        }
    }
}
