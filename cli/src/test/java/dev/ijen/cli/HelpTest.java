package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

final class HelpTest {
    private static List<List<String>> commands(CommandLine line, List<String> path) {
        var all = new ArrayList<List<String>>();
        all.add(path);
        line.getSubcommands().forEach((name, sub) -> {
            var deeper = new ArrayList<>(path);
            deeper.add(name);
            all.addAll(commands(sub, deeper));
        });
        return all;
    }

    private static CommandLine parser() {
        return Main.commandLine(Host.process());
    }

    @TestFactory
    Stream<DynamicTest> everyCommandExplainsItself() {
        return commands(parser(), List.of()).stream().map(path -> dynamicTest("ijen " + String.join(" ", path), () -> {
            var args = new ArrayList<Object>(path);
            args.add("--help");
            var ran = Cli.run(args.toArray()).ok();
            assertEquals("", ran.err());
            assertTrue(ran.out().startsWith("Usage: ijen" + (path.isEmpty() ? "" : " " + String.join(" ", path))),
                    ran.out());
            ran.out().lines().forEach(l -> assertTrue(l.length() <= 80, l));
        }));
    }

    @Test
    void listsWhatThereIs() {
        assertEquals(
                Set.of("train", "resume", "eval", "predict", "embed", "generate", "inspect", "init", "config", "data",
                        "synth",
                        "devices",
                        "doctor",
                        "import", "convert", "export", "tokenizer", "bench", "profile", "completion"),
                parser().getSubcommands().keySet());
        assertEquals(Cli.run("--help").out(), Cli.run().ok().out());
    }

    @Test
    void everyCommandThatDoesSomethingTakesJson() {
        for (var path : commands(parser(), List.of())) {
            var line = parser();
            for (var name : path) {
                line = line.getSubcommands().get(name);
            }
            if (line.getSubcommands().isEmpty()) {
                assertTrue(line.getCommandSpec().optionsMap().containsKey("--json"), path.toString());
            }
        }
    }

    @Test
    void version() {
        assertTrue(Cli.run("--version").ok().out().matches("ijen [0-9.]+ on Java .*\\R"));
    }

    @Test
    void completionNamesCommandsAndOptions() {
        var script = Cli.run("completion").ok().out();
        for (var word : List.of("#!/usr/bin/env bash", "complete -F", "predict", "--max-steps", "mnist-cnn")) {
            assertTrue(script.contains(word), word);
        }
    }
}
