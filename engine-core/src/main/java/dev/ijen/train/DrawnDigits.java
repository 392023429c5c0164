package dev.ijen.train;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.data.synth.Digits;
import dev.ijen.tensor.Shape;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/// Digits as [Digits#dataset] draws them, kept from one training to the next: drawing takes longer than everything else before the first
/// step. They lie in `$IJEN_CACHE/drawn`, or `~/.cache/ijen/drawn`, a checksum before the pixels. A file that is damaged, or of another
/// way to draw (one image is drawn anew and compared), is drawn again; where nothing can be kept, nothing is.
final class DrawnDigits {
    private static final int MOST_BYTES = 64 << 20;
    private static final int MOST_FILES = 4;
    private static final int PART = 1 << 16;
    private static final int IMAGE = Digits.SIDE * Digits.SIDE;

    private DrawnDigits() {}

    static Dataset dataset(int count, long seed) {
        return dataset(folder(), count, seed);
    }

    /// @param folder for files; null to keep none
    static Dataset dataset(Path folder, int count, long seed) {
        int[] labels = Digits.labels(count);
        if (folder == null || (long) count * IMAGE > MOST_BYTES) {
            return Digits.dataset(count, seed);
        }
        var file = folder.resolve("digits-" + seed + "-" + count + ".bin");
        byte[] pixels = read(file, labels, seed);
        if (pixels == null) {
            pixels = Digits.images(labels, seed).data().toArray(ValueLayout.JAVA_BYTE);
            write(file, pixels);
        }
        return ArrayDataset.images(pixels, Shape.of(1, Digits.SIDE, Digits.SIDE), labels,
                IntStream.range(0, 10).mapToObj(Integer::toString).toList());
    }

    private static Path folder() {
        var cache = System.getenv("IJEN_CACHE");
        var home = System.getProperty("user.home");
        if (cache != null && !cache.isBlank()) {
            return Path.of(cache).resolve("drawn");
        }
        return home == null || home.isBlank() ? null : Path.of(home, ".cache", "ijen", "drawn");
    }

    /// Null if there is no such file, or not what would be drawn.
    private static byte[] read(Path file, int[] labels, long seed) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) != Long.BYTES + (long) labels.length * IMAGE) {
                return null;
            }
            var pixels = new byte[labels.length * IMAGE];
            long checksum;
            try (var in = new FileInputStream(file.toFile())) {
                checksum = ByteBuffer.wrap(in.readNBytes(Long.BYTES)).getLong();
                // in parts: of a whole the JDK would keep a second copy meanwhile
                int at = 0;
                for (int n; at < pixels.length && (n = in.read(pixels, at, Math.min(PART, pixels.length - at))) > 0;) {
                    at += n;
                }
            }
            if (checksum != checksum(pixels)) {
                return null;
            }
            int i = labels.length - 1;
            if (!Arrays.equals(Digits.render(labels[i], seed, i), 0, IMAGE, pixels, i * IMAGE, (i + 1) * IMAGE)) {
                return null;
            }
            var _ = file.toFile().setLastModified(System.currentTimeMillis()); // used lately: kept longer
            return pixels;
        } catch (IOException e) {
            return null;
        }
    }

    /// Not forced to disk: the checksum finds what a crash left.
    private static void write(Path file, byte[] pixels) {
        Path temporary = null;
        try {
            Files.createDirectories(file.getParent());
            temporary = Files.createTempFile(file.getParent(), "digits", ".part");
            var all = ByteBuffer.allocate(Long.BYTES + pixels.length).putLong(checksum(pixels)).put(pixels);
            Files.write(temporary, all.array());
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            forgetOldest(file.getParent());
        } catch (IOException | UncheckedIOException e) {
            delete(temporary); // the next training draws them again
        }
    }

    private static void forgetOldest(Path folder) throws IOException {
        try (var all = Files.list(folder)) {
            var files = all.filter(f -> f.getFileName().toString().endsWith(".bin"))
                    .sorted(Comparator.comparingLong(DrawnDigits::time).reversed())
                    .toList();
            files.subList(Math.min(MOST_FILES, files.size()), files.size()).forEach(DrawnDigits::delete);
        }
    }

    private static long time(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    private static long checksum(byte[] pixels) {
        var crc = new CRC32();
        crc.update(pixels);
        return crc.getValue();
    }
}
