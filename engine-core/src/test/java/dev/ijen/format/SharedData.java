package dev.ijen.format;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

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
        return tar(file(name));
    }

    /// The same of any archive.
    public static Map<String, byte[]> tar(Path archive) {
        return Tar.read(archive, n -> true);
    }
}
