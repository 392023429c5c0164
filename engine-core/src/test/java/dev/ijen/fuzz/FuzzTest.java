package dev.ijen.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.ijen.format.FormatException;
import dev.ijen.format.SharedData;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged and hostile files give values or the documented exception, within 5 s of computing and 512 MiB of heap, and leave the disk
/// as it was. `-Dijen.fuzz=100000` reads that many for each format, `-Dijen.fuzz.seed=7` others.
class FuzzTest {
    private static final long SEED = Long.getLong("ijen.fuzz.seed", 20260101);
    private static final int FILES = Integer.getInteger("ijen.fuzz", 1000);
    private static final long MOST_BYTES = 512L << 20;
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);
    /// The corpora whose files are damaged, too, by format.
    private static final Map<String, List<String>> CORPORA = Map.ofEntries(
            Map.entry("safetensors", List.of("modelaudit-safetensors")),
            Map.entry("npz", List.of("go-fuzz-zip")),
            Map.entry("torch", List.of("go-fuzz-zip")),
            Map.entry("idx", List.of("go-fuzz-gzip")),
            Map.entry("tar", List.of("go-fuzz-tar", "go-fuzz-gzip")),
            Map.entry("png", List.of("go-fuzz-png", "png-fuzz-corpus")),
            Map.entry("jpeg", List.of("go-fuzz-jpeg", "jpeg-fuzz-corpus")),
            Map.entry("csv", List.of("go-fuzz-csv")),
            Map.entry("json", List.of("go-fuzz-json")),
            Map.entry("sharded", List.of("go-fuzz-json")),
            Map.entry("tokenizer", List.of("go-fuzz-json")),
            Map.entry("preprocessor", List.of("go-fuzz-json")),
            Map.entry("tfevents", List.of("go-fuzz-protobuf")),
            Map.entry("onnx", List.of("go-fuzz-protobuf")),
            Map.entry("onnx-graph", List.of("go-fuzz-protobuf")),
            Map.entry("yaml", List.of("go-fuzz-json")));
    private static final int MOST_CORPUS_BYTES = 8192;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir Path scratch;
    @TempDir Path folder;
    private List<String> around;
    private long mostBytes;
    private long mostNanos;

    @BeforeEach
    void remember() throws IOException {
        around = names(Path.of(""));
    }

    @AfterEach
    void nothingWasWritten() throws IOException {
        assertEquals(around, names(Path.of("")), "the working directory");
    }

    private static List<String> names(Path folder) throws IOException {
        try (var all = Files.list(folder.toAbsolutePath())) {
            return all.map(p -> p.getFileName().toString()).filter(n -> !n.equals("target")).sorted().toList();
        }
    }

    private Target target(String name) throws IOException {
        return Targets.all(scratch).stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "safetensors", "npy", "npz", "idx", "png", "jpeg", "csv", "json", "preprocessor", "tfevents", "pointer",
                "yaml", "torch", "tokenizer", "llama2c-tokenizer", "merges", "wordpiece", "llama2c", "sharded", "wav",
                "tar",
                "onnx", "onnx-graph"})
    @Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void damagedFiles(String name) throws IOException {
        var t = target(name);
        var file = folder.resolve("damaged" + t.suffix());
        for (byte[] good : t.seeds()) {
            Files.write(file, good);
            t.reader().read(file);
        }
        var hostile = corpora(name);
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            var m = new Mutator(new Random(SEED * 1_000_003 + i));
            byte[] good = t.seeds().get(m.random().nextInt(t.seeds().size()));
            byte[] bad = switch (m.random().nextInt(8)) {
                case 0, 1, 2 -> t.structured().damage(m, good);
                case 3 -> m.bytes(hostile.get(m.random().nextInt(hostile.size())), t.seeds());
                default -> m.bytes(good, t.seeds());
            };
            refused += read(t, file, bad, "file " + i + " of seed " + SEED) ? 0 : 1;
        }
        assertEquals(List.of(file.getFileName().toString()), names(folder));
        System.out.printf(
                "%s: %,d damaged files, %,d refused; at most %.1f ms and %.1f MiB a file%n",
                name, FILES, refused, mostNanos / 1e6, mostBytes / 1048576.0);
        assertTrue(refused > FILES / 10 && refused < FILES, refused + " refused: the damage is too small or too great");
    }

    /// Files of the corpora of a format, not too long ones; the good files where there are none.
    private List<byte[]> corpora(String name) throws IOException {
        var all = new ArrayList<byte[]>();
        for (var archive : CORPORA.getOrDefault(name, List.of())) {
            var path = "security/" + archive + ".tar.gz";
            if (SharedData.has(path)) {
                SharedData.tar(path).values().stream().filter(b -> b.length <= MOST_CORPUS_BYTES).forEach(all::add);
            }
        }
        return all.isEmpty() ? target(name).seeds() : all;
    }

    /// True if the file was read, false if it was refused as documented.
    private boolean read(Target t, Path file, byte[] bytes, String what) throws IOException {
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
                t.name() + "-" + Integer.toHexString(java.util.Arrays.hashCode(bytes)) + t.suffix());
        Files.createDirectories(kept.getParent());
        Files.write(kept, bytes);
        return new AssertionError(t.name() + ": " + what + " (kept as " + kept + "): " + cause, cause);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "go-fuzz-csv", "go-fuzz-flate", "go-fuzz-gzip", "go-fuzz-jpeg", "go-fuzz-json", "go-fuzz-png",
                "go-fuzz-protobuf",
                "go-fuzz-tar", "go-fuzz-zip", "go-fuzz-zlib", "jpeg-fuzz-corpus", "modelaudit-safetensors",
                "png-fuzz-corpus"})
    @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void corporaThroughEveryReader(String archive) throws IOException {
        var files = SharedData.tar("security/" + archive + ".tar.gz");
        var read = new TreeMap<String, Integer>();
        for (var t : Targets.all(scratch)) {
            for (var e : files.entrySet()) {
                boolean fine = read(t, folder.resolve("hostile" + t.suffix()), e.getValue(), e.getKey());
                read.merge(t.name(), fine ? 1 : 0, Integer::sum);
            }
        }
        System.out.printf(
                "%s: %d files through %d readers; at most %.1f ms and %.1f MiB; read: %s%n",
                archive, files.size(), read.size(), mostNanos / 1e6, mostBytes / 1048576.0,
                read.entrySet().stream().filter(e -> e.getValue() > 0).map(Object::toString)
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void imagesThatClaimMoreThanTheyHoldTakeNoMemory() throws IOException {
        for (var name : List.of("png", "jpeg")) {
            var t = target(name);
            byte[] bytes = t.seeds().getFirst().clone();
            var b = ByteBuffer.wrap(bytes);
            if (name.equals("png")) {
                b.putInt(16, 9999).putInt(20, 9999);
                var crc = new CRC32();
                crc.update(bytes, 12, 17);
                b.putInt(29, (int) crc.getValue());
            } else {
                int at = 2;
                while (bytes[at + 1] != (byte) 0xc0) {
                    at += 2 + b.getShort(at + 2);
                }
                b.putShort(at + 5, (short) 9999).putShort(at + 7, (short) 9999);
            }
            assertFalse(read(t, folder.resolve("big" + t.suffix()), bytes, "big"), name);
            assertTrue(mostBytes < 1 << 20, name + " took " + mostBytes + " bytes");
        }
    }

    @Test
    void theSameSeedGivesTheSameDamage() throws IOException {
        for (var t : Targets.all(scratch)) {
            var both = new ArrayList<byte[]>();
            for (int i = 0; i < 2; i++) {
                var m = new Mutator(new Random(9));
                both.add(t.structured().damage(m, t.seeds().getFirst().clone()));
            }
            assertArrayEquals(both.get(0), both.get(1), t.name());
        }
    }
}
