package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Engine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the README says is so.
final class ReadmeTest {
    private static Path root() {
        var here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("README.md")) || !Files.exists(here.resolve("mvnw"))) {
            here = here.getParent();
        }
        return here;
    }

    private static String readme() throws IOException {
        return Files.readString(root().resolve("README.md"));
    }

    @Test
    void itsExampleCompilesAndLearns(@TempDir Path folder) throws Exception {
        var example = Pattern.compile("(?s)```java\n(.*?)```").matcher(readme());
        assertTrue(example.find());
        var source = Files.writeString(folder.resolve("Example.java"), example.group(1));
        var errors = new ByteArrayOutputStream();
        var core = Path.of(Engine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        int code = ToolProvider.getSystemJavaCompiler()
                .run(null, null, errors, "-cp", core.toString(), "-d", folder.toString(), source.toString());
        assertEquals(0, code, errors.toString(StandardCharsets.UTF_8));

        var printed = new ByteArrayOutputStream();
        var out = System.out;
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            var type = loader.loadClass("Example");
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            var main = type.getDeclaredMethod("main");
            main.setAccessible(true);
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            main.invoke(constructor.newInstance());
        } finally {
            System.setOut(out);
        }
        var text = printed.toString(StandardCharsets.UTF_8).strip();
        assertTrue(text.startsWith("accuracy "), text);
        assertTrue(Double.parseDouble(text.substring(9)) > 0.95, text); // three classes: chance is 0.33
    }

    @Test
    void itsTestCommandIsWhatContinuousIntegrationRuns() throws IOException {
        var command = "mvnw -B -ntp verify";
        assertTrue(readme().contains("./" + command));
        var script = Files.readString(root().resolve(".ci/run"));
        assertTrue(script.contains("-B -ntp verify"), script);
    }

    @Test
    void itsLinksAndTestsExist() throws IOException {
        var link = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(readme());
        while (link.find()) {
            assertTrue(Files.exists(root().resolve(link.group(1))), link.group(1));
        }
        var names = new ArrayList<String>();
        try (var files = Files.walk(root())) {
            files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".java")).forEach(names::add);
        }
        var test = Pattern.compile("`(\\w+(?:Test|Contract))`").matcher(readme());
        while (test.find()) {
            assertTrue(names.contains(test.group(1) + ".java"), test.group(1));
        }
    }

    @Test
    void itsCommandsAreCommands() throws IOException {
        var command = Pattern.compile("\\./ijen ([a-z]+)").matcher(readme());
        var known = Main.commandLine(Host.process()).getSubcommands().keySet();
        while (command.find()) {
            assertTrue(known.contains(command.group(1)), command.group(1));
        }
    }
}
