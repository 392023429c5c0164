package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [FastStart] by the `ijen` script and a real java: the program without modules is the same program, and java takes the cache of it.
final class FastStartTest {
    /// On the class path of the tests alone.
    private static final Pattern OF_TESTS = Pattern
            .compile("junit|opentest4j|apiguardian|jspecify|surefire|test-classes");

    @TempDir Path folder;
    private BuiltFolder built;

    @BeforeEach
    void looksBuilt() throws IOException {
        built = BuiltFolder.in(folder);
        var path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (var entry : path.split(File.pathSeparator, -1)) {
            var from = Path.of(entry);
            if (OF_TESTS.matcher(from.getFileName().toString()).find() || !Files.exists(from)) {
                continue;
            }
            var name = from.getFileName().toString();
            if (Files.isDirectory(from)) {
                var jar = built.launch().resolve("dist/lib/" + from.getName(from.getNameCount() - 3) + ".jar")
                        .toString();
                int failed = ToolProvider.findFirst("jar").orElseThrow()
                        .run(System.out, System.err, "--create", "--file", jar, "-C", entry, ".");
                assertEquals(0, failed, entry);
            } else {
                var to = built.launch().resolve(name.contains("-linux-") ? "dist/natives" : "dist/lib");
                Files.copy(from, to.resolve(name));
            }
        }
        // as the script asks, but for a training that is shorter
        built.program("java", """
                for a; do
                    case $a in
                        -XX:AOTCacheOutput=*) set -- "$@" --set data.count=200 --set training.max_steps=2 ;;
                    esac
                done
                exec '%s' "$@\"""".formatted(Path.of(System.getProperty("java.home"), "bin", "java")));
    }

    /// What was said when the cache was made.
    private String log() {
        try (var all = Files.walk(built.launch().resolve("aot"))) {
            return Files.readString(all.filter(f -> f.endsWith("log")).findFirst().orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theSameProgramFromItsCache() throws Exception {
        var cached = Map.of("IJEN_JAVA_OPTS", "-XX:AOTMode=on"); // java ends where it cannot use the cache
        var version = built.run(cached, "--version");
        assertEquals(0, version.code(), () -> version.err() + log());
        assertEquals(Cli.run("--version").ok().out(), version.ok().out());
        var wrong = built.run(cached, "train", "--devcie");
        assertEquals(Cli.run("train", "--devcie").block(2), wrong.block(2));
        var devices = built.run(cached, "devices", "--json");
        assertEquals(Cli.run("devices", "--json").ok().json().keySet(), devices.ok().json().keySet());
        assertTrue(devices.out().contains("\"cpu\""), devices.out());
    }

    /// What is changed in the copies of classes changes no bit: calls of a class's own methods ([DirectCalls]), memory without handles
    /// ([DirectMemory]).
    @Test
    void theSameWeights() throws Exception {
        var weights = Path.of("checkpoints/last/model.safetensors");
        var cached = folder.resolve("cached");
        var plain = folder.resolve("plain");
        String[] train = {"train", "--preset", "digits", "--set", "data.count=200", "--max-steps", "4", "--device",
            "cpu", "--threads", "2", "--out"};
        var args = Arrays.copyOf(train, train.length + 1);
        args[train.length] = cached.toString();
        built.run(Map.of("IJEN_JAVA_OPTS", "-XX:AOTMode=on", "IJEN_CACHE", folder.resolve("cache").toString()), args)
                .ok();
        args[train.length] = plain.toString();
        Cli.run((Object[]) args).ok();
        assertArrayEquals(Files.readAllBytes(plain.resolve(weights)), Files.readAllBytes(cached.resolve(weights)));
    }

    @Test
    void theCodeOfARunIsThatOfTheOriginal() throws Exception {
        var run = folder.resolve("run");
        built.run(Map.of("IJEN_JAVA_OPTS", "-XX:AOTMode=on", "IJEN_CACHE", folder.resolve("cache").toString()), "train",
                "--preset", "digits", "--set", "data.count=200", "--max-steps", "1", "--device", "cpu", "--out",
                run.toString()).ok();
        var environment = Files.readString(run.resolve("env.json"));
        List<Path> jars;
        try (var all = Files.list(built.launch().resolve("dist/lib"))) {
            // named after their folder or, in a build of all modules, after their artifact
            jars = all.filter(f -> f.getFileName().toString().matches(".*engine-(core|cpu)[^/]*[.]jar")).toList();
        }
        assertEquals(2, jars.size(), jars::toString);
        for (var jar : jars) {
            var hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
            assertTrue(environment.contains(hash), jar + " " + hash + " in " + environment);
        }
    }
}
