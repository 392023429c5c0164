package dev.ijen.train;

import dev.ijen.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Hashes of the code that computes: of its jar, or of its folder of classes.
final class CodeHash {
    private CodeHash() {}

    /// @param classes one of each piece of code
    static Map<String, Object> of(Iterable<Class<?>> classes) {
        var all = new LinkedHashMap<String, Object>();
        for (var c : classes) {
            all.put(name(c), hash(c));
        }
        return all;
    }

    private static String name(Class<?> c) {
        var module = c.getModule();
        // on the class path, by the names of the modules all the same
        return module.isNamed() ? module.getName() : c == Engine.class ? "dev.ijen.core" : c.getPackageName();
    }

    /// `unknown` where the code is neither a file nor a folder.
    private static String hash(Class<?> c) {
        var source = c.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return "unknown";
        }
        try {
            var path = Path.of(source.getLocation().toURI());
            return Files.isDirectory(path) ? folder(path) : Environment.sha256(path);
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            return "unknown";
        }
    }

    private static String folder(Path folder) {
        var list = new StringBuilder();
        try (var walk = Files.walk(folder)) {
            for (var f : walk.filter(p -> p.toString().endsWith(".class")).sorted().toList()) {
                list.append(folder.relativize(f)).append(' ').append(Environment.sha256(f)).append('\n');
            }
        } catch (IOException | UncheckedIOException e) {
            return "unknown";
        }
        return Environment.sha256(list.toString().getBytes(StandardCharsets.UTF_8));
    }
}
