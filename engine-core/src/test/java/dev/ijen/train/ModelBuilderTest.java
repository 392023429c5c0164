package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelBuilderTest {
    private Engine engine;
    private long before;

    @BeforeEach
    void open() {
        engine = Engine.open(Device.cpu());
        before = engine.memory().buffers();
    }

    @AfterEach
    void close() {
        assertEquals(before, engine.memory().buffers());
        engine.close();
    }

    private Module build(String layers, Shape example, int outputs) {
        var config = ConfigReader.parse("m.yaml", "model:\n  layers:\n" + layers.indent(4), List.of());
        return ModelBuilder.build(engine, config.model(), example, DType.F32, outputs, Shape.of(outputs));
    }

    private ConfigException fails(String layers, Shape example, int outputs) {
        return assertThrows(ConfigException.class, () -> build(layers, example, outputs));
    }

    @Test
    void shapesAreFollowed() {
        var m = build(
                """
                - conv: {out: 8, size: 3, padding: valid}
                - batchnorm
                - relu
                - maxpool: 2
                - residual:
                    body: [conv: {out: 16, stride: 2}, groupnorm: 4]
                    shortcut: [conv: {out: 16, size: 1, stride: 2}]
                - global-avg-pool
                - linear: {out: 5, bias: false, init: xavier-normal}
                - layernorm
                - output
                """,
                Shape.of(3, 12, 12),
                4);
        // 3·8·9 + 8, 2·8; 8·16·9 + 16, 2·16, 8·16 + 16; 16·5, 2·5, 5·4 + 4
        assertEquals(224 + 16 + 1168 + 32 + 144 + 80 + 10 + 24, Module.parameterCount(m));
        var rows = Module.summary(m, DType.F32, Shape.of(1, 3, 12, 12));
        assertEquals(Shape.of(1, 4), rows.getFirst().output());
        assertTrue(rows.stream().anyMatch(r -> r.output().equals(Shape.of(1, 8, 5, 5))));
        Module.close(m);
    }

    @Test
    void recurrentLayersTakeSequences() {
        var m = build(
                """
                - lstm: {hidden: 5, layers: 2, bidirectional: true, dropout: 0.1}
                - gru: 4
                - rnn: {hidden: 3, sequences: false}
                - output
                """,
                Shape.of(7, 6),
                2);
        // 2·4·(5·6 + 5·5 + 2·5) + 2·4·(5·10 + 5·5 + 2·5); 3·(4·10 + 4·4 + 2·4); 3·4 + 3·3 + 2·3; 2·3 + 2
        assertEquals(520 + 680 + 192 + 27 + 8, Module.parameterCount(m));
        var outputs = Module.summary(m, DType.F32, Shape.of(1, 7, 6)).stream().map(r -> r.output()).toList();
        assertEquals(
                List.of(Shape.of(1, 2), Shape.of(1, 7, 10), Shape.of(1, 7, 4), Shape.of(1, 3), Shape.of(1, 2)),
                outputs);
        Module.close(m);

        var e = fails("- lstm: 8\n- output\n", Shape.of(7), 2);
        assertEquals(3, e.line());
        assertTrue(e.getMessage().contains("[N, T, features]"), e.getMessage());
    }

    @Test
    void theLayerThatDoesNotFitIsNamedWithItsLine() {
        var e = fails("- linear: 8\n- conv: 4\n- output\n", Shape.of(7), 2);
        assertEquals(4, e.line());
        assertTrue(e.getMessage().contains("model.layers.1 (conv)"), e.getMessage());
        assertTrue(e.getMessage().contains("[N, 8]"), e.getMessage());

        var inner = fails("- residual:\n    body:\n      - linear: 3\n- output\n", Shape.of(7), 2);
        assertEquals(3, inner.line());

        var pool = fails("- maxpool: 9\n- flatten\n- output\n", Shape.of(1, 4, 4), 2);
        assertEquals(3, pool.line());

        assertEquals(3, fails("- linear: {out: 3, init: nice}\n- output\n", Shape.of(7), 2).line());
        assertEquals(3, fails("- conv: {out: 3, padding: some}\n", Shape.of(1, 4, 4), 2).line());
    }

    @Test
    void transformersAreBlocksOfTokens() {
        var m = build(
                """
                - linear: 8
                - transformer: {heads: 4, kv_heads: 2, causal: true, rotary: true}
                - transformer: {heads: 2, hidden: 10, dropout: 0.1}
                - flatten
                - output
                """,
                Shape.of(5, 3),
                2);
        // the layer; norms, projections (4 + 2·2 heads of 2), output, layers of each token; the same with 10 inside; 40·2 + 2
        long first = 2 * 16 + (16 * 8 + 16) + 72 + (8 * 32 + 32) + (32 * 8 + 8);
        long second = 2 * 16 + (24 * 8 + 24) + 72 + (8 * 10 + 10) + (10 * 8 + 8);
        assertEquals(32 + first + second + 82, Module.parameterCount(m));
        Module.close(m);
        var e = fails("- transformer: {heads: 3}\n- flatten\n- output\n", Shape.of(5, 8), 2);
        assertEquals(3, e.line());
        assertTrue(e.getMessage().contains("multiple of heads"), e.getMessage());
        var flat = fails("- transformer: {heads: 3}\n- output\n", Shape.of(9), 2);
        assertTrue(flat.getMessage().contains("x[N, T, C]"), flat.getMessage());
    }

    @Test
    void theOutputMustFitTheData() {
        var e = fails("- linear: 8\n- relu\n", Shape.of(7), 2);
        assertEquals(4, e.line());
        assertTrue(e.getMessage().contains("- output"), e.getMessage());
        var image = fails("- conv: 8\n- output\n", Shape.of(1, 4, 4), 2);
        assertTrue(image.getMessage().contains("flatten"), image.getMessage());
    }
}
