package dev.ijen.cpu.x86;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// What this machine's processor can do, as Linux tells it: instruction sets whose registers the system does not keep are not among them.
final class Processor {
    private static final Path INFO = Path.of("/proc/cpuinfo");

    private static final Set<String> FLAGS;
    private static final String UNKNOWN; // why nothing is known

    static {
        Set<String> flags = Set.of();
        String unknown = "";
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        if (!os.contains("linux") || !arch.equals("amd64")) {
            unknown = "machine code is made for Linux on x86-64 only, this is " + os + " on " + arch;
        } else {
            try (Stream<String> lines = Files.lines(INFO)) {
                flags = lines.filter(l -> l.startsWith("flags"))
                        .findFirst()
                        .map(l -> Set.copyOf(List.of(l.split("\\s+"))))
                        .orElse(Set.of());
            } catch (IOException | UncheckedIOException e) {
                unknown = INFO + " cannot be read: " + e.getMessage();
            }
        }
        FLAGS = flags;
        UNKNOWN = unknown;
    }

    private Processor() {}

    /// Why the processor cannot do something; empty if it can.
    ///
    /// @param flags that are needed, as Linux calls them
    static String lacks(String... flags) {
        if (!UNKNOWN.isEmpty()) {
            return UNKNOWN;
        }
        List<String> missing = Stream.of(flags).filter(f -> !FLAGS.contains(f)).toList();
        return missing.isEmpty() ? "" : "the processor lacks " + String.join(", ", missing);
    }
}
