package dev.ijen.format;

import dev.ijen.tensor.HostTensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Several NumPy arrays in one `.npz` file: a ZIP archive of `.npy` entries, as `numpy.savez` and
/// `numpy.savez_compressed` write it. Nothing is extracted to disk. At most [#MAX_ENTRIES] arrays and [#MAX_BYTES]
/// bytes in all are read, and no array is allocated before its compressed bytes could hold it.
public final class Npz {
    /// The most arrays read from a file.
    public static final int MAX_ENTRIES = 10_000;

    /// The most bytes of arrays read from a file.
    public static final long MAX_BYTES = 8L << 30;

    /// Deflate cannot do better: 258 bytes from two bits.
    private static final long BEST_RATIO = 1032;

    private static final long FIRST_DAY = 315_532_800_000L;

    private Npz() {}

    /// Reads all arrays by name (without `.npy`) in the file's order.
    public static Map<String, HostTensor> read(Path file) {
        var arrays = new LinkedHashMap<String, HostTensor>();
        if (!Files.exists(file)) {
            throw FormatException.missing(file, "check the spelling of the path");
        }
        try (var zip = new ZipFile(file.toFile())) {
            if (zip.size() > MAX_ENTRIES) {
                throw FormatException.unsupported(
                        file, "size", zip.size() + " entries", "at most " + MAX_ENTRIES, "split the archive");
            }
            long left = MAX_BYTES;
            for (var all = zip.entries().asIterator(); all.hasNext();) {
                ZipEntry e = all.next();
                String name = e.getName();
                if (!name.endsWith(".npy")) {
                    throw FormatException.unsupported(
                            file, "entry", "'" + name + "'", "only arrays (.npy)", "save it with numpy.savez");
                }
                long size = e.getSize();
                long most = Math.max(e.getCompressedSize(), 0) * (e.getMethod() == ZipEntry.STORED ? 1 : BEST_RATIO)
                        + 64;
                if (size < 0 || size > most || size > left) {
                    throw FormatException.damaged(
                            file,
                            "entry '" + name + "'",
                            size + " bytes from " + e.getCompressedSize() + " compressed ones",
                            "at most " + Math.min(most, left),
                            "do not use this file: it may be a decompression bomb");
                }
                left -= size;
                String key = name.substring(0, name.length() - 4);
                try (var in = new BufferedInputStream(zip.getInputStream(e), 1 << 16)) {
                    var t = Npy.read(file + " entry '" + name + "'", in, size);
                    if (in.read() >= 0) {
                        throw FormatException.damaged(
                                file, "entry '" + name + "'", "bytes behind the array", "none", "save it again");
                    }
                    if (arrays.put(key, t) != null) {
                        throw FormatException.damaged(
                                file, "entry '" + name + "'", "the name twice", "each name once", "save it again");
                    }
                }
            }
        } catch (NoSuchFileException e) {
            throw FormatException.of(file, e);
        } catch (ZipException | java.io.EOFException | IllegalArgumentException e) {
            throw FormatException.damaged(
                    file, "the archive", String.valueOf(e.getMessage()), "a ZIP archive of arrays",
                    "fetch the file again", e);
        } catch (IOException e) {
            throw FormatException.unreadable(file, e);
        }
        return arrays;
    }

    /// Writes arrays atomically and compressed, in the order of their names and without times, so that the same arrays
    /// give the same bytes.
    public static void write(Path file, Map<String, HostTensor> arrays) {
        AtomicFiles.writeStream(file, out -> {
            var zip = new ZipOutputStream(out);
            for (var e : new TreeMap<>(arrays).entrySet()) {
                var entry = new ZipEntry(e.getKey() + ".npy");
                entry.setTimeLocal(
                        java.time.LocalDateTime.ofEpochSecond(FIRST_DAY / 1000, 0, java.time.ZoneOffset.UTC));
                zip.putNextEntry(entry);
                zip.write(Npy.encode(e.getValue()));
                zip.closeEntry();
            }
            zip.finish();
        });
    }
}
