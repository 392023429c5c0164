package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `ijen` script, in a folder that looks built, with a java that only tells what it is asked for.
class LauncherTest {
    @TempDir Path folder;
    private BuiltFolder built;

    @BeforeEach
    void looksBuilt() throws IOException {
        built = BuiltFolder.in(folder);
        java("for a; do case $a in -XX:AOTCacheOutput=*) echo made >\"${a#*=}\"; echo make >>\"$0.log\"; exit 0;; esac; done");
    }

    /// @param making what it does before it tells its options, one a line
    private void java(String making) throws IOException {
        var jars = "case $* in *FastStart*) for d; do :; done; for f in ijen.jar vector.jar exports; do echo made >\"$d/$f\"; done; exit;; esac\n";
        built.program("java", jars + making + "\nprintf '%s\\n' \"$@\"");
    }

    private List<String> start(Map<String, String> env, String... args) throws IOException, InterruptedException {
        return built.run(env, args).ok().out().lines().toList();
    }

    private static boolean usesCache(List<String> options) {
        return options.stream().anyMatch(o -> o.startsWith("-XX:AOTCache="));
    }

    private long made() throws IOException {
        var log = built.jdk().resolve("bin/java.log");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    @Test
    void cacheIsMadeOnceForEachJdkAndBuild() throws Exception {
        var options = start(Map.of(), "devices", "--json");
        assertTrue(usesCache(options), options.toString());
        assertEquals(List.of("devices", "--json"), options.subList(options.size() - 2, options.size()));
        assertTrue(usesCache(start(Map.of(), "devices")));
        assertEquals(1, made());
        built.release("26");
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
        assertTrue(own.contains("-XX:+UseSerialGC") && own.contains("-cp"), own.toString());
        // with modules, java announces the incubating one
        var modules = start(Map.of("IJEN_AOT", "off"), "devices");
        assertTrue(modules.contains("-XX:+UseSerialGC") && modules.contains("-Dijen.stderr=3"), modules.toString());
        var options = start(Map.of("IJEN_JAVA_OPTS", "-XX:+UseG1GC -Xms1g"), "devices");
        assertFalse(options.contains("-XX:+UseSerialGC"), options.toString());
        assertTrue(options.indexOf("-Xms1g") > options.indexOf("-Xms32m"), options.toString());
        assertTrue(options.indexOf("-Xms1g") < options.indexOf("-cp"), options.toString());
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
