package dev.ijen.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Reads hostile files, each within 5 s of computing and 512 MiB of heap, and sees to it that a test leaves the working directory as it was.
final class Reading implements BeforeEachCallback, AfterEachCallback {
    private static final long MOST_BYTES = 512L << 20;
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private List<String> around = List.of();
    private long mostBytes;
    private long mostNanos;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        around = names(Path.of(""));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        assertEquals(around, names(Path.of("")), "the working directory");
    }

    static List<String> names(Path folder) throws IOException {
        try (var all = Files.list(folder.toAbsolutePath())) {
            return all.map(p -> p.getFileName().toString()).filter(n -> !n.equals("target")).sorted().toList();
        }
    }

    long mostBytes() {
        return mostBytes;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "at most %.1f ms and %.1f MiB", mostNanos / 1e6, mostBytes / 1048576.0);
    }

    /// True if the file was read, false if it was refused as documented.
    boolean read(Target t, Path file, byte[] bytes, String what) throws IOException {
        Files.deleteIfExists(file); // a file system that makes replaced text safe (ext4) waits for the disk at every truncation
        Files.write(file, bytes);
        long heap = THREADS.getCurrentThreadAllocatedBytes();
        long time = THREADS.getCurrentThreadCpuTime();
        boolean fine = false;
        try {
            t.reader().read(file);
            fine = true;
        } catch (IjenException e) {
            boolean documented = t.allowed().isInstance(e) || e instanceof FormatException;
            if (!documented || !e.getMessage().contains("fix:")) {
                throw failed(t, bytes, what, e);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw failed(t, bytes, what, e);
        }
        time = THREADS.getCurrentThreadCpuTime() - time;
        heap = THREADS.getCurrentThreadAllocatedBytes() - heap;
        mostNanos = Math.max(mostNanos, time);
        mostBytes = Math.max(mostBytes, heap);
        if (time > MOST_NANOS || heap > MOST_BYTES) {
            throw failed(t, bytes, what + ": " + time / 1_000_000 + " ms, " + (heap >> 20) + " MiB", null);
        }
        return fine;
    }

    private static AssertionError failed(Target t, byte[] bytes, String what, Throwable cause) throws IOException {
        var kept = Path.of("target", "fuzz",
                t.name() + "-" + Integer.toHexString(Arrays.hashCode(bytes)) + t.suffix());
        Files.createDirectories(kept.getParent());
        Files.write(kept, bytes);
        return new AssertionError(t.name() + ": " + what + " (kept as " + kept + "): " + cause, cause);
    }
}
