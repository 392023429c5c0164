package dev.ijen.contract;

import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// Moving operations of the reference.
final class RefMovement {
    private RefMovement() {}

    static Value of(Movement op, Tensor t, Value[] in) {
        var x = in[0];
        var to = t.shape();
        return switch (op) {
            case Movement.Reshape r -> x.under(to);
            case Movement.Broadcast b -> pick(t, x, p -> {
                var q = new int[x.shape().rank()];
                for (int i = 0; i < q.length; i++) {
                    q[i] = x.shape().dim(i) == 1 ? 0 : p[i + p.length - q.length];
                }
                return q;
            });
            case Movement.Permute m -> pick(t, x, p -> {
                var q = new int[p.length];
                for (int i = 0; i < p.length; i++) {
                    q[m.order().get(i)] = p[i];
                }
                return q;
            });
            case Movement.Slice s -> pick(t, x, p -> {
                var q = new int[p.length];
                for (int i = 0; i < p.length; i++) {
                    q[i] = s.start().get(i) + s.step().get(i) * p[i];
                }
                return q;
            });
            case Movement.Place place -> {
                var y = fill(t, place.fill());
                for (int i = 0; i < x.shape().size(); i++) {
                    var p = Points.at(x.shape(), i);
                    for (int k = 0; k < p.length; k++) {
                        p[k] = place.start().get(k) + place.step().get(k) * p[k];
                    }
                    y.copy(Points.flat(to, p), x, i);
                }
                yield y;
            }
            case Movement.Concat c -> {
                var y = Value.blank(t.dtype(), to);
                int at = 0;
                for (var part : in) {
                    for (int i = 0; i < part.shape().size(); i++) {
                        var p = Points.at(part.shape(), i);
                        p[c.axis()] += at;
                        y.copy(Points.flat(to, p), part, i);
                    }
                    at += part.shape().dim(c.axis());
                }
                yield y;
            }
        };
    }

    private static Value fill(Tensor t, double v) {
        var y = Value.blank(t.dtype(), t.shape());
        for (int i = 0; i < t.shape().size(); i++) {
            if (y.real() != null) {
                y.real()[i] = Value.round(t.dtype(), v);
            } else {
                y.whole()[i] = Value.wrap(t.dtype(), (long) v);
            }
        }
        return y;
    }

    private interface Source {
        int[] of(int[] point);
    }

    private static Value pick(Tensor t, Value x, Source source) {
        Shape to = t.shape();
        var y = Value.blank(t.dtype(), to);
        for (int i = 0; i < to.size(); i++) {
            y.copy(i, x, Points.flat(x.shape(), source.of(Points.at(to, i))));
        }
        return y;
    }
}
