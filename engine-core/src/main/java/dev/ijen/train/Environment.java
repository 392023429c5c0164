package dev.ijen.train;

import dev.ijen.engine.Engine;
import dev.ijen.format.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a run was made with: versions, device, hashes. Enough to tell whether two runs should be equal.
final class Environment {
    private Environment() {}

    /// @param config as written
    /// @param data files and folders
    static Map<String, Object> of(Engine engine, String config, List<Path> data) {
        var all = new LinkedHashMap<String, Object>();
        all.put("ijen", version());
        all.put("java", System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")");
        all.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        all.put("arch", System.getProperty("os.arch"));
        all.put("processors", (long) Runtime.getRuntime().availableProcessors());
        all.put("heap_bytes", Runtime.getRuntime().maxMemory());
        var info = engine.info();
        var device = new LinkedHashMap<String, Object>();
        device.put("backend", info.backend());
        device.put("index", (long) info.index());
        device.put("name", info.name());
        device.put("memory_bytes", info.totalBytes());
        info.details().forEach(device::put);
        all.put("device", device);
        all.put("choice", engine.choice());
        all.put("seed", engine.seed());
        all.put("precision", engine.precision().label());
        all.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        var hashes = new LinkedHashMap<String, Object>();
        hashes.put("config", sha256(config.getBytes(StandardCharsets.UTF_8)));
        var files = new LinkedHashMap<String, Object>();
        data.forEach(p -> files.putAll(hashes(p)));
        hashes.put("data", files);
        hashes.put("code", CodeHash.of(engine.code()));
        all.put("sha256", hashes);
        return all;
    }

    /// Has the algorithm found: the first one that is asked for loads its provider.
    static void ahead() {
        var _ = digest();
    }

    static String version() {
        var v = Environment.class.getPackage().getImplementationVersion();
        return v == null ? "development" : v;
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    static String sha256(Path file) {
        var digest = digest();
        try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
            var buffer = new byte[1 << 16];
            while (in.read(buffer) >= 0) {
                // only the digest matters
            }
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// A file's hash; for a folder that of each file in it, or where these are many, one of all paths and hashes.
    private static Map<String, String> hashes(Path path) {
        var all = new LinkedHashMap<String, String>();
        if (!Files.isDirectory(path)) {
            all.put(path.getFileName().toString(), sha256(path));
            return all;
        }
        try (var walk = Files.walk(path, 8)) {
            for (var file : walk.filter(Files::isRegularFile).sorted().toList()) {
                all.put(path.relativize(file).toString(), sha256(file));
            }
        } catch (IOException | UncheckedIOException e) {
            throw FormatException.unreadable(path, e);
        }
        if (all.size() <= 16) {
            return all;
        }
        var list = new StringBuilder();
        all.forEach((name, hash) -> list.append(hash).append("  ").append(name).append('\n'));
        return Map.of(path.getFileName() + " (" + all.size() + " files)",
                sha256(list.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
