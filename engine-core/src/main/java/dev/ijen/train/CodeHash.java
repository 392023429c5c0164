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
import java.util.jar.JarFile;

/// Hashes of the code that computes: of its jar, or of its folder of classes.
final class CodeHash {
    /// In the manifest of a jar that was made from another, to start faster: the other's hash. The code is the same.
    private static final String ORIGINAL = "Ijen-Original-SHA-256";

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
            return Files.isDirectory(path) ? folder(path) : jar(path);
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException
                | UnsupportedOperationException e) {
            return "unknown";
        }
    }

    private static String jar(Path file) {
        try (var jar = new JarFile(file.toFile())) {
            var manifest = jar.getManifest();
            var original = manifest == null ? null : manifest.getMainAttributes().getValue(ORIGINAL);
            return original == null ? Environment.sha256(file) : original;
        } catch (IOException e) {
            return Environment.sha256(file); // no jar
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
