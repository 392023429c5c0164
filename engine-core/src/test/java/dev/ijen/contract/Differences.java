package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.fail;

import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Central differences in f64: (f(x + ε) − f(x − ε)) / 2ε with ε = 1e-6, against a gradient, within 1e-5 + 1e-3 · |difference|.
final class Differences {
    private static final double EPSILON = 1e-6;

    private Differences() {}

    /// Compares `gradient` (with respect to argument `of`) with differences of the scalar `f`, at no more than 24 elements.
    static void check(String what, Tensor f, List<Value> at, int of, Value gradient) {
        int n = at.get(of).shape().size();
        int stride = Math.max(1, n / 24);
        for (int i = 0; i < n; i += stride) {
            double d = (value(f, at, of, i, EPSILON) - value(f, at, of, i, -EPSILON)) / (2 * EPSILON);
            double g = gradient.real()[i];
            if (!(Math.abs(g - d) <= 1e-5 + 1e-3 * Math.abs(d))) {
                fail("%s: gradient of argument %d, element %d, is %s, differences give %s".formatted(what, of, i, g,
                        d));
            }
        }
    }

    private static double value(Tensor f, List<Value> at, int of, int element, double by) {
        var moved = new ArrayList<>(at);
        var v = at.get(of).real().clone();
        v[element] += by;
        moved.set(of, new Value(at.get(of).dtype(), at.get(of).shape(), v, null));
        return Reference.evaluate(List.of(f), moved, Map.of()).getFirst().at(0);
    }
}
