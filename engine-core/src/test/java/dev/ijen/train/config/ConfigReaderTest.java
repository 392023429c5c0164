package dev.ijen.train.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.FormatException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    private static final String SMALL = "model:\n  layers:\n    - linear: 8\n    - relu\n    - output\n";

    private static TrainConfig read(String yaml, String... sets) {
        return ConfigReader.parse("a.yaml", yaml, List.of(sets));
    }

    private static ConfigException fails(String yaml, String... sets) {
        return assertThrows(ConfigException.class, () -> read(yaml, sets));
    }

    private static void at(int line, int column, ConfigException e) {
        assertEquals("a.yaml", e.source(), e.getMessage());
        assertEquals(line, e.line(), e.getMessage());
        assertEquals(column, e.column(), e.getMessage());
        assertTrue(e.getMessage().startsWith("a.yaml:" + line + ":" + column + ": "), e.getMessage());
        for (var part : List.of("\n  got: ", "\n  expected: ", "\n  fix: ")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    @Test
    void absentKeysHaveTheirDefaults() {
        var c = read(SMALL);
        assertEquals(OptimizerConfig.Type.ADAM, c.optimizer().type());
        assertEquals(1e-3, c.optimizer().lr());
        assertEquals(64, c.training().batchSize());
        assertEquals(DataConfig.Kind.AUTO, c.data().kind());
        assertEquals(List.of(), c.data().drop());
        assertEquals("run", c.name());
    }

    @Test
    void layersInEveryNotation() {
        var c = read(
                """
                model:
                  layers:
                    - linear: 64
                    - relu
                    - leaky_relu
                    - Conv: {out: 8, size: 5, padding: 2}
                    - max_pool
                    - avgpool: 3
                    - dropout:
                    - residual: [{linear: 4}, gelu]
                    - residual:
                        body:
                          - conv: 8
                        shortcut: [conv: {out: 8, size: 1}]
                """);
        var l = c.model().layers().stream().map(LayerConfig::spec).toList();
        assertEquals(new LayerSpec.Linear(64, true, "auto"), l.get(0));
        assertEquals(new LayerSpec.Activated("relu"), l.get(1));
        assertEquals(new LayerSpec.Activated("leaky-relu"), l.get(2));
        assertEquals(new LayerSpec.Conv(8, 5, 1, "2", 1, 1, true, "auto"), l.get(3));
        assertEquals(new LayerSpec.MaxPool(2, 0, "valid"), l.get(4));
        assertEquals(new LayerSpec.AvgPool(3, 0, "valid"), l.get(5));
        assertEquals(new LayerSpec.Dropout(0.5), l.get(6));
        var flow = assertInstanceOf(LayerSpec.Residual.class, l.get(7));
        assertEquals(List.of("linear", "gelu"), flow.body().stream().map(LayerConfig::type).toList());
        assertEquals(List.of(), flow.shortcut());
        var block = assertInstanceOf(LayerSpec.Residual.class, l.get(8));
        assertEquals(new LayerSpec.Conv(8, 1, 1, "same", 1, 1, true, "auto"), block.shortcut().getFirst().spec());
        assertEquals(new Mark("a.yaml", 3, 7), c.model().layers().getFirst().mark());
    }

    @Test
    void anUnknownKeyIsNamedWithTheNearest() {
        var e = fails("name: x\noptimiser:\n  lr: 1\n" + SMALL);
        at(2, 1, e);
        assertTrue(e.getMessage().contains("did you mean 'optimizer'?"), e.getMessage());

        var inner = fails(SMALL + "training:\n  epochs: 3\n  batchsize: 4\n");
        at(8, 3, inner);
        assertTrue(inner.getMessage().contains("did you mean 'batch_size'?"), inner.getMessage());
    }

    @Test
    void anUnknownLayerAndItsSettingsAreNamed() {
        var e = fails("model:\n  layers:\n    - linear: 8\n    - relv\n");
        at(4, 7, e);
        assertTrue(e.getMessage().contains("did you mean 'relu'?"), e.getMessage());

        var setting = fails("model:\n  layers:\n    - conv: {out: 8, kernel: 3}\n");
        at(3, 22, setting);
        assertTrue(setting.getMessage().contains("out, size, stride"), setting.getMessage());

        at(3, 7, fails("model:\n  layers:\n    - linear\n"));
        at(3, 13, fails("model:\n  layers:\n    - relu: 3\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training|epochs: many|a whole number",
                "training|epochs: 0|from 1 to 1000000",
                "training|epochs: 2.5|a whole number",
                "training|epochs: [1, 2]|a whole number",
                "training|batch_size: 99999999999|from 1 to 1000000",
                "optimizer|lr: fast|a number",
                "optimizer|lr: .nan|a number",
                "optimizer|lr: -0.1|from 0 to 1000",
                "optimizer|nesterov: maybe|true or false",
                "optimizer|type: adan|did you mean 'adam'?",
                "data|imputation: [a]|mean, median, knn",
                "data|drop: {a: b}|a word",
            })
    void wrongValuesAreNamedWithLineAndColumn(String section, String line, String expected) {
        var e = fails(SMALL + section + ":\n  " + line + "\n");
        at(7, line.indexOf(':') + 5, e);
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void aSectionMustBeOne() {
        at(6, 11, fails(SMALL + "training: 5\n"));
        at(1, 1, fails("- a\n- b\n"));
        at(2, 11, fails("model:\n  layers: relu\n"));
    }

    @Test
    void whatMustBeThereIsAskedFor() {
        var e = fails("name: x\n");
        assertTrue(e.getMessage().contains("'model.layers' is missing"), e.getMessage());
        assertTrue(fails("").getMessage().contains("'model.layers' is missing"));
    }

    @Test
    void aKeyStandsOnlyOnce() {
        var e = fails("name: a\nname: b\n" + SMALL);
        at(2, 1, e);
        assertTrue(e.getMessage().contains("a.yaml:1:1"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: &x a\nseed: *x\n",
                "name: !!java.net.URL [\"http://localhost\"]\n",
                "name: !env x\n",
                "? [a, b]\n: c\n",
                "name: a\n---\nname: b\n",
                "name: [a\n",
                "name: 'a\n",
                "\tname: a\n",
                "name: a: b\n",
            })
    void whatIsNoPlainYamlIsRefused(String yaml) {
        assertTrue(fails(yaml + SMALL).line() > 0);
    }

    @Test
    void sizeAndDepthAreBounded() {
        assertTrue(fails("name: " + "[".repeat(100_000)).getMessage().contains("levels"));
        assertTrue(fails("a:\n".repeat(1) + " ".repeat(2_000_000)).getMessage().contains("too long"));
        var layers = new StringBuilder("model:\n  layers:\n");
        layers.append("    - relu\n".repeat(3000));
        assertTrue(fails(layers.toString()).getMessage().contains("at most 2000"));
    }

    @Test
    void filesThatAreNoneAreDataErrors(@TempDir Path dir) throws Exception {
        assertEquals(
                FormatException.Kind.MISSING,
                assertThrows(FormatException.class, () -> ConfigReader.read(dir.resolve("no.yaml"), List.of())).kind());
        var binary = dir.resolve("b.yaml");
        Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThrows(ConfigException.class, () -> ConfigReader.read(binary, List.of()));
        var control = dir.resolve("c.yaml");
        Files.write(control, "name: a\u0007b\n".getBytes(StandardCharsets.UTF_8));
        assertThrows(ConfigException.class, () -> ConfigReader.read(control, List.of()));
    }

    @Test
    void keysCanBeSet() {
        var c = read(SMALL, "optimizer.lr=3e-4", "training.epochs=7", "model.layers.0.linear=32", "data.drop=[a, b]",
                "name=my run", "data.path=");
        assertEquals(3e-4, c.optimizer().lr());
        assertEquals(7, c.training().epochs());
        assertEquals(new LayerSpec.Linear(32, true, "auto"), c.model().layers().getFirst().spec());
        assertEquals(List.of("a", "b"), c.data().drop());
        assertEquals("my run", c.name());
        assertEquals("", c.data().path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimizer.lr", "=3", "optimizer.rate=3", "model.layers.9=relu", "model.layers.x=relu",
        "optimizer.lr=a b", "a.b=[", "optimizer=3"})
    void badSettingsNameTheOption(String set) {
        var e = fails(SMALL, set);
        assertTrue(e.getMessage().startsWith("--set " + set), e.getMessage());
    }

    @Test
    void aFileMayStartFromAPreset() {
        var c = read("preset: mnist-cnn\ntraining:\n  epochs: 2\n");
        var base = Presets.load("mnist-cnn", List.of());
        assertEquals(2, c.training().epochs());
        assertEquals(base.model(), c.model());
        assertEquals(base.training().batchSize(), c.training().batchSize());
        var e = fails("preset: mnist-cmn\n");
        at(1, 9, e);
        assertTrue(e.getMessage().contains("did you mean 'mnist-cnn'?"), e.getMessage());
    }

    @Test
    void presetsAreKnownByName() {
        assertEquals(List.of("digits", "mnist-mlp", "mnist-cnn", "iris", "titanic", "housing"),
                Presets.names().subList(0, 6));
        for (var name : Presets.names()) {
            assertEquals(name, Presets.load(name, List.of()).name());
            assertFalse(Presets.summary(name).isBlank());
        }
        var e = assertThrows(ConfigException.class, () -> Presets.load("titanik", List.of()));
        assertTrue(e.getMessage().contains("did you mean 'titanic'?"), e.getMessage());
    }
}
