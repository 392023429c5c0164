package dev.ijen.onnx;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.format.SharedData;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Small sound ONNX files to damage.
public final class OnnxSeeds {
    private static final int MOST_BYTES = 8192;
    private static final int SOME = 5;
    private static List<byte[]> graphs = List.of();

    private OnnxSeeds() {}

    /// Their bytes.
    public static List<byte[]> all() {
        return List.of(model(DType.F32), model(DType.I64), model(DType.BF16), inner());
    }

    /// Models whose graphs can be built: one of each type, and some of ONNX's own of one operator where they are there.
    public static synchronized List<byte[]> graphs() {
        if (!graphs.isEmpty()) {
            return graphs;
        }
        var all = new ArrayList<>(List.of(model(DType.F32), model(DType.I64), model(DType.BF16)));
        var archive = "onnx/onnx-node-tests.tar.gz";
        if (SharedData.has(archive)) {
            var models = SharedData.tar(archive).entrySet().stream().filter(e -> e.getKey().endsWith(".onnx"))
                    .map(Map.Entry::getValue).filter(b -> b.length <= MOST_BYTES).toList();
            for (int i = 0; i < models.size(); i += SOME) {
                all.add(models.get(i));
            }
        }
        all.removeIf(b -> {
            try {
                build("seed", b);
                return false;
            } catch (IjenException e) {
                return true; // shapes that depend on values, and the like
            }
        });
        graphs = List.copyOf(all);
        return graphs;
    }

    /// Reads a file and builds its graph, which computes nothing but shapes and what they depend on.
    public static void build(Path file) throws IOException {
        build(file.toString(), Files.readAllBytes(file));
    }

    private static void build(String name, byte[] bytes) {
        try (var engine = Engine.open(Device.cpu()); var model = OnnxModel.read(engine, name, bytes)) {
            model.nodes(model.inputs().stream()
                    .map(i -> Shape.of(i.dims().stream().mapToInt(n -> n < 0 ? 1 : n).toArray())).toList());
        }
    }

    private static byte[] model(DType type) {
        var g = new GraphWriter();
        g.initializer("w", HostTensor.of(type, new double[] {1, 2, 3, 4, 5, 6}, 2, 3));
        var y = g.node("MatMul", List.of("x", "w"));
        g.node("Transpose", List.of(y), List.of("y"), GraphWriter.a("perm", new int[] {1, 0}));
        return g.model("seed", List.of(GraphWriter.value("x", OnnxType.of(type), Shape.of(1, 2), true)),
                List.of(GraphWriter.value("y", OnnxType.of(type), Shape.of(3, 1), false)), Map.of("note", "ä"));
    }

    /// A graph inside a node, and a tensor of packed values.
    private static byte[] inner() {
        var tensor = new WireWriter().bytes(1, new byte[] {2, 2}).integer(2, 1).text(8, "t")
                .bytes(4, new byte[16]);
        var body = new WireWriter().message(1, new WireWriter().text(1, "x").text(2, "z").text(4, "Relu"))
                .text(2, "body")
                .message(5, tensor);
        var node = new WireWriter().text(1, "c").text(2, "z").text(4, "If")
                .message(5, new WireWriter().text(1, "then_branch").message(6, body).integer(20, 5));
        var sparse = new WireWriter().message(1, tensor(new int[] {1}, 7, 7)).message(2, tensor(new int[] {1}, 7, 3))
                .integer(3, 9);
        var graph = new WireWriter().message(1, node).text(2, "g").message(5, tensor).message(15, sparse);
        return new WireWriter().integer(1, 9).message(7, graph).message(8, new WireWriter().integer(2, 17))
                .toByteArray();
    }

    private static WireWriter tensor(int[] dims, int type, long value) {
        var w = new WireWriter();
        for (int d : dims) {
            w.integer(1, d);
        }
        return w.integer(2, type).integer(7, value).text(8, "s" + value);
    }
}
