package dev.ijen.onnx;

import dev.ijen.engine.Step;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compiled steps of a model: one for all values, or one for each value of the inputs that shapes and branches depend on.
final class Runs implements AutoCloseable {
    private static final int MAX_SPECIALISED = 32;
    private static final int MAX_FIXED = 64;

    private final OnnxModel model;
    private final Map<List<Object>, Step> steps = new LinkedHashMap<>(16, 0.75f, true);
    private Set<Integer> fixed = Set.of();
    private boolean inParts;

    Runs(OnnxModel model) {
        this.model = model;
    }

    synchronized List<HostTensor> run(HostTensor... in) {
        if (in.length != model.inputs().size()) {
            throw new IjenException("onnx: wrong number of inputs", in.length + "",
                    model.inputs().size() + ": " + model.inputs(),
                    "pass one for each");
        }
        while (!inParts) {
            try {
                var out = step(in).run(without(fixed, in));
                var r = new ArrayList<HostTensor>();
                for (int i = 0; i < out.size(); i++) {
                    r.add(out.get(i));
                }
                return r;
            } catch (DataDependent e) {
                // slots are of the step's arguments: back to the model's
                var slots = original(e.slots(), in.length);
                if (slots.isEmpty() || fixed.containsAll(slots) || !mayFix(slots, in)) {
                    inParts = true;
                } else {
                    fixed = union(fixed, slots);
                }
            }
        }
        return model.eager(in);
    }

    /// Which inputs may be fixed: whole numbers, few.
    private static boolean mayFix(Set<Integer> slots, HostTensor... in) {
        return slots.stream().allMatch(i -> i < in.length && !in[i].dtype().isFloat()
                && in[i].shape().size() <= MAX_FIXED);
    }

    private static Set<Integer> union(Set<Integer> a, Set<Integer> b) {
        var s = new HashSet<>(a);
        s.addAll(b);
        return s;
    }

    private static HostTensor[] without(Set<Integer> fixed, HostTensor... in) {
        var l = new ArrayList<HostTensor>();
        for (int i = 0; i < in.length; i++) {
            if (!fixed.contains(i)) {
                l.add(in[i]);
            }
        }
        return l.toArray(HostTensor[]::new);
    }

    private Set<Integer> original(Set<Integer> slots, int n) {
        var free = new ArrayList<Integer>();
        for (int i = 0; i < n; i++) {
            if (!fixed.contains(i)) {
                free.add(i);
            }
        }
        var s = new HashSet<Integer>();
        slots.forEach(k -> s.add(free.get(k)));
        return s;
    }

    private Step step(HostTensor... in) {
        var key = new ArrayList<Object>();
        fixed.stream().sorted().forEach(i -> {
            key.add(i);
            key.add(in[i].shape());
            for (long v : in[i].toLongArray()) {
                key.add(v);
            }
        });
        key.add(fixed.isEmpty() ? 0 : in.length);
        var s = steps.get(key);
        if (s == null) {
            var copy = in.clone();
            s = model.step(fixed, copy);
            steps.put(key, s);
            if (steps.size() > MAX_SPECIALISED) {
                var eldest = steps.entrySet().iterator().next();
                steps.remove(eldest.getKey()).close();
            }
        }
        return s;
    }

    @Override
    public synchronized void close() {
        steps.values().forEach(Step::close);
        steps.clear();
    }
}
