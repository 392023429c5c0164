package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `ijen` script, in a folder that looks built, with a java that only tells what it is asked for.
class LauncherTest {
    @TempDir Path folder;
    private Path launch;
    private Path jdk;

    private static Path script() {
        return Path.of("").toAbsolutePath().getParent().resolve("ijen");
    }

    @BeforeEach
    void looksBuilt() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")) && Files.exists(script()), "needs sh and the sources");
        Files.copy(script(), folder.resolve("ijen"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(folder.resolve("pom.xml"), "<project/>");
        Files.createDirectories(folder.resolve("cli/src/main"));
        Files.writeString(folder.resolve("cli/pom.xml"), "<project/>");
        launch = Files.createDirectories(folder.resolve("cli/target/launch"));
        Files.createDirectories(launch.resolve("dist/lib"));
        Files.writeString(launch.resolve("built"), "");
        Files.setLastModifiedTime(launch.resolve("built"), FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        jdk = Files.createDirectories(folder.resolve("jdk"));
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        program("javac", "exit 1");
        java("for a; do case $a in -XX:AOTCacheOutput=*) echo made >\"${a#*=}\"; echo make >>\"$0.log\"; exit 0;; esac; done");
    }

    private void program(String name, String text) throws IOException {
        var file = Files.writeString(jdk.resolve("bin").resolve(name), "#!/bin/sh\n" + text + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    /// @param making what it does before it tells its options, one a line
    private void java(String making) throws IOException {
        var jars = "case $* in *FastStart*) for d; do :; done; echo jar >\"$d/ijen.jar\"; echo jar >\"$d/vector.jar\"; exit;; esac\n";
        program("java", jars + making + "\nprintf '%s\\n' \"$@\"");
    }

    private List<String> start(Map<String, String> env, String... args) throws IOException, InterruptedException {
        var command = new java.util.ArrayList<>(List.of("/bin/sh", folder.resolve("ijen").toString()));
        command.addAll(List.of(args));
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(k -> k.startsWith("IJEN_") || k.endsWith("JAVA_OPTIONS")
                || k.endsWith("TOOL_OPTIONS"));
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().putAll(env);
        builder.redirectError(folder.resolve("stderr").toFile());
        var process = builder.start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), Files.readString(folder.resolve("stderr")));
        return out.lines().toList();
    }

    private static boolean usesCache(List<String> options) {
        return options.stream().anyMatch(o -> o.startsWith("-XX:AOTCache="));
    }

    private long made() throws IOException {
        var log = jdk.resolve("bin/java.log");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    @Test
    void cacheIsMadeOnceForEachJdkAndBuild() throws Exception {
        var options = start(Map.of(), "devices", "--json");
        assertTrue(usesCache(options), options.toString());
        assertEquals(List.of("devices", "--json"), options.subList(options.size() - 2, options.size()));
        assertTrue(usesCache(start(Map.of(), "devices")));
        assertEquals(1, made());
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"26\"\n");
        assertTrue(usesCache(start(Map.of(), "devices")));
        assertEquals(2, made());
    }

    @Test
    void cacheThatCannotBeMadeIsNotUsedAndNotTriedAgain() throws Exception {
        java("for a; do case $a in -XX:AOTCacheOutput=*) echo make >>\"$0.log\"; exit 1;; esac; done");
        assertFalse(usesCache(start(Map.of(), "devices")));
        assertFalse(usesCache(start(Map.of(), "devices")));
        assertEquals(1, made());
    }

    @Test
    void noCacheWhereItIsNotWanted() throws Exception {
        assertFalse(usesCache(start(Map.of("IJEN_AOT", "off"), "devices")));
        assertEquals(0, made());
    }

    @Test
    void optionsOfTheUserWin() throws Exception {
        var own = start(Map.of(), "devices");
        assertTrue(own.contains("-XX:+UseSerialGC") && own.contains("-jar"), own.toString());
        // with modules, java announces the incubating one
        var modules = start(Map.of("IJEN_AOT", "off"), "devices");
        assertTrue(modules.contains("-XX:+UseSerialGC") && modules.contains("-Dijen.stderr=3"), modules.toString());
        var options = start(Map.of("IJEN_JAVA_OPTS", "-XX:+UseG1GC -Xms1g"), "devices");
        assertFalse(options.contains("-XX:+UseSerialGC"), options.toString());
        assertTrue(options.indexOf("-Xms1g") > options.indexOf("-Xms32m"), options.toString());
        assertTrue(options.indexOf("-Xms1g") < options.indexOf("-jar"), options.toString());
        options = start(Map.of("IJEN_JAVA_OPTS", "-XX:+UseG1GC -Xms1g", "IJEN_AOT", "off"), "devices");
        assertFalse(options.contains("-XX:+UseSerialGC"), options.toString());
        assertTrue(options.indexOf("-Xms1g") > options.indexOf("-Xms32m"), options.toString());
        assertTrue(options.indexOf("-Xms1g") < options.indexOf("-m"), options.toString());
    }

    /// What the script relies on: java starts with a cache that is damaged, of something else, or gone.
    @Test
    void javaStartsWithACacheItCannotUse() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var damaged = Files.writeString(folder.resolve("damaged.aot"), "no cache\n".repeat(1000));
        for (var cache : List.of(damaged, folder.resolve("gone.aot"))) {
            var process = new ProcessBuilder(java, "-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off",
                    "--add-modules", "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                    "-XX:+UseSerialGC", "-Xms32m", "-XX:NewSize=16m", Started.class.getName())
                    .redirectError(folder.resolve("stderr").toFile()).start();
            assertEquals("started\n", new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            assertEquals(0, process.waitFor());
        }
    }

    /// A program.
    static final class Started {
        private Started() {}

        static void main() {
            System.out.println("started");
        }
    }
}
