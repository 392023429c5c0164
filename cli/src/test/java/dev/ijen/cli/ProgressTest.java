package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Json;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProgressTest {
    @TempDir Path folder;

    private Cli.Ran train(Cli cli, Object... more) {
        var args = new java.util.ArrayList<Object>(java.util.List.of(
                "train", "--preset", "digits", "--set", "data.count=200", "--max-steps", 6, "--out",
                folder.resolve("run")));
        args.addAll(java.util.List.of(more));
        return cli.start(args.toArray()).ok();
    }

    @Test
    void aBarFitsItsTerminal() {
        var err = train(new Cli().terminal(60)).err();
        assertTrue(err.contains("\r\u001b[K"), err);
        assertTrue(err.contains("━") || err.contains("─"), err);
        for (var piece : err.split("\r\u001b\\[K", -1)) {
            if (piece.startsWith("━") || piece.startsWith("─")) {
                assertTrue(piece.lines().findFirst().orElse("").length() < 60, piece);
            }
        }
    }

    @Test
    void noColorIsHonoured() {
        assertTrue(train(new Cli().terminal(80)).err().contains("\u001b[32m"));
        assertFalse(train(new Cli().terminal(80).env("NO_COLOR", "1")).err().matches("(?s).*\u001b\\[[0-9]+m.*"));
    }

    @Test
    void noTerminalNoBar() {
        for (var cli : new Cli[] {new Cli(), new Cli().terminal(80).env("TERM", "dumb")}) {
            var err = train(cli).err();
            assertFalse(err.contains("\u001b") || err.contains("\r"), err);
            assertTrue(err.contains("epoch 1/"), err);
        }
    }

    @Test
    void jsonLines() {
        var events = new HashSet<String>();
        train(new Cli(), "--progress", "json", "--quiet", "--set", "training.log_every=1"); // quiet wins
        for (var line : train(new Cli(), "--progress", "json", "--set", "training.log_every=1").err().lines()
                .toList()) {
            if (!line.startsWith("report: ")) {
                events.add((String) ((Map<?, ?>) Json.parse("progress", line)).get("event"));
            }
        }
        assertTrue(events.containsAll(Set.of("started", "step", "epoch", "checkpoint", "finished")), events.toString());
    }

    @Test
    void quietAndNone() {
        assertEquals("", train(new Cli(), "--quiet").err());
        assertFalse(train(new Cli(), "--progress", "none").err().contains("epoch"));
    }

    @Test
    void aBarIsFullAtTheEnd() {
        assertEquals("━━━━   0 %".replace("━", "─"), ProgressBar.bar(0, 10, 4));
        assertEquals("━━──  50 %", ProgressBar.bar(5, 10, 4));
        assertEquals("━━━━ 100 %", ProgressBar.bar(10, 10, 4));
    }
}
