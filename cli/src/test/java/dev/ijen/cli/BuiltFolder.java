package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The `ijen` script in a folder that looks built, with a JDK whose `java` is a shell script of the test.
///
/// @param folder the root
/// @param launch where the script keeps what it built
/// @param jdk the JDK the script finds
record BuiltFolder(Path folder, Path launch, Path jdk) {
    /// Skips the test where there is no sh or no script.
    static BuiltFolder in(Path folder) throws IOException {
        var script = Path.of("").toAbsolutePath().getParent().resolve("ijen");
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")) && Files.exists(script), "needs sh and the sources");
        Files.copy(script, folder.resolve("ijen"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(folder.resolve("pom.xml"), "<project/>");
        Files.createDirectories(folder.resolve("cli/src/main"));
        Files.writeString(folder.resolve("cli/pom.xml"), "<project/>");
        var launch = Files.createDirectories(folder.resolve("cli/target/launch"));
        Files.createDirectories(launch.resolve("dist/lib"));
        Files.createDirectories(launch.resolve("dist/natives"));
        Files.writeString(launch.resolve("built"), "");
        Files.setLastModifiedTime(launch.resolve("built"), FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        var jdk = Files.createDirectories(folder.resolve("jdk"));
        Files.createDirectories(jdk.resolve("bin"));
        var made = new BuiltFolder(folder, launch, jdk);
        made.release("25.0.1");
        made.program("javac", "exit 1");
        return made;
    }

    /// Makes it a JDK of another version.
    void release(String version) throws IOException {
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    }

    /// Writes a program of the JDK.
    void program(String name, String text) throws IOException {
        var file = Files.writeString(jdk.resolve("bin").resolve(name), "#!/bin/sh\n" + text + "\n");
        assertTrue(file.toFile().setExecutable(true));
    }

    /// Runs the script to its end, with none of the caller's own options.
    Cli.Ran run(Map<String, String> env, String... args) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("/bin/sh", folder.resolve("ijen").toString()));
        command.addAll(List.of(args));
        var builder = new ProcessBuilder(command).redirectError(folder.resolve("stderr").toFile());
        builder.environment().keySet().removeIf(k -> k.startsWith("IJEN_") || k.endsWith("JAVA_OPTIONS")
                || k.endsWith("TOOL_OPTIONS"));
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().putAll(env);
        var process = builder.start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Cli.Ran(process.waitFor(), out, Files.readString(folder.resolve("stderr")));
    }
}
