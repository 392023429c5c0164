package dev.ijen.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Models, graphs and nodes from wire format. Fields that nothing here needs are skipped.
final class ProtoReader {
    private ProtoReader() {}

    static Proto.Model model(Wire w) {
        long ir = 0;
        String producer = "";
        var opsets = new LinkedHashMap<String, Long>();
        Proto.Graph graph = null;
        var functions = new ArrayList<Proto.Function>();
        var metadata = new LinkedHashMap<String, String>();
        while (w.next()) {
            switch (w.field()) {
                case 1 -> ir = w.integer();
                case 2 -> producer = w.text();
                case 7 -> graph = graph(w.message());
                case 8 -> opset(w.message(), opsets);
                case 14 -> entry(w.message(), metadata);
                case 25 -> functions.add(function(w.message()));
                default -> w.skip();
            }
        }
        if (graph == null) {
            throw w.damaged("no graph", "a model with a graph");
        }
        return new Proto.Model(ir, producer, opsets, graph, List.copyOf(functions), metadata);
    }

    private static void opset(Wire w, Map<String, Long> to) {
        String domain = "";
        long version = 1;
        while (w.next()) {
            switch (w.field()) {
                case 1 -> domain = w.text();
                case 2 -> version = w.integer();
                default -> w.skip();
            }
        }
        to.put(domain(domain), version);
    }

    static String domain(String d) {
        return d.equals("ai.onnx") ? "" : d;
    }

    static void entry(Wire w, Map<String, String> to) {
        String key = "";
        String value = "";
        while (w.next()) {
            switch (w.field()) {
                case 1 -> key = w.text();
                case 2 -> value = w.text();
                default -> w.skip();
            }
        }
        to.put(key, value);
    }

    private static Proto.Graph graph(Wire w) {
        var nodes = new ArrayList<Proto.Node>();
        String name = "";
        var initializers = new ArrayList<Proto.Tensor>();
        var sparse = new ArrayList<Proto.Sparse>();
        var inputs = new ArrayList<Proto.Value>();
        var outputs = new ArrayList<Proto.Value>();
        var values = new ArrayList<Proto.Value>();
        while (w.next()) {
            switch (w.field()) {
                case 1 -> nodes.add(node(w.message()));
                case 2 -> name = w.text();
                case 5 -> initializers.add(TensorReader.tensor(w.message()));
                case 11 -> inputs.add(TypeReader.value(w.message()));
                case 12 -> outputs.add(TypeReader.value(w.message()));
                case 13 -> values.add(TypeReader.value(w.message()));
                case 15 -> sparse.add(TensorReader.sparse(w.message()));
                default -> w.skip();
            }
        }
        return new Proto.Graph(name, nodes, initializers, sparse, inputs, outputs, values);
    }

    private static Proto.Node node(Wire w) {
        var inputs = new ArrayList<String>();
        var outputs = new ArrayList<String>();
        String name = "";
        String op = "";
        String domain = "";
        String overload = "";
        var attributes = new LinkedHashMap<String, Proto.Attribute>();
        while (w.next()) {
            switch (w.field()) {
                case 1 -> inputs.add(w.text());
                case 2 -> outputs.add(w.text());
                case 3 -> name = w.text();
                case 4 -> op = w.text();
                case 5 -> {
                    var a = attribute(w.message());
                    attributes.put(a.name(), a);
                }
                case 7 -> domain = w.text();
                case 8 -> overload = w.text();
                default -> w.skip();
            }
        }
        return new Proto.Node(name, op, domain(domain), overload, inputs, outputs, attributes);
    }

    private static Proto.Attribute attribute(Wire w) {
        String name = "";
        String ref = "";
        int kind = 0;
        float f = 0;
        long i = 0;
        byte[] s = {};
        Proto.Tensor tensor = null;
        Proto.Graph graph = null;
        Proto.Sparse sparse = null;
        Proto.Type type = null;
        var floats = new Wire.Longs();
        var ints = new Wire.Longs();
        var strings = new ArrayList<byte[]>();
        var tensors = new ArrayList<Proto.Tensor>();
        var graphs = new ArrayList<Proto.Graph>();
        while (w.next()) {
            switch (w.field()) {
                case 1 -> name = w.text();
                case 2 -> f = w.real();
                case 3 -> i = w.integer();
                case 4 -> s = w.array();
                case 5 -> tensor = TensorReader.tensor(w.message());
                case 6 -> graph = graph(w.message());
                case 7 -> w.fixed32(floats);
                case 8 -> w.integers(ints);
                case 9 -> strings.add(w.array());
                case 10 -> tensors.add(TensorReader.tensor(w.message()));
                case 11 -> graphs.add(graph(w.message()));
                case 14 -> type = TypeReader.type(w.message());
                case 20 -> kind = w.int32();
                case 21 -> ref = w.text();
                case 22 -> sparse = TensorReader.sparse(w.message());
                default -> w.skip();
            }
        }
        var fs = new float[floats.size()];
        var bits = floats.array();
        for (int k = 0; k < fs.length; k++) {
            fs[k] = Float.intBitsToFloat((int) bits[k]);
        }
        return new Proto.Attribute(
                name, ref, kind, f, i, s, tensor, graph, sparse, fs, ints.array(), strings, tensors, graphs, type);
    }

    private static Proto.Function function(Wire w) {
        String name = "";
        String domain = "";
        String overload = "";
        var inputs = new ArrayList<String>();
        var outputs = new ArrayList<String>();
        var attributes = new ArrayList<String>();
        var defaults = new LinkedHashMap<String, Proto.Attribute>();
        var nodes = new ArrayList<Proto.Node>();
        var opsets = new LinkedHashMap<String, Long>();
        while (w.next()) {
            switch (w.field()) {
                case 1 -> name = w.text();
                case 4 -> inputs.add(w.text());
                case 5 -> outputs.add(w.text());
                case 6 -> attributes.add(w.text());
                case 7 -> nodes.add(node(w.message()));
                case 9 -> opset(w.message(), opsets);
                case 10 -> domain = w.text();
                case 11 -> {
                    var a = attribute(w.message());
                    defaults.put(a.name(), a);
                }
                case 13 -> overload = w.text();
                default -> w.skip();
            }
        }
        return new Proto.Function(
                name, domain(domain), overload, inputs, outputs, attributes, defaults, nodes, opsets);
    }
}
