package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UsageTest {
    @Test
    void unknownOptionNamesTheNearest() {
        assertEquals("""
                error: ijen train: unknown option --devcie
                  got:      --devcie
                  expected: --device or --deterministic or --detect-anomaly
                  fix:      did you mean --device? 'ijen train --help' lists what it takes
                """, Cli.run("train", "--devcie").block(2));
    }

    @Test
    void unknownCommandNamesTheNearest() {
        assertTrue(Cli.run("trian").block(2).contains("did you mean train?"));
    }

    @Test
    void missingAndBadArguments() {
        assertTrue(Cli.run("predict", "model").block(2).contains("'FILE'"));
        assertTrue(Cli.run("synth", "digits").block(2).contains("'--out=PATH'"));
        assertTrue(Cli.run("data").block(2).contains("summary"));
        assertTrue(Cli.run("bench", "--threads", "0").block(2).contains("expected: a whole number from 1 on"));
        assertTrue(Cli.run("bench", "--device", "gpu!").block(2).contains("auto, cpu, cuda, cuda:N"));
        assertTrue(Cli.run("train", "--preset", "digits", "--max-time", "soon").block(2).contains("90s"));
        assertTrue(Cli.run("train", "--preset", "digits", "--progress", "loud").block(2).contains("--progress"));
        assertTrue(Cli.run("inspect", "--preset", "digits", "--graph", "svg").block(2).contains("--graph"));
    }

    @Test
    void whichConfig() {
        assertTrue(Cli.run("train").block(2).contains("no config"));
        assertTrue(Cli.run("train", "a.yaml", "--preset", "digits").block(2).contains("two configs"));
        assertTrue(Cli.run("config", "show", "--preset", "digit").block(2).contains("digits"));
    }

    @Test
    void environmentVariablesAreDefaults() {
        var show = new String[] {"config", "show"};
        assertTrue(new Cli().env("IJEN_PRESET", "iris").start((Object[]) show).ok().out().contains("name: iris"));
        assertEquals(2, new Cli().env("IJEN_THREADS", "many").start("bench").code());
        assertTrue(new Cli().env("IJEN_JSON", "1").start("devices").out().startsWith("{"));
        assertTrue(new Cli().env("IJEN_JSON", "0").start("devices").out().contains("auto "));
        // a file on the command line is nearer than a preset in the environment
        assertTrue(new Cli().env("IJEN_PRESET", "iris").start("config", "show", "no-such.yaml").err()
                .contains("no-such.yaml"));
    }

    @Test
    void deviceThatIsNotThere() {
        var block = Cli.run("bench", "--device", "cuda").block(3);
        assertTrue(block.contains("device cuda can't be used") && block.contains("--device cpu"), block);
        assertEquals(3, new Cli().env("IJEN_DEVICE", "cuda").start("bench").code());
    }

    @Test
    void initWritesOnceAndNeverOver(@TempDir Path folder) {
        var file = folder.resolve("my.yaml");
        Cli.run("init", "iris", "--out", file).ok();
        assertTrue(Cli.run("config", "show", file).ok().out().contains("target: species"));
        assertTrue(Cli.run("init", "iris", "--out", file).block(1).contains("exists already"));
        assertTrue(Cli.run("init").ok().out().contains("mnist-cnn"));
        assertTrue(Cli.run("init", "resnet-1").code() == 2);
    }

    @Test
    void verboseAddsTheStackTrace(@TempDir Path folder) {
        var ran = Cli.run("data", "summary", folder.resolve("none.csv"), "--verbose");
        assertEquals(4, ran.code());
        assertTrue(ran.err().contains("\tat dev.ijen."), ran.err());
    }
}
