package dev.ijen.format;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// Files of other programs that lie beside the repository; tests that need them are skipped where they are absent.
public final class SharedData {
    private SharedData() {}

    /// A file below `data`, or a skipped test.
    public static Path file(String name) {
        Path file = path(name);
        assumeTrue(Files.exists(file), "needs " + file);
        return file;
    }

    /// Whether a file below `data` is there.
    public static boolean has(String name) {
        return Files.exists(path(name));
    }

    private static Path path(String name) {
        return Path.of(System.getProperty("ijen.shared", "../../shared")).resolve("data").resolve(name);
    }

    /// The plain files of a (compressed) tar archive by name.
    public static Map<String, byte[]> tar(String name) {
        Path file = file(name);
        var all = new LinkedHashMap<String, byte[]>();
        String longer = null;
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = name.endsWith("gz") ? new GZIPInputStream(raw) : raw) {
            while (true) {
                byte[] header = in.readNBytes(512);
                if (header.length < 512 || header[0] == 0) {
                    return all;
                }
                String entry = text(header, 0, 100);
                int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
                byte[] body = in.readNBytes(size);
                in.skipNBytes((512 - size % 512) % 512);
                if (header[156] == 'x') { // POSIX's way to give the next entry a long name: lines "length path=…"
                    for (String line : new String(body, StandardCharsets.UTF_8).split("\n", -1)) {
                        int at = line.indexOf(" path=");
                        longer = at < 0 ? longer : line.substring(at + " path=".length());
                    }
                    continue;
                }
                entry = longer != null ? longer : entry;
                longer = null;
                if (header[156] == '0' || header[156] == 0) {
                    all.put(entry, body);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(byte[] from, int at, int most) {
        int n = 0;
        while (n < most && from[at + n] != 0) {
            n++;
        }
        return new String(from, at, n, StandardCharsets.ISO_8859_1);
    }
}
