package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Sequences and values that may be missing.
final class SequenceRules {
    private SequenceRules() {}

    static void add(Ops o) {
        o.values("SequenceEmpty", c -> List.of(new Value.Seq(List.of())));
        o.values("SequenceConstruct", c -> List.of(new Value.Seq(List.copyOf(c.in()))));
        o.values("SequenceLength", c -> List.of(
                c.session().known(HostTensor.of(new long[] {items(c, 0).size()}), OnnxType.INT64)));
        o.values("SequenceAt", c -> List.of(items(c, 0).get(place(c, 1, items(c, 0).size() - 1))));
        o.values("SequenceInsert", c -> {
            var l = new ArrayList<>(items(c, 0));
            l.add(c.has(2) ? place(c, 2, l.size()) : l.size(), c.value(1));
            return List.of(new Value.Seq(l));
        });
        o.values("SequenceErase", c -> {
            var l = new ArrayList<>(items(c, 0));
            l.remove(c.has(1) ? place(c, 1, l.size() - 1) : l.size() - 1);
            return List.of(new Value.Seq(l));
        });
        o.values("SplitToSequence", c -> List.of(split(c)));
        o.values("ConcatFromSequence", c -> List.of(concat(c)));
        o.values("SequenceMap", SequenceRules::map);
        o.values("Optional", c -> List.of(new Value.Opt(c.has(0) ? c.value(0) : null)));
        o.values("OptionalHasElement", c -> {
            boolean has = c.has(0) && !(c.value(0) instanceof Value.Opt(var v) && v == null);
            return List.of(c.session().known(HostTensor.of(DType.BOOL, new double[] {has ? 1 : 0}), OnnxType.BOOL));
        });
        o.values("OptionalGetElement", c -> {
            if (c.value(0) instanceof Value.Opt(var v)) {
                if (v == null) {
                    throw c.fail("an optional without a value", "one with a value");
                }
                return List.of(v);
            }
            return List.of(c.value(0));
        });
    }

    static List<Value> items(Call c, int i) {
        return switch (c.value(i)) {
            case Value.Seq(var l) -> l;
            case Value.Opt(Value.Seq(var l)) -> l;
            default -> throw c.fail("input " + i + " that is no sequence", "a sequence");
        };
    }

    private static int place(Call c, int i, int last) {
        long p = c.longs(i)[0];
        long n = (long) last + (c.node().op().equals("SequenceInsert") ? 0 : 1);
        long k = p < 0 ? p + n : p;
        if (k < 0 || k > last) {
            throw c.fail("place " + p, "a place from " + -n + " to " + last);
        }
        return (int) k;
    }

    private static Value split(Call c) {
        var x = c.x(0);
        int a = c.axis(c.i("axis", 0), x.shape().rank());
        int n = x.shape().dim(a);
        boolean each = !c.has(1);
        var parts = new ArrayList<Value>();
        int[] sizes;
        if (each || c.x(1).shape().rank() == 0) {
            int size = each ? 1 : (int) c.longs(1)[0];
            if (size < 1) {
                throw c.fail("parts of " + size, "at least 1");
            }
            sizes = new int[(n + size - 1) / size];
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = Math.min(size, n - i * size);
            }
        } else {
            sizes = c.ints(1);
        }
        int at = 0;
        for (int s : sizes) {
            var p = x.slice(a, at, s);
            parts.add(c.like(0, each && c.i("keepdims", 1) == 0 ? p.dropAxis(a) : p));
            at += s;
        }
        return new Value.Seq(parts);
    }

    private static Value concat(Call c) {
        var l = items(c, 0).stream().map(v -> ((Value.Of) v).tensor()).toArray(Tensor[]::new);
        if (l.length == 0) {
            throw c.fail("an empty sequence", "at least one tensor");
        }
        var type = ((Value.Of) items(c, 0).getFirst()).type();
        boolean fresh = c.flag("new_axis");
        int rank = l[0].shape().rank() + (fresh ? 1 : 0);
        int a = c.axis(c.i("axis", 0), rank);
        return c.typed(fresh ? Tensor.stack(a, l) : Tensor.concat(a, l), type);
    }

    private static List<Value> map(Call c) {
        var body = c.graph("body");
        var out = new ArrayList<List<Value>>();
        body.outputs().forEach(o -> out.add(new ArrayList<>()));
        int n = items(c, 0).size();
        for (int i = 0; i < n; i++) {
            var in = new ArrayList<Value>();
            for (int k = 0; k < c.arity(); k++) {
                in.add(c.value(k) instanceof Value.Seq(var l) ? l.get(i) : c.value(k));
            }
            var r = Interpreter.inner(c, body, in);
            for (int k = 0; k < r.size(); k++) {
                out.get(k).add(r.get(k));
            }
        }
        return out.stream().<Value>map(Value.Seq::new).toList();
    }
}
