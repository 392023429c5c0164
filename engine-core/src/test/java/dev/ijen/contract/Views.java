package dev.ijen.contract;

import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Function;

/// Ways to bring the same numbers to an operation out of memory that is laid out otherwise.
final class Views {
    static final int KINDS = 4;

    private Views() {}

    /// @param base what lies in memory
    /// @param view makes the numbers of it
    record View(Value base, Function<Tensor, Tensor> view) {}

    static String name(int kind) {
        return switch (kind) {
            case 0 -> "a permutation";
            case 1 -> "a slice with steps";
            case 2 -> "a slice backward";
            case 3 -> "a broadcast";
            default -> throw new IllegalArgumentException();
        };
    }

    static View of(Value v, int kind) {
        var s = v.shape();
        int r = s.rank();
        return switch (kind) {
            case 0 -> {
                // stored with axes in reverse
                var back = new int[r];
                var dims = new int[r];
                for (int i = 0; i < r; i++) {
                    back[i] = r - 1 - i;
                    dims[i] = s.dim(r - 1 - i);
                }
                var base = Value.blank(v.dtype(), Shape.of(dims));
                for (int i = 0; i < s.size(); i++) {
                    var p = Points.at(s, i);
                    var q = new int[r];
                    Arrays.setAll(q, k -> p[back[k]]);
                    base.copy(Points.flat(base.shape(), q), v, i);
                }
                yield new View(base, x -> x.permute(back));
            }
            case 1 -> spread(v, 1, 2);
            case 2 -> spread(v, 2, -1);
            case 3 -> {
                // only numbers that do not differ along the first axis
                if (r == 0 || s.dim(0) == 0) {
                    yield new View(v, x -> x);
                }
                var base = Value.blank(v.dtype(), s.with(0, 1));
                for (int i = 0; i < base.shape().size(); i++) {
                    base.copy(i, v, i);
                }
                yield new View(base, x -> x.broadcast(s));
            }
            default -> throw new IllegalArgumentException();
        };
    }

    /// Each axis of a larger base is read from `start` on in steps; between lie other numbers.
    private static View spread(Value v, int before, int step) {
        var s = v.shape();
        var dims = s.dims();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = before + Math.abs(step) * dims[i] + 1;
        }
        var base = Value.blank(v.dtype(), Shape.of(dims));
        for (int i = 0; i < base.shape().size(); i++) {
            if (s.size() > 0) {
                base.copy(i, v, i % s.size());
            }
        }
        for (int i = 0; i < s.size(); i++) {
            var p = Points.at(s, i);
            for (int k = 0; k < p.length; k++) {
                p[k] = step > 0 ? before + step * p[k] : before + (s.dim(k) - 1 - p[k]) * -step;
            }
            base.copy(Points.flat(base.shape(), p), v, i);
        }
        return new View(base, x -> {
            for (int k = 0; k < s.rank(); k++) {
                x = x.slice(k, step > 0 ? before : before + (s.dim(k) - 1) * -step, s.dim(k), step);
            }
            return x;
        });
    }
}
