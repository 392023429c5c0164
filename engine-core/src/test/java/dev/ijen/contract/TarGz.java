package dev.ijen.contract;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// Regular files of a small tar.gz, by name.
final class TarGz {
    private TarGz() {}

    static Map<String, byte[]> read(Path file) throws IOException {
        var files = new HashMap<String, byte[]>();
        try (var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            var header = new byte[512];
            while (true) {
                in.readFully(header);
                var name = text(header, 0, 100);
                if (name.isEmpty()) {
                    return files;
                }
                int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
                var data = in.readNBytes((size + 511) / 512 * 512);
                files.put(name, Arrays.copyOf(data, size));
            }
        } catch (EOFException e) {
            return files;
        }
    }

    private static String text(byte[] b, int from, int n) {
        int end = from;
        while (end < from + n && b[end] != 0) {
            end++;
        }
        return new String(b, from, end - from, StandardCharsets.UTF_8);
    }
}
