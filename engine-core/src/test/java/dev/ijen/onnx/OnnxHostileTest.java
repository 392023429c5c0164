package dev.ijen.onnx;

import static dev.ijen.onnx.GraphWriter.a;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Graphs that say what no operator takes: each is refused by name, before anything is computed or memory taken. Found by fuzzing.
class OnnxHostileTest {
    /// Builds a graph of one input [1, 4, 2, 2] and gives the refusal.
    private static String refusal(Function<GraphWriter, String> result) {
        var g = new GraphWriter();
        var y = result.apply(g);
        var in = GraphWriter.value("x", OnnxType.FLOAT, Shape.of(1, 4, 2, 2), false);
        var out = GraphWriter.value(y, OnnxType.FLOAT, Shape.of(1), false);
        return refusal(g.model("hostile", List.of(in), List.of(out), Map.of()));
    }

    private static String refusal(byte[] bytes) {
        try (var engine = Engine.open(Device.cpu()); var model = OnnxModel.read(engine, "hostile", bytes)) {
            var e = assertThrows(FormatException.class, () -> model.nodes(List.of(Shape.of(1, 4, 2, 2))));
            assertTrue(e.getMessage().contains("fix:"), e.getMessage());
            return e.getMessage();
        }
    }

    private static String constant(GraphWriter g, double... values) {
        return g.constant(HostTensor.of(DType.F32, values, values.length));
    }

    private static String scalar(GraphWriter g, float value) {
        return g.constant(HostTensor.of(new float[] {value}));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -2, Integer.MAX_VALUE})
    void blocksOfNoSize(int size) {
        assertTrue(
                refusal(g -> g.node("DepthToSpace", List.of("x"), a("blocksize", size))).contains("blocks of " + size));
    }

    @Test
    void filtersOfAnotherRank() {
        assertTrue(refusal(g -> g.node("Conv", List.of("x", constant(g, 1, 2)))).contains("equal rank"));
    }

    @Test
    void startsWithoutEnds() {
        var y = refusal(g -> g.node("Slice", List.of("x", g.longs(0, 0), g.longs(1))));
        assertTrue(y.contains("2 starts"), y);
    }

    @Test
    void rangesThatFillMemory() {
        assertTrue(refusal(g -> g.node("Range", List.of(scalar(g, 0), scalar(g, 3e9f), scalar(g, 1))))
                .contains("at most"));
        assertTrue(refusal(g -> g.node("Range", List.of(scalar(g, 0), scalar(g, Float.NaN), scalar(g, 1))))
                .contains("NaN"));
        var low = HostTensor.of(new long[] {Long.MIN_VALUE + 1});
        var high = HostTensor.of(new long[] {Long.MAX_VALUE});
        var one = HostTensor.of(new long[] {1});
        refusal(g -> g.node("Range", List.of(g.constant(low), g.constant(high), g.constant(one))));
    }

    @Test
    void paddingThatMakesWindowsWithoutNumber() {
        for (int pad : new int[] {100_000_000, Integer.MIN_VALUE, -100_000_000}) {
            var y = refusal(g -> g.node("AveragePool", List.of("x"), a("kernel_shape", new int[] {2, 2}),
                    a("pads", new int[] {pad, 1, 1, 1})));
            assertTrue(y.contains("padding"), y);
        }
        refusal(g -> g.node("MaxPool", List.of("x"), a("kernel_shape", new int[] {Integer.MAX_VALUE, 2}),
                a("dilations", new int[] {3, 1}), a("pads", new int[] {0, 9, 0, 9})));
    }

    /// What no rule looks for is an error of the file, too, and not of ours.
    @Test
    void attributesThatAreMissing() {
        for (var op : List.of("Reshape", "Unsqueeze", "Slice")) {
            var node = new WireWriter().text(1, "x").text(2, "y").text(4, op);
            var graph = new WireWriter().message(1, node).text(2, "g")
                    .message(11, GraphWriter.value("x", OnnxType.FLOAT, Shape.of(1, 4, 2, 2), false))
                    .message(12, GraphWriter.value("y", OnnxType.FLOAT, Shape.of(1), false));
            var model = new WireWriter().integer(1, 3).message(7, graph).message(8, new WireWriter().integer(2, 1));
            assertTrue(refusal(model.toByteArray()).contains("no attribute"), op);
        }
        refusal(g -> g.node("RandomUniform", List.of()));
    }
}
