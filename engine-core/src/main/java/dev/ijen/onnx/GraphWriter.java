package dev.ijen.onnx;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A GraphProto being written: nodes with fresh names for their results, initializers, each once.
final class GraphWriter {
    private final WireWriter graph = new WireWriter();
    private final WireWriter initializers = new WireWriter();
    private final Set<String> taken = new HashSet<>();
    private final Map<String, String> constants = new HashMap<>();
    private int next;
    private long opset = 20;

    /// A name nobody has.
    String fresh(String hint) {
        var n = hint;
        while (!taken.add(n)) {
            n = hint + "_" + next++;
        }
        return n;
    }

    /// Some operators came later than the version written by default.
    void needs(long version) {
        opset = Math.max(opset, version);
    }

    long opset() {
        return opset;
    }

    /// One attribute of a node: a float, a whole number, a string, or several whole numbers or strings.
    record Attribute(String name, Object value) {}

    static Attribute a(String name, Object value) {
        return new Attribute(name, value);
    }

    /// A node with one result; gives its name.
    String node(String op, List<String> inputs, Attribute... attributes) {
        var out = fresh(op.toLowerCase(java.util.Locale.ROOT));
        node(op, inputs, List.of(out), attributes);
        return out;
    }

    /// A node.
    void node(String op, List<String> inputs, List<String> outputs, Attribute... attributes) {
        var n = new WireWriter();
        inputs.forEach(i -> n.text(1, i));
        outputs.forEach(o -> n.text(2, o));
        n.text(3, fresh("node_" + outputs.getFirst()));
        n.text(4, op);
        for (var a : attributes) {
            n.message(5, attribute(a));
        }
        graph.message(1, n);
    }

    private static WireWriter attribute(Attribute a) {
        var w = new WireWriter().text(1, a.name);
        switch (a.value) {
            case Float f -> w.real(2, f).integer(20, 1);
            case Integer i -> w.integer(3, i).integer(20, 2);
            case String s -> w.text(4, s).integer(20, 3);
            case int[] l -> {
                for (int v : l) {
                    w.integer(8, v);
                }
                w.integer(20, 7);
            }
            case List<?> l -> {
                for (var v : l) {
                    w.text(9, v.toString());
                }
                w.integer(20, 8);
            }
            default -> throw new IllegalArgumentException(a.name);
        }
        return w;
    }

    /// An initializer of a name.
    void initializer(String name, HostTensor h) {
        taken.add(name);
        initializers.message(5, tensor(name, h));
    }

    /// An initializer for a constant; equal ones share it.
    String constant(HostTensor h) {
        var key = h.dtype() + h.shape().toString() + java.util.Arrays.toString(h.data().toArray(ValueLayout.JAVA_BYTE));
        boolean small = h.shape().size() <= 64;
        var known = small ? constants.get(key) : null;
        if (known != null) {
            return known;
        }
        var name = fresh("const");
        initializers.message(5, tensor(name, h));
        if (small) {
            constants.put(key, name);
        }
        return name;
    }

    String longs(long... v) {
        return constant(HostTensor.of(v, v.length));
    }

    private static WireWriter tensor(String name, HostTensor h) {
        var w = new WireWriter();
        for (int d : h.shape().dims()) {
            w.integer(1, d);
        }
        return w.integer(2, OnnxType.of(h.dtype()).code()).text(8, name).bytes(9,
                h.data().toArray(ValueLayout.JAVA_BYTE));
    }

    /// The type of an input or output; extents below 0 are the batch.
    static WireWriter value(String name, OnnxType type, Shape shape, boolean dynamic) {
        var dims = new WireWriter();
        for (int i = 0; i < shape.rank(); i++) {
            dims.message(1,
                    i == 0 && dynamic ? new WireWriter().text(2, "batch") : new WireWriter().integer(1, shape.dim(i)));
        }
        var tensor = new WireWriter().integer(1, type.code()).message(2, dims);
        return new WireWriter().text(1, name).message(2, new WireWriter().message(1, tensor));
    }

    /// The whole model.
    byte[] model(String name, List<WireWriter> inputs, List<WireWriter> outputs, Map<String, String> metadata) {
        graph.text(2, name);
        var all = new WireWriter();
        inputs.forEach(i -> graph.message(11, i));
        outputs.forEach(o -> graph.message(12, o));
        var g = new byte[graph.toByteArray().length + initializers.toByteArray().length];
        var a = graph.toByteArray();
        var b = initializers.toByteArray();
        System.arraycopy(a, 0, g, 0, a.length);
        System.arraycopy(b, 0, g, a.length, b.length);
        all.integer(1, opset >= 23 ? 11 : 9).text(2, "ijen").bytes(7, g)
                .message(8, new WireWriter().text(1, "").integer(2, opset));
        metadata.forEach((k, v) -> all.message(14, new WireWriter().text(1, k).text(2, v)));
        return all.toByteArray();
    }
}
