package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// [PlainTrain] beside the parser: the same options, or none.
class PlainTrainTest {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream(), true,
            StandardCharsets.UTF_8);
    private static final Host HOST = new Host(NOWHERE, NOWHERE, _ -> null, Terminal.NONE, new Interrupts());

    @TempDir Path folder;

    private static TrainCommand plain(String... args) {
        return PlainTrain.of(HOST, Map.of("PATH", "/bin", "IJEN_JAVA_OPTS", "-Xmx1g"), args);
    }

    private static TrainCommand parsed(String... args) {
        var line = Main.commandLine(HOST);
        line.parseArgs(args);
        return line.getSubcommands().get("train").getCommand();
    }

    /// All options by name, those of mixins, too.
    private static Map<String, Object> options(Object of) throws IllegalAccessException {
        var all = new LinkedHashMap<String, Object>();
        for (Class<?> c = of.getClass(); c != Object.class; c = c.getSuperclass()) {
            for (Field f : c.getDeclaredFields()) {
                f.setAccessible(true);
                if (f.isAnnotationPresent(CommandLine.Mixin.class)) {
                    options(f.get(of)).forEach((k, v) -> all.put(f.getName() + "." + k, v));
                } else if (!Modifier.isStatic(f.getModifiers()) && !f.getName().equals("spec")
                        && !f.getName().equals("given")) {
                            all.put(f.getName(), f.get(of));
                        }
            }
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "--preset digits", "--preset=digits --max-steps=1", "--preset digits --set a.b=c --set=d=e=f --out some/run",
        "--preset digits --epochs 2 --max-steps 3 --max-time 1.5m --non-finite Skip --detect-anomaly --dry-run",
        "--json --quiet --verbose --preset digits --data x.csv --progress PLAIN --deterministic",
        "--preset digits --device cuda:1 --seed 12345678901 --threads 3 --precision bf16 --memory-limit 1.5g",
        "--preset no-such-preset --device toaster --seed +7"
    })
    void optionsAsTheParserReadsThem(String line) throws Exception {
        var args = ("train " + line).split(" ");
        var plain = plain(args);
        assertNotNull(plain);
        assertEquals(options(parsed(args)), options(plain));
        assertEquals(HOST, plain.host());
    }

    @Test
    void fileThatIsThere() throws Exception {
        var file = Files.writeString(folder.resolve("c.yaml"), "preset: digits\n");
        var args = new String[] {"train", "--threads", "1", file.toString(), "--progress=none"};
        assertEquals(options(parsed(args)), options(plain(args)));
        assertNull(plain("train", file.toString(), "--preset", "digits"));
        assertNull(plain("train", file.toString(), file.toString()));
        assertNull(plain("train", folder.toString()));
        assertNull(plain("train", "digits"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "--help", "--preset", "--preset digits --help", "--preset digits -q", "--preset digits --devcie cpu",
        "--preset digits --max-steps 0", "--preset digits --max-steps one", "--preset digits --preset iris",
        "--preset digits --json --json", "--preset digits --json=true", "--preset digits --out --json",
        "--preset digits --out=", "--preset digits --init-from run", "--preset digits --freeze 0.*",
        "--preset digits --seed 0x10", "--preset digits --seed -1", "--preset digits --progress loud",
        "--preset digits --precision f8", "--preset digits --device cuda:x", "--preset digits --memory-limit much",
        "--preset digits --max-time soon", "--preset digits @file", "--preset @file", "--preset 'digits'",
        "--preset digits --", "--epochs 1"
    })
    void therestIsTheParsers(String line) {
        assertNull(plain(("train " + line).strip().split(" ")));
    }

    @Test
    void otherCommandsAndOptionsOfTheEnvironmentAreTheParsers() throws IOException {
        assertNull(PlainTrain.of(HOST, Map.of()));
        assertNull(plain("resume", "--preset", "digits"));
        assertNull(PlainTrain.of(HOST, Map.of("IJEN_MAX_STEPS", "3"), "train", "--preset", "digits"));
        assertNull(PlainTrain.of(HOST, Map.of("IJEN_NEW_HEAD", "1"), "train", "--preset", "digits"));
        assertEquals(List.of(), plain("train", "--preset", "digits").freeze);
    }
}
