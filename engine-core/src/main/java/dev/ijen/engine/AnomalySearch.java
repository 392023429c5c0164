package dev.ijen.engine;

import dev.ijen.graph.Program;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Evaluates a program operation by operation, nothing fused, nothing simplified, no cell changed, and finds the first one whose
/// result is not finite though everything it was given is.
final class AnomalySearch {
    private final Engine engine;
    private final HostTensor[] arguments;
    private final Map<Tensor, HostTensor> values = new IdentityHashMap<>();
    private final Map<Tensor, Integer> uses = new IdentityHashMap<>();
    private final Map<Tensor, Found> bad = new IdentityHashMap<>();

    /// A result that is not finite.
    private record Found(boolean nan, Anomaly anomaly) {}

    /// What values are like.
    private record Range(long nan, long infinite, double min, double max, long size) {
        static Range of(HostTensor t) {
            long nan = 0;
            long infinite = 0;
            double min = Double.POSITIVE_INFINITY;
            double max = Double.NEGATIVE_INFINITY;
            long n = t.shape().size();
            for (int i = 0; i < n; i++) {
                double v = t.get(i);
                if (Double.isFinite(v)) {
                    min = Math.min(min, v);
                    max = Math.max(max, v);
                } else if (Double.isNaN(v)) {
                    nan++;
                } else {
                    infinite++;
                }
            }
            return new Range(nan, infinite, min, max, n);
        }

        boolean finite() {
            return nan + infinite == 0;
        }

        private static String number(double v) {
            return v == Math.rint(v) && Math.abs(v) < 1e6 ? String.valueOf((long) v)
                    : String.format(Locale.ROOT, "%.4g", v);
        }

        @Override
        public String toString() {
            if (!finite()) {
                return (nan > 0 ? "NaN in " + nan : "infinity in " + infinite) + " of " + size + " values";
            }
            return size == 0 ? "no values" : "from " + number(min) + " to " + number(max);
        }
    }

    private AnomalySearch(Engine engine, HostTensor... arguments) {
        this.engine = engine;
        this.arguments = arguments;
    }

    /// Looks through a program for the values that cells have now.
    static Optional<Anomaly> run(Engine engine, Program program, HostTensor... arguments) {
        return new AnomalySearch(engine, arguments).search(program);
    }

    private Optional<Anomaly> search(Program program) {
        var order = program.tensors();
        for (var t : order) {
            for (int i = 0; i < t.arity(); i++) {
                uses.merge(t.input(i), 1, Integer::sum);
            }
        }
        Tensor infinite = null;
        for (var t : order) {
            if (constant(t)) {
                continue;
            }
            var value = value(t);
            if (t.dtype().isFloat()) {
                var range = Range.of(value);
                if (!range.finite()) {
                    bad.put(t, new Found(range.nan > 0, describe(t, range)));
                    if (range.nan > 0) {
                        return Optional.of(origin(t));
                    }
                    infinite = infinite == null ? t : infinite;
                }
            }
            values.put(t, value);
            release(t);
        }
        return Optional.ofNullable(infinite).map(this::origin);
    }

    /// Back along what is not finite to where it began. NaN comes before infinity, which may be meant: masks are made of it.
    private Anomaly origin(Tensor t) {
        for (boolean nan : new boolean[] {true, false}) {
            for (int i = 0; i < t.arity(); i++) {
                var f = bad.get(t.input(i));
                if (f != null && f.nan == nan) {
                    return origin(t.input(i));
                }
            }
        }
        return bad.get(t).anomaly;
    }

    /// Part of the expression it is used in.
    private static boolean constant(Tensor t) {
        return t.op() instanceof Leaf.Const || t.op() instanceof Leaf.Iota;
    }

    private HostTensor value(Tensor t) {
        return switch (t.op()) {
            case Leaf.Input i -> arguments[i.slot()];
            case Leaf.Literal l -> l.data();
            case Leaf.Read(var cell) -> ((Held) cell).read();
            default -> {
                var in = new Tensor[t.arity()];
                for (int i = 0; i < in.length; i++) {
                    var x = t.input(i);
                    in[i] = constant(x) ? x : Tensor.of(values.get(x));
                }
                // one of its own each time: what is kept of a program is memory, and there are as many as operations
                try (var evaluation = new Evaluation(engine)) {
                    yield evaluation.run(List.of(t.on(in)), Map.of()).getFirst();
                }
            }
        };
    }

    /// Forgets inputs after their last use.
    private void release(Tensor t) {
        for (int i = 0; i < t.arity(); i++) {
            if (uses.merge(t.input(i), -1, Integer::sum) == 0) {
                values.remove(t.input(i));
            }
        }
    }

    private Anomaly describe(Tensor t, Range range) {
        var inputs = new ArrayList<String>();
        for (int i = 0; i < t.arity(); i++) {
            var x = t.input(i);
            var type = x.dtype() + x.shape().toString();
            inputs.add(constant(x) ? x.op().label() : type + " " + Range.of(values.get(x)));
        }
        var operation = t.op() instanceof Leaf.Read(var cell) ? "the value of " + cell.name()
                : t.op() instanceof Leaf.Input i ? "argument " + i.slot() : t.op().label();
        return new Anomaly(
                operation, t.where(), t.layer(), range + ", " + t.dtype() + t.shape(), inputs);
    }
}
