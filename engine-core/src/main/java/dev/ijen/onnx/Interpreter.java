package dev.ijen.onnx;

import dev.ijen.format.FormatException;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Builds the tensors of a graph, node by node in the order of the file.
final class Interpreter {
    /// How deep functions and graphs may be inside each other.
    static final int MAX_DEPTH = 64;

    /// Results that differ at each use, and so are never folded.
    private static final Set<String> RANDOM = Set.of(
            "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial",
            "Dropout");

    private Interpreter() {}

    /// Runs the nodes of a graph inside a scope that has its inputs.
    static List<Value> run(Session s, Proto.Graph g, Scope scope) {
        for (var t : g.initializers()) {
            if (scope.get(t.name()) == null || scope.depth() > 0) {
                scope.put(t.name(), s.known(s.data().read(t), s.data().type(t)));
            }
        }
        for (var sparse : g.sparse()) {
            scope.put(sparse.values().name(), s.known(s.data().dense(sparse), s.data().type(sparse.values())));
        }
        nodes(s, g.nodes(), scope, Map.of());
        var out = new ArrayList<Value>();
        for (var o : g.outputs()) {
            var v = scope.get(o.name());
            if (v == null) {
                throw FormatException.damaged(
                        s.file(), "graph '" + g.name() + "'", "an output '" + o.name() + "' that no node makes",
                        "outputs of nodes, inputs or initializers", "export the model again");
            }
            out.add(v);
        }
        return out;
    }

    /// @param outer attributes of the function these nodes are of
    private static void nodes(Session s, List<Proto.Node> nodes, Scope scope, Map<String, Proto.Attribute> outer) {
        for (var n : nodes) {
            var in = new ArrayList<Value>();
            for (var name : n.inputs()) {
                var v = name.isEmpty() ? null : scope.get(name);
                if (v == null && !name.isEmpty()) {
                    throw FormatException.damaged(
                            s.file(), "node '" + n.label() + "' (" + n.op() + ")",
                            "an input '" + name + "' that nothing before it makes",
                            "inputs made by earlier nodes", "export the model again: nodes must be in order");
                }
                in.add(Value.MISSING.equals(v) ? null : v);
            }
            while (!in.isEmpty() && in.getLast() == null) {
                in.removeLast();
            }
            var out = call(s, n, in, scope, attributes(n, outer));
            scope.done(n, out);
            for (int k = 0; k < n.outputs().size(); k++) {
                var name = n.outputs().get(k);
                if (!name.isEmpty() && k < out.size() && out.get(k) != null) {
                    scope.put(name, out.get(k));
                }
            }
        }
    }

    private static Map<String, Proto.Attribute> attributes(Proto.Node n, Map<String, Proto.Attribute> outer) {
        boolean refers = n.attributes().values().stream().anyMatch(a -> !a.ref().isEmpty());
        if (!refers) {
            return n.attributes();
        }
        var m = new HashMap<String, Proto.Attribute>();
        n.attributes().forEach((k, a) -> {
            var v = a.ref().isEmpty() ? a : outer.get(a.ref());
            if (v != null) {
                m.put(k, v);
            }
        });
        return m;
    }

    private static List<Value> call(Session s, Proto.Node n, List<Value> in, Scope scope,
            Map<String, Proto.Attribute> attributes) {
        long version = scope.opsets().getOrDefault(n.domain(), 1L);
        var c = new Call(n, version, in, attributes, s, scope);
        var f = s.functions().get(key(n.domain(), n.op(), n.overload()));
        if (f != null) {
            return function(s, f, c);
        }
        var rule = Ops.find(n.domain(), n.op());
        if (rule == null) {
            throw FormatException.unsupported(
                    s.file(), "operator " + n.op(),
                    "node '" + n.label() + "' of domain '" + (n.domain().isEmpty() ? "ai.onnx" : n.domain())
                            + "', operator set " + version,
                    "an operator listed in docs/onnx.md",
                    "export without it, or define it as a function of the model");
        }
        List<Value> out;
        try {
            out = rule.apply(c);
        } catch (FormatException | DataDependent e) {
            throw e;
        } catch (IjenException e) {
            throw new IjenException(e.getMessage() + "\n  in:       " + c.label(), e);
        } catch (NullPointerException | IndexOutOfBoundsException | ArithmeticException | NegativeArraySizeException
                | IllegalArgumentException | ClassCastException e) {
            throw c.fail(e); // two hundred operators, each with attributes a hostile file may leave out or twist
        }
        boolean known = !RANDOM.contains(n.op());
        for (var v : in) {
            known &= v == null || (v instanceof Value.Of t && t.known());
        }
        return known ? fold(s, out) : out;
    }

    private static List<Value> fold(Session s, List<Value> out) {
        var r = new ArrayList<Value>();
        for (var v : out) {
            if (v instanceof Value.Of t && !t.known()) {
                var h = t.host() != null ? t.host() : Fold.of(t.tensor()).orElse(null);
                r.add(h == null ? new Value.Of(t.tensor(), t.type(), null, true) : s.known(h, t.type()));
            } else {
                r.add(v);
            }
        }
        return r;
    }

    /// Where a function of the model is found.
    static String key(String domain, String name, String overload) {
        return domain + ":" + name + ":" + overload;
    }

    private static List<Value> function(Session s, Proto.Function f, Call c) {
        int depth = c.scope().depth() + 1;
        if (depth > MAX_DEPTH) {
            throw c.fail("functions nested " + depth + " deep", "at most " + MAX_DEPTH);
        }
        var opsets = new HashMap<>(c.scope().opsets());
        opsets.putAll(f.opsets());
        var inner = new Scope(null, opsets, depth);
        var attributes = new HashMap<>(f.defaults());
        attributes.putAll(c.attributes());
        for (int i = 0; i < f.inputs().size(); i++) {
            if (c.has(i)) {
                inner.put(f.inputs().get(i), c.value(i));
            } else {
                inner.put(f.inputs().get(i), Value.MISSING);
            }
        }
        nodes(s, f.nodes(), inner, attributes);
        var out = new ArrayList<Value>();
        for (var name : f.outputs()) {
            out.add(inner.get(name));
        }
        return out;
    }

    /// Runs a graph of a node's attribute with its inputs.
    static List<Value> inner(Call c, Proto.Graph g, List<Value> inputs) {
        int depth = c.scope().depth() + 1;
        if (depth > MAX_DEPTH) {
            throw c.fail("graphs nested " + depth + " deep", "at most " + MAX_DEPTH);
        }
        if (inputs.size() > g.inputs().size()) {
            throw c.fail(g.inputs().size() + " inputs of the inner graph", inputs.size() + " inputs");
        }
        var scope = new Scope(c.scope(), c.scope().opsets(), depth);
        for (int i = 0; i < inputs.size(); i++) {
            scope.put(g.inputs().get(i).name(), inputs.get(i));
        }
        return run(c.session(), g, scope);
    }
}
