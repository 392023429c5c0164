package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Safetensors;
import dev.ijen.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// First weights of files, frozen layers, new heads, groups and adapters, as a user has them.
final class TransferTest {
    private static final String CONFIG = """
            name: tiny
            data:
              kind: digits
              count: 300
              classes: ['0', '1', '2']
            model:
              layers:
                - conv: {out: 4, size: 5, stride: 3}
                - batchnorm
                - relu
                - flatten
                - linear: 12
                - relu
                - output
            optimizer:
              type: adamw
              lr: 0.003
              weight_decay: 0.1
            training:
              epochs: 2
              batch_size: 10
              log_every: 1
              checkpoint_every: 4
              checkpoint_seconds: 0
              keep: 3
            """;
    private static final List<String> HEAD = List.of("6.weight", "6.bias");

    @TempDir Path folder;
    private Path config;
    private Path base;

    @BeforeEach
    void trainABase() throws IOException {
        config = Files.writeString(folder.resolve("tiny.yaml"), CONFIG);
        base = folder.resolve("base");
        train(base);
    }

    private void train(Path out, Object... more) {
        Cli.run(arguments(out, more)).ok();
    }

    private Object[] arguments(Path out, Object... more) {
        var all = new ArrayList<Object>(List.of("train", config, "--out", out, "--device", "cpu"));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private static Path weightsFile(Path run) {
        return run.resolve("checkpoints/last/model.safetensors");
    }

    private static Map<String, HostTensor> weights(Path run) {
        return Safetensors.read(weightsFile(run));
    }

    /// Names whose values are not the same bits.
    private static Set<String> moved(Path run, Path from) {
        var before = weights(from);
        var names = new TreeSet<String>();
        weights(run).forEach((name, v) -> {
            if (!before.containsKey(name) || !java.util.Arrays.equals(bits(v), bits(before.get(name)))) {
                names.add(name);
            }
        });
        return names;
    }

    private static byte[] bits(HostTensor t) {
        return t.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    /// Trains twice, once with an interruption after 7 steps: the bits are the same.
    private void resumesToTheSameBits(String name, Object... more) throws IOException {
        var whole = folder.resolve(name + "-whole");
        var part = folder.resolve(name + "-part");
        train(whole, more);
        var cli = new Cli();
        cli.watch(text -> {
            if (Pattern.compile("\"step\" ?: ?7\\b").matcher(text).find()) {
                cli.interrupts().signal();
            }
        });
        var all = new ArrayList<>(List.of(more));
        all.addAll(List.of("--progress", "json"));
        assertEquals(Exit.INTERRUPTED, cli.start(arguments(part, all.toArray())).code());
        Cli.run("resume", part, "--device", "cpu").ok();
        for (var file : List.of("model.safetensors", "optimizer.safetensors")) {
            assertArrayEquals(Files.readAllBytes(whole.resolve("checkpoints/last").resolve(file)),
                    Files.readAllBytes(part.resolve("checkpoints/last").resolve(file)), file);
        }
    }

    @Test
    void aNewHeadIsMadeForOtherClassesAndTheRestComesFromTheRun() {
        var ran = Cli
                .run(arguments(folder.resolve("same"), "--init-from", base, "--set", "data.classes=['5','6','7','8']"));
        var block = ran.block(Exit.BAD_FILE);
        assertTrue(block.contains("'6.weight'") && block.contains("F32[3, 12]") && block.contains("F32[4, 12]")
                && block.contains("--new-head"), block);
        assertFalse(Files.exists(folder.resolve("same")));
        var tuned = folder.resolve("tuned");
        var text = Cli.run(
                arguments(tuned, "--init-from", base, "--new-head", "--set", "data.classes=['5','6','7','8']", "--set",
                        "optimizer.lr=0", "--epochs", 1, "--progress", "plain"))
                .ok().err();
        assertTrue(text.contains("first weights: 8 from " + base + "; fresh: 6.weight, 6.bias"), text);
        // at a rate of 0 nothing but statistics moves, and the head is what was drawn
        assertEquals(Set.of("1.runningMean", "1.runningVariance", "6.bias", "6.weight"), moved(tuned, base));
        assertEquals(4, weights(tuned).get("6.bias").shape().size());
    }

    @Test
    void frozenLayersKeepTheirBitsTheirStatisticsAndHaveNoStates() throws IOException {
        var frozen = folder.resolve("frozen");
        train(frozen, "--init-from", base, "--freeze", "*,!6.*");
        assertEquals(new TreeSet<>(HEAD), moved(frozen, base));
        var states = Safetensors.read(frozen.resolve("checkpoints/last/optimizer.safetensors")).keySet();
        assertTrue(
                states.stream().filter(n -> n.matches("optimizer\\.[0-9].*"))
                        .allMatch(n -> n.startsWith("optimizer.6.")),
                states.toString());
        var plan = Cli
                .run(arguments(folder.resolve("x"), "--init-from", base, "--freeze", "*,!6.*", "--dry-run", "--json"))
                .ok().json();
        assertEquals(12L * 3 + 3, plan.get("trainable"));
        assertTrue(plan.get("init").toString().startsWith("10 from "), plan.toString());
        resumesToTheSameBits("frozen", "--init-from", base, "--freeze", "0.*", "--freeze", "1.*");
        var block = Cli.run(arguments(folder.resolve("y"), "--freeze", "conv*")).block(Exit.USAGE);
        assertTrue(block.contains("'conv*'") && block.contains("0.weight"), block);
    }

    @Test
    void groupsHaveRatesOfTheirOwn() throws IOException {
        var none = folder.resolve("none");
        train(none, "--init-from", base, "--set",
                "optimizer.groups=[{match: '0.*', lr: 0}, {match: '4.*', lr: 0, weight_decay: 0}]");
        assertEquals(Set.of("1.bias", "1.runningMean", "1.runningVariance", "1.weight", "6.bias", "6.weight"),
                moved(none, base));
        var plain = folder.resolve("plain");
        var same = folder.resolve("grouped");
        train(plain, "--init-from", base);
        // of two that match, the last holds; one with the optimizer's own rate changes nothing
        train(same, "--init-from", base, "--set", "optimizer.groups=[{match: '*', lr: 1}, {match: '*', lr: 0.003}]");
        assertEquals(Set.of(), moved(same, plain));
        resumesToTheSameBits("groups", "--init-from", base, "--set",
                "optimizer.groups=[{match: '6.*', lr: 0.01, weight_decay: 0}]");
        var yaml = Files.readString(folder.resolve("groups-part/config.yaml"));
        assertTrue(yaml.contains("groups: [{match: \"6.*\", lr: 0.01, weight_decay: 0}]"), yaml);
        Cli.run("config", "show", folder.resolve("groups-part/config.yaml")).ok();
    }

    @Test
    void namesOfOthersAreMappedAndWhatIsMissingIsSaid() {
        var there = folder.resolve("theirs.npz");
        Cli.run("convert", weightsFile(base), there, "--map", "^0\\.=conv.", "--map", "^1\\.=bn.", "--map",
                "runningMean=running_mean",
                "--map", "runningVariance=running_var", "--map", "^4\\.=fc1.", "--map", "^6\\.=fc2.").ok();
        var rules = new Object[] {"--init-from", there, "--init-map", "^conv\\.=0.", "--init-map", "^bn\\.=1.",
            "--init-map", "^fc1\\.=4.",
            "--set", "optimizer.lr=0", "--epochs", 1};
        var missing = Cli.run(arguments(folder.resolve("a"), rules)).block(Exit.BAD_FILE);
        assertTrue(missing.contains("lacks 2 of 10") && missing.contains("no 6.weight, 6.bias")
                && missing.contains("not used of the file: fc2.bias, fc2.weight") && missing.contains("init.rename"),
                missing);
        var all = new ArrayList<>(List.of(rules));
        all.addAll(List.of("--init-map", "^fc2\\.=6."));
        var mapped = folder.resolve("mapped");
        train(mapped, all.toArray());
        assertEquals(Set.of("1.runningMean", "1.runningVariance"), moved(mapped, base));
        var some = folder.resolve("some");
        var loose = new ArrayList<>(List.of(rules));
        loose.addAll(List.of("--set", "init.strict=false"));
        train(some, loose.toArray());
        assertEquals(Set.of("1.runningMean", "1.runningVariance", "6.weight"), moved(some, base).stream()
                .filter(n -> !n.equals("6.bias")).collect(java.util.stream.Collectors.toSet()));
    }

    @Test
    void adaptersAreTrainedAloneSavedAloneAndMerged() throws IOException {
        var run = folder.resolve("lora");
        var lora = new Object[] {"--init-from", base, "--set", "lora.rank=3", "--set", "lora.alpha=6", "--set",
            "lora.dropout=0.1", "--set",
            "lora.targets=['4']"};
        train(run, lora);
        int in = weights(base).get("4.weight").shape().dim(1);
        assertEquals(Set.of("4.lora.a", "4.lora.b"), moved(run, base));
        var plan = Cli.run("inspect", run, "--json").ok().json();
        assertTrue(((Number) plan.get("parameters")).longValue() > 0);
        var dry = Cli.run(arguments(folder.resolve("d"), concat(lora, "--dry-run", "--json"))).ok().json();
        assertEquals(3L * (in + 12), dry.get("trainable"));

        var file = folder.resolve("adapter.safetensors");
        Cli.run("export", run, "--write-adapter", file).ok();
        var alone = Safetensors.read(file);
        assertEquals(Set.of("4.lora_A.weight", "4.lora_B.weight"), alone.keySet());
        assertEquals(12, alone.get("4.lora_B.weight").shape().dim(0));

        // on the base, and merged into it, they do what the run does
        var x = folder.resolve("x.png");
        Files.copy(png(), x);
        var own = probabilities(run, x);
        assertEquals(own, probabilities(base, x, "--adapter", file));
        var merged = folder.resolve("merged");
        Cli.run("export", base, "--adapter", file, "--merge", merged).ok();
        assertEquals(weights(base).keySet(), Safetensors.read(merged.resolve("model.safetensors")).keySet());
        close(own, probabilities(merged, x), 1e-5);
        assertFalse(own.equals(probabilities(base, x)));
        Cli.run("export", base, "--write-adapter", folder.resolve("no.safetensors")).block(Exit.FAILED);
        assertFalse(Files.exists(folder.resolve("no.safetensors")));

        resumesToTheSameBits("lora", lora);
    }

    private static Object[] concat(Object[] first, Object... more) {
        var all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private static java.io.InputStream png() throws IOException {
        var image = new java.awt.image.BufferedImage(28, 28, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 4; i < 24; i++) {
            image.setRGB(14, i, 0xffffff);
            image.setRGB(i, 9, 0x888888);
        }
        var out = new java.io.ByteArrayOutputStream();
        javax.imageio.ImageIO.write(image, "png", out);
        return new java.io.ByteArrayInputStream(out.toByteArray());
    }

    private static Map<?, ?> probabilities(Path model, Path x, Object... more) {
        return (Map<?, ?>) Cli.run(concat(new Object[] {"predict", model, x, "--json", "--device", "cpu"}, more)).ok()
                .json()
                .get("probabilities");
    }

    private static void close(Map<?, ?> a, Map<?, ?> b, double tolerance) {
        a.forEach(
                (name, p) -> assertEquals(((Number) p).doubleValue(), ((Number) b.get(name)).doubleValue(), tolerance));
    }
}
