package dev.ijen.onnx;

import dev.ijen.format.FormatException;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// One node with its inputs: what an operator's rule reads.
///
/// @param version of the operator set it belongs to
/// @param in its inputs; null where one is left out
/// @param scope names around it, for graphs inside of it
record Call(Proto.Node node, long version, List<Value> in, Map<String, Proto.Attribute> attributes, Session session,
        Scope scope) {

    int arity() {
        return in.size();
    }

    boolean has(int i) {
        return i < in.size() && in.get(i) != null;
    }

    /// Input `i`, whatever it is.
    Value value(int i) {
        if (!has(i)) {
            throw fail(in.size() + " inputs, none at " + i, "input " + i);
        }
        return in.get(i);
    }

    /// Input `i`, a tensor.
    Value.Of of(int i) {
        return value(i) instanceof Value.Of t ? t : value(i) instanceof Value.Opt(Value.Of t) ? t : notTensor(i);
    }

    private Value.Of notTensor(int i) {
        throw fail("a sequence or nothing as input " + i, "a tensor");
    }

    /// Input `i` as an expression.
    Tensor x(int i) {
        return of(i).tensor();
    }

    OnnxType type(int i) {
        return of(i).type();
    }

    /// Values of input `i`.
    HostTensor host(int i) {
        return session.host(of(i), label());
    }

    /// Values of input `i` as whole numbers.
    long[] longs(int i) {
        return host(i).toLongArray();
    }

    int[] ints(int i) {
        return ints(longs(i));
    }

    /// Whole numbers as ints; extents and axes beyond that are errors.
    int[] ints(long[] v) {
        var r = new int[v.length];
        for (int i = 0; i < r.length; i++) {
            if (v[i] != (int) v[i]) {
                // a bound "to the end" may be any large number
                r[i] = v[i] > 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE + 1;
            } else {
                r[i] = (int) v[i];
            }
        }
        return r;
    }

    boolean given(String name) {
        return attributes.containsKey(name);
    }

    long i(String name, long otherwise) {
        var a = attributes.get(name);
        return a == null ? otherwise : a.i();
    }

    boolean flag(String name) {
        return i(name, 0) != 0;
    }

    float f(String name, double otherwise) {
        var a = attributes.get(name);
        return a == null ? (float) otherwise : a.f();
    }

    String s(String name, String otherwise) {
        var a = attributes.get(name);
        return a == null ? otherwise : new String(a.s(), StandardCharsets.UTF_8);
    }

    /// Whole numbers of an attribute, or null.
    int[] list(String name) {
        var a = attributes.get(name);
        return a == null ? null : ints(a.ints());
    }

    /// Whole numbers of an attribute that must be there.
    int[] needed(String name) {
        var l = list(name);
        if (l == null) {
            throw fail("no attribute " + name, "whole numbers");
        }
        return l;
    }

    float[] floats(String name) {
        var a = attributes.get(name);
        return a == null ? null : a.floats();
    }

    List<String> strings(String name) {
        var a = attributes.get(name);
        return a == null ? null : a.strings().stream().map(b -> new String(b, StandardCharsets.UTF_8)).toList();
    }

    Proto.Graph graph(String name) {
        var a = attributes.get(name);
        if (a == null || a.graph() == null) {
            throw fail("no attribute " + name, "a graph");
        }
        return a.graph();
    }

    /// True if somebody may read output `k`.
    boolean wants(int k) {
        return k < node.outputs().size() && !node.outputs().get(k).isEmpty();
    }

    /// An axis, counted from the end if negative.
    int axis(long a, int rank) {
        if (a < -rank || a >= rank) {
            throw fail("axis " + a, "an axis from " + -rank + " to " + (rank - 1));
        }
        return (int) (a < 0 ? a + rank : a);
    }

    /// Whole numbers from input `i` if it is there, else from an attribute, or null.
    int[] listOr(int i, String name) {
        return has(i) ? ints(i) : list(name);
    }

    /// An output with the type its expression has.
    Value.Of natural(Tensor t) {
        return typed(t, OnnxType.of(t.dtype()));
    }

    /// An output of a type, brought into its range.
    Value.Of typed(Tensor t, OnnxType type) {
        var c = t.cast(type.carrier());
        return new Value.Of(type.own() ? c : Session.wrap(c, type), type, null, false);
    }

    /// An output of the type of input `i`.
    Value.Of like(int i, Tensor t) {
        return typed(t, type(i));
    }

    /// An output of whole numbers of 64 bits.
    Value.Of int64(Tensor t) {
        return typed(t.cast(DType.I64), OnnxType.INT64);
    }

    /// The operator's name with its domain and version, and the node's.
    String label() {
        return node.op() + " (node '" + node.label() + "', " + (node.domain().isEmpty() ? "ai.onnx" : node.domain())
                + " " + version + ")";
    }

    IjenException fail(String got, String expected) {
        return FormatException.damaged(session.file(), label(), got, expected, "check the model with its exporter");
    }

    /// What no rule foresaw, which for a sound model is our mistake.
    FormatException fail(RuntimeException stumble) {
        return FormatException.damaged(session.file(), label(), String.valueOf(stumble.getMessage()),
                "inputs and attributes as the operator has them",
                "check the model with its exporter; if it is sound, report it with what --verbose says", stumble);
    }

    /// Something the operator may say that is not done here.
    IjenException unsupported(String got, String expected) {
        return FormatException.unsupported(session.file(), label(), got, expected,
                "change the model, or report the case");
    }
}
