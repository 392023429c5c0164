package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Runs the command inside the test, with streams that are kept.
final class Cli {
    private final Map<String, String> env = new LinkedHashMap<>();
    private Terminal terminal = Terminal.NONE;
    private Consumer<String> watcher = _ -> {};
    private final Interrupts interrupts = new Interrupts();

    /// What a run left.
    record Ran(int code, String out, String err) {
        /// Exit code 0.
        Ran ok() {
            assertEquals(0, code, err);
            return this;
        }

        /// Stdout as one JSON object.
        Map<?, ?> json() {
            return (Map<?, ?>) Json.parse("stdout", out);
        }

        /// Exactly one block on stderr, and nothing on stdout.
        String block(int expectedCode) {
            assertEquals(expectedCode, code, err);
            assertEquals("", out);
            assertTrue(err.startsWith("error: "), err);
            var lines = err.lines().toList();
            assertEquals(1, lines.stream().filter(l -> l.startsWith("error: ")).count(), err);
            for (var part : new String[] {"  got:      ", "  expected: ", "  fix:      "}) {
                assertEquals(1, lines.stream().filter(l -> l.startsWith(part)).count(), err);
            }
            assertFalse(err.contains("\tat "), err);
            return err;
        }
    }

    static Ran run(Object... args) {
        return new Cli().start(args);
    }

    Cli env(String name, String value) {
        env.put(name, value);
        return this;
    }

    Cli terminal(int columns) {
        terminal = new Terminal(true, () -> columns);
        return this;
    }

    /// Calls `seen` with every piece of text on its way to stderr.
    Cli watch(Consumer<String> seen) {
        watcher = seen;
        return this;
    }

    Interrupts interrupts() {
        return interrupts;
    }

    Ran start(Object... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] b, int from, int n) {
                super.write(b, from, n);
                watcher.accept(new String(b, from, n, StandardCharsets.UTF_8));
            }
        };
        var host = new Host(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                env::get,
                terminal,
                interrupts);
        var words = new String[args.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = args[i].toString();
        }
        int code = Main.run(host, words);
        return new Ran(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
