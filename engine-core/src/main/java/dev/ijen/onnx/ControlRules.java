package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// If, Loop and Scan. Loops are unrolled; how often they run must be known.
final class ControlRules {
    /// The most iterations of one loop.
    static final int MAX_ITERATIONS = 1 << 16;

    private ControlRules() {}

    static void add(Ops o) {
        o.values("If", ControlRules::branch);
        o.values("Loop", ControlRules::loop);
        o.values("Scan", ControlRules::scan);
    }

    private static List<Value> branch(Call c) {
        boolean yes;
        try {
            yes = c.host(0).get(0) != 0;
        } catch (DataDependent e) {
            return both(c, e);
        }
        return Interpreter.inner(c, c.graph(yes ? "then_branch" : "else_branch"), List.of());
    }

    /// Both branches, of which one is taken element by element; only if they give tensors of equal shapes.
    private static List<Value> both(Call c, DataDependent why) {
        List<Value> a;
        List<Value> b;
        try {
            a = Interpreter.inner(c, c.graph("then_branch"), List.of());
            b = Interpreter.inner(c, c.graph("else_branch"), List.of());
        } catch (DataDependent e) {
            throw why;
        } catch (dev.ijen.tensor.IjenException e) {
            throw why; // a branch that is not taken need not fit
        }
        var cond = c.x(0).reshape(Shape.scalar());
        var out = new ArrayList<Value>();
        for (int i = 0; i < a.size(); i++) {
            if (!(a.get(i) instanceof Value.Of x) || !(b.get(i) instanceof Value.Of y) || x.type() != y.type()
                    || !x.tensor().shape().equals(y.tensor().shape())) {
                throw why;
            }
            out.add(c.typed(cond.where(x.tensor(), y.tensor()), x.type()));
        }
        return out;
    }

    private static List<Value> loop(Call c) {
        var body = c.graph("body");
        long most = c.has(0) ? c.longs(0)[0] : Long.MAX_VALUE;
        boolean on = !c.has(1) || c.host(1).get(0) != 0;
        int carried = c.arity() - 2;
        var state = new ArrayList<Value>();
        for (int i = 0; i < carried; i++) {
            state.add(c.value(i + 2));
        }
        int scans = body.outputs().size() - 1 - carried;
        var collected = new ArrayList<List<Value>>();
        for (int k = 0; k < scans; k++) {
            collected.add(new ArrayList<>());
        }
        Value condition = c.session().known(HostTensor.of(DType.BOOL, new double[] {1}), OnnxType.BOOL);
        for (long i = 0; i < most && on; i++) {
            if (i >= MAX_ITERATIONS) {
                throw c.unsupported("more than " + MAX_ITERATIONS + " iterations", "a loop that ends");
            }
            var in = new ArrayList<Value>();
            in.add(c.session().known(HostTensor.of(new long[] {i}), OnnxType.INT64));
            in.add(condition);
            in.addAll(state);
            var out = Interpreter.inner(c, body, in);
            condition = out.getFirst();
            on = c.session().host((Value.Of) condition, c.label()).get(0) != 0;
            state = new ArrayList<>(out.subList(1, 1 + carried));
            for (int k = 0; k < scans; k++) {
                collected.get(k).add(out.get(1 + carried + k));
            }
        }
        var result = new ArrayList<>(state);
        for (int k = 0; k < scans; k++) {
            result.add(stack(c, collected.get(k), 0, body.outputs().get(1 + carried + k)));
        }
        return result;
    }

    private static Value stack(Call c, List<Value> parts, int axis, Proto.Value declared) {
        if (parts.isEmpty()) {
            return none(c, declared);
        }
        var type = ((Value.Of) parts.getFirst()).type();
        var t = parts.stream().map(v -> ((Value.Of) v).tensor()).toArray(Tensor[]::new);
        return c.typed(Tensor.stack(axis < 0 ? axis + t[0].shape().rank() + 1 : axis, t), type);
    }

    /// No iterations: extents the graph does not tell are 0.
    private static Value none(Call c, Proto.Value declared) {
        if (!(declared.type() instanceof Proto.Type.OfTensor(var element, var dims)) || OnnxType.of(element) == null) {
            throw c.unsupported("a loop without iterations", "a declared type of '" + declared.name() + "'");
        }
        var d = new int[dims == null ? 1 : dims.size() + 1];
        for (int i = 1; i < d.length; i++) {
            d[i] = dims.get(i - 1) instanceof Long n ? n.intValue() : 0;
        }
        var type = OnnxType.of(element);
        return c.typed(Tensor.full(type.carrier(), 0, Shape.of(d)), type);
    }

    private static List<Value> scan(Call c) {
        if (c.version() < 9) {
            return scanBatches(c);
        }
        return scan(c, c.in(), list(c, "scan_input_axes"), list(c, "scan_output_axes"),
                list(c, "scan_input_directions"),
                list(c, "scan_output_directions"));
    }

    private static int[] list(Call c, String name) {
        return c.list(name) == null ? new int[0] : c.list(name);
    }

    private static int at(int[] l, int i) {
        return i < l.length ? l[i] : 0;
    }

    private static List<Value> scan(Call c, List<Value> inputs, int[] inAxes, int[] outAxes, int[] inDirections,
            int[] outDirections) {
        var body = c.graph("body");
        int m = (int) c.i("num_scan_inputs", 1);
        int carried = inputs.size() - m;
        var state = new ArrayList<>(inputs.subList(0, carried));
        int steps = -1;
        var axes = new int[m];
        for (int k = 0; k < m; k++) {
            var x = (Value.Of) inputs.get(carried + k);
            axes[k] = c.axis(at(inAxes, k), x.tensor().shape().rank());
            steps = x.tensor().shape().dim(axes[k]);
        }
        int scans = body.outputs().size() - carried;
        var collected = new ArrayList<List<Value>>();
        for (int k = 0; k < scans; k++) {
            collected.add(new ArrayList<>());
        }
        for (int i = 0; i < steps; i++) {
            var in = new ArrayList<>(state);
            for (int k = 0; k < m; k++) {
                var x = (Value.Of) inputs.get(carried + k);
                int t = at(inDirections, k) == 1 ? steps - 1 - i : i;
                in.add(new Value.Of(x.tensor().select(axes[k], t), x.type(), null, false));
            }
            var out = Interpreter.inner(c, body, in);
            state = new ArrayList<>(out.subList(0, carried));
            for (int k = 0; k < scans; k++) {
                if (at(outDirections, k) == 1) {
                    collected.get(k).addFirst(out.get(carried + k));
                } else {
                    collected.get(k).add(out.get(carried + k));
                }
            }
        }
        var result = new ArrayList<>(state);
        for (int k = 0; k < scans; k++) {
            result.add(stack(c, collected.get(k), at(outAxes, k), body.outputs().get(carried + k)));
        }
        return result;
    }

    /// Version 8: a batch axis before all others, and lengths as the first input.
    private static List<Value> scanBatches(Call c) {
        int inputs = c.arity() - 1;
        int m = (int) c.i("num_scan_inputs", 1);
        int batch = c.x(1).shape().dim(0);
        var lengths = c.has(0) ? c.ints(0) : null;
        var all = new ArrayList<List<Value>>();
        int longest = c.x(inputs).shape().dim(1);
        for (int b = 0; b < batch; b++) {
            var in = new ArrayList<Value>();
            for (int i = 1; i <= inputs; i++) {
                var x = c.x(i).select(0, b);
                in.add(c.like(i, i > inputs - m && lengths != null ? x.slice(0, 0, lengths[b]) : x));
            }
            all.add(scan(c, in, new int[0], new int[0], list(c, "directions"), new int[0]));
        }
        var out = new ArrayList<Value>();
        for (int k = 0; k < all.getFirst().size(); k++) {
            int n = k;
            var parts = all.stream().map(v -> ((Value.Of) v.get(n)).tensor()).toArray(Tensor[]::new);
            for (int b = 0; b < batch && k >= inputs - m; b++) {
                parts[b] = parts[b].pad(0, 0, longest - parts[b].shape().dim(0));
            }
            out.add(c.typed(Tensor.stack(0, parts), ((Value.Of) all.getFirst().get(k)).type()));
        }
        return out;
    }
}
