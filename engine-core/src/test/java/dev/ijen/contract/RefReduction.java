package dev.ijen.contract;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Reductions, running sums and orders of the reference.
final class RefReduction {
    private RefReduction() {}

    static Value of(Reduction op, Tensor t, Value[] in) {
        return switch (op) {
            case Reduction.Reduce r -> reduce(r, t, in[0]);
            case Reduction.CumSum c -> cumsum(c, in[0]);
            case Reduction.ArgReduce a -> arg(a, t, in[0]);
            case Reduction.ArgSort s -> argsort(s, in[0]);
        };
    }

    private static Value reduce(Reduction.Reduce op, Tensor t, Value x) {
        int n = t.shape().size();
        var real = new double[n];
        var whole = new long[n];
        var seen = new boolean[n];
        for (int i = 0; i < x.shape().size(); i++) {
            var p = Points.at(x.shape(), i);
            for (int k = 0; k < p.length; k++) {
                p[k] = (op.axes() >> k & 1) == 1 ? 0 : p[k];
            }
            int to = Points.flat(t.shape(), p);
            boolean first = !seen[to];
            seen[to] = true;
            if (x.real() != null) {
                double v = x.real()[i];
                real[to] = switch (op.fold()) {
                    case SUM -> real[to] + v;
                    case MAX -> first || v > real[to] || Double.isNaN(v) ? v : real[to];
                    case MIN -> first || v < real[to] || Double.isNaN(v) ? v : real[to];
                };
            } else {
                long v = x.whole()[i];
                whole[to] = switch (op.fold()) {
                    case SUM -> whole[to] + v;
                    case MAX -> first || v > whole[to] ? v : whole[to];
                    case MIN -> first || v < whole[to] ? v : whole[to];
                };
            }
        }
        return x.real() != null ? Value.reals(t.dtype(), t.shape(), real) : Value.wholes(t.dtype(), t.shape(), whole);
    }

    private static Value cumsum(Reduction.CumSum op, Value x) {
        var s = x.shape();
        var real = new double[s.size()];
        var whole = new long[s.size()];
        for (int i = 0; i < s.size(); i++) {
            var p = Points.at(s, i);
            int at = p[op.axis()];
            for (int k = 0; k < s.dim(op.axis()); k++) {
                boolean before = op.reverse() ? k > at : k < at;
                if (before || (k == at && !op.exclusive())) {
                    p[op.axis()] = k;
                    int from = Points.flat(s, p);
                    if (x.real() != null) {
                        real[i] += x.real()[from];
                    } else {
                        whole[i] += x.whole()[from];
                    }
                }
            }
        }
        return x.real() != null ? Value.reals(x.dtype(), s, real) : Value.wholes(x.dtype(), s, whole);
    }

    private static Value arg(Reduction.ArgReduce op, Tensor t, Value x) {
        var y = Value.blank(DType.I32, t.shape());
        for (int i = 0; i < t.shape().size(); i++) {
            var p = Points.at(t.shape(), i);
            int best = 0;
            for (int k = 1; k < x.shape().dim(op.axis()); k++) {
                p[op.axis()] = best;
                int held = Points.flat(x.shape(), p);
                p[op.axis()] = k;
                int c = order(x, Points.flat(x.shape(), p), held);
                boolean isNan = nan(x, Points.flat(x.shape(), p));
                boolean heldNan = nan(x, held);
                if (!heldNan && (isNan || (op.greatest() ? c > 0 : c < 0))) {
                    best = k;
                }
            }
            y.whole()[i] = best;
        }
        return y;
    }

    private static boolean nan(Value x, int i) {
        return x.real() != null && Double.isNaN(x.real()[i]);
    }

    /// By size, NaN above all, −0 equal to 0.
    private static int order(Value x, int i, int j) {
        if (x.real() == null) {
            return Long.compare(x.whole()[i], x.whole()[j]);
        }
        double a = x.real()[i];
        double b = x.real()[j];
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
        }
        return a < b ? -1 : a > b ? 1 : 0;
    }

    private static Value argsort(Reduction.ArgSort op, Value x) {
        Shape s = x.shape();
        var y = Value.blank(DType.I32, s);
        int n = s.dim(-1);
        for (int row = 0; n > 0 && row < s.size() / n; row++) {
            int base = row * n;
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                order.add(i);
            }
            // List.sort is stable
            order.sort((i, j) -> op.descending() ? order(x, base + j, base + i) : order(x, base + i, base + j));
            for (int i = 0; i < n; i++) {
                y.whole()[base + i] = order.get(i);
            }
        }
        return y;
    }
}
