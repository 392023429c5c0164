package dev.ijen.train.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigWriterTest {
    private static TrainConfig again(String yaml) {
        return ConfigReader.parse("written", yaml, List.of());
    }

    @ParameterizedTest
    @MethodSource("dev.ijen.train.config.Presets#names")
    void presetsReadBackEqual(String name) {
        var c = Presets.load(name, List.of());
        assertEquals(c, again(ConfigWriter.yaml(c)));
        assertEquals(c, again(Presets.commented(name)));
    }

    @Test
    void blocksReadBackEqual() {
        var c = ConfigReader.parse(
                "a",
                """
                model:
                  layers:
                    - residual:
                        body: [batchnorm, relu, conv: {out: 64, stride: 2, bias: false}, batchnorm, relu, conv: {out: 64, bias: false}, dropout]
                        shortcut: [conv: {out: 64, size: 1, stride: 2}]
                    - residual: [layernorm, residual: [linear: 3, gelu]]
                    - output
                """,
                List.of());
        assertEquals(c, again(ConfigWriter.yaml(c)), ConfigWriter.yaml(c));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "a b", "true", "null", "~", "12", "1e5", "a: b", "# no", "'", "\"", "\\", "ünï → 数",
                "tab\there", "line\nbreak",
                "\u0001", "-", "[a]", "{a}", "*x", "&x", "!x", "%x", "@x", "`x", "C:\\data", "a#b", "\ud83d\ude00",
                "x\u0085y", "\ufeff"
            })
    void wordsReadBackEqual(String word) {
        var c = Presets.load("iris", List.of()).withDataPath(word).withName("n" + word);
        var back = again(ConfigWriter.yaml(c));
        assertEquals(word, back.data().path());
        assertEquals("n" + word, back.name());
    }

    @Test
    void numbersReadBackEqual() {
        for (double v : new double[] {0, 1, 0.1, 1e-8, 1.0 / 3, 3e-4, 999.999, 2e-5, 123.0}) {
            var c = Presets.load("iris", List.of("optimizer.lr=" + v));
            assertEquals(v, c.optimizer().lr());
            assertEquals(v, again(ConfigWriter.yaml(c)).optimizer().lr());
        }
    }

    @Test
    void numbersAreWrittenAsDecimals() {
        var random = new java.util.Random(3);
        for (int i = 0; i < 20_000; i++) {
            double v = random.nextGaussian() * Math.pow(10, random.nextInt(-14, 20));
            v = i % 3 == 0 ? new java.math.BigDecimal(v).round(new java.math.MathContext(2)).doubleValue() : v;
            if (v != Math.rint(v) || Math.abs(v) >= 1e15) {
                var exact = new java.math.BigDecimal(Double.toString(v));
                boolean plain = Math.abs(v) >= 1e-3 && Math.abs(v) < 1e15;
                assertEquals(plain ? exact.toPlainString() : exact.toString().replace("E", "e"),
                        ConfigWriter.number(v));
            }
        }
        assertEquals("0.000020", ConfigWriter.number(2e-5));
        assertEquals("-0.00010", ConfigWriter.number(-1e-4));
        assertEquals("1.0e-8", ConfigWriter.number(1e-8));
        assertThrows(NumberFormatException.class, () -> ConfigWriter.number(Double.NaN));
        assertThrows(NumberFormatException.class, () -> ConfigWriter.number(Double.NEGATIVE_INFINITY));
    }

    @Test
    void theWithersChangeOneThing() {
        var c = Presets.load("iris", List.of());
        assertEquals(c, c.withEpochs(5).withEpochs(c.training().epochs()));
        assertEquals(5, c.withMaxSteps(5).training().maxSteps());
        assertEquals(c, c.withMaxSteps(5).withMaxSteps(0));
        assertEquals(2.5, c.withMaxTime(2.5).training().maxTime());
        assertEquals(c, c.withMaxTime(2.5).withMaxTime(0));
        assertEquals(9, c.withSeed(9).seed());
    }

    @Test
    void theSchemaHasEveryKeyThatIsWritten() {
        assertTrue(Json.parse("schema", ConfigSchema.json()) instanceof Map<?, ?>);
        check(ConfigSchema.map(), YamlTree.parse("resolved", ConfigWriter.yaml(Presets.load("titanic", List.of()))),
                "");
    }

    /// Every key of the tree is a property of the schema; values are of the type the schema says.
    private static void check(Map<?, ?> schema, Node node, String path) {
        switch (node) {
            case Node.Fields f -> {
                assertEquals("object", schema.get("type"), path);
                var properties = (Map<?, ?>) schema.get("properties");
                f.values().forEach((k, v) -> {
                    assertTrue(properties.get(k) instanceof Map<?, ?>, path + "." + k);
                    check((Map<?, ?>) properties.get(k), v.value(), path + "." + k);
                });
            }
            case Node.Items i -> assertEquals("array", schema.get("type"), path);
            case Node.Text t -> {
                if (schema.get("enum") instanceof List<?> choices) {
                    assertTrue(choices.contains(t.value()), path);
                } else {
                    assertTrue(List.of("string", "integer", "number", "boolean").contains(schema.get("type")), path);
                }
            }
        }
    }
}
