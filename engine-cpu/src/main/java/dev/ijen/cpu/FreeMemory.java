package dev.ijen.cpu;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Memory that the machine, or the container, could still give.
final class FreeMemory {
    private static final Pattern LINE = Pattern.compile("(MemTotal|MemAvailable): +([0-9]{1,15}) kB");

    private FreeMemory() {}

    /// What Linux calls available, which counts caches that it would give up. A container with a limit of its own is asked for what is
    /// free of that.
    static long bytes() {
        long total = -1;
        long available = -1;
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            for (var line : (Iterable<String>) lines.limit(16)::iterator) {
                var m = LINE.matcher(line);
                if (m.matches()) {
                    long v = Long.parseLong(m.group(2)) << 10;
                    total = m.group(1).equals("MemTotal") ? v : total;
                    available = m.group(1).equals("MemAvailable") ? v : available;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // another system: asked below
        }
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os)) {
            return available < 0 ? Long.MAX_VALUE : available;
        }
        boolean container = os.getTotalMemorySize() < total;
        return available < 0 || container ? os.getFreeMemorySize() : available;
    }
}
