package dev.ijen.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Damaged and hostile files give values or the documented exception, within 5 s of computing and 512 MiB of heap, and leave the disk
/// as it was. `-Dijen.fuzz=100000` reads that many for each format, `-Dijen.fuzz.seed=7` others.
class FuzzTest {
    private static final long SEED = Long.getLong("ijen.fuzz.seed", 20260101);
    private static final int FILES = Integer.getInteger("ijen.fuzz", 1000);
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

    @TempDir Path scratch;
    @TempDir Path folder;
    @RegisterExtension final Reading reading = new Reading();

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
            refused += reading.read(t, file, bad, "file " + i + " of seed " + SEED) ? 0 : 1;
        }
        assertEquals(List.of(file.getFileName().toString()), Reading.names(folder));
        System.out.printf("%s: %,d damaged files, %,d refused; %s a file%n", name, FILES, refused, reading);
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
            assertFalse(reading.read(t, folder.resolve("big" + t.suffix()), bytes, "big"), name);
            assertTrue(reading.mostBytes() < 1 << 20, name + " took " + reading.mostBytes() + " bytes");
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
