package dev.ijen.contract;

import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import dev.ijen.tensor.Windowed;
import java.util.Arrays;

/// Convolution and pooling of the reference, channels last.
final class RefWindow {
    private RefWindow() {}

    /// One tap of one window that lies inside the input; positions are numbered over the spatial axes.
    private interface Tap {
        void at(int output, int input, int window);
    }

    static Value of(Windowed op, Tensor t, Value[] in) {
        return switch (op) {
            case Windowed.Conv c ->
                    conv(c.window(), c.groups(), t, in[0].shape(), t.shape(), in[1].shape(), in[0], in[1], null);
            case Windowed.ConvInputGradient c ->
                    conv(c.window(), c.groups(), t, t.shape(), in[0].shape(), in[1].shape(), null, in[1], in[0]);
            case Windowed.ConvFilterGradient c ->
                    conv(c.window(), c.groups(), t, in[0].shape(), in[1].shape(), t.shape(), in[0], null, in[1]);
            case Windowed.MaxPool p -> max(p.window(), t, in[0], null, t.shape(), 0);
            case Windowed.MaxPick p -> max(p.window(), t, in[0], in[1], t.shape(), 1);
            case Windowed.MaxPoolGradient p -> max(p.window(), t, in[0], in[1], in[1].shape(), 2);
            case Windowed.SumPool p -> sum(p.window(), t, in[0], in[0].shape(), t.shape(), true);
            case Windowed.SumPoolGradient p -> sum(p.window(), t, in[0], t.shape(), in[0].shape(), false);
        };
    }

    private static Shape spatial(Shape s) {
        return Shape.of(Arrays.copyOfRange(s.dims(), 1, s.rank() - 1));
    }

    private static void taps(WindowSpec w, Shape x, Shape y, Tap tap) {
        var size = Shape.of(w.size().stream().mapToInt(i -> i).toArray());
        for (int o = 0; o < y.size(); o++) {
            var p = Points.at(y, o);
            for (int r = 0; r < size.size(); r++) {
                var q = Points.at(size, r);
                boolean inside = true;
                for (int i = 0; i < q.length; i++) {
                    q[i] = p[i] * w.stride().get(i) - w.padLow().get(i) + q[i] * w.dilation().get(i);
                    inside &= q[i] >= 0 && q[i] < x.dim(i);
                }
                if (inside) {
                    tap.at(o, Points.flat(x, q), r);
                }
            }
        }
    }

    /// Whichever of x, w and y is null is computed from the other two.
    private static Value conv(
            WindowSpec spec, int groups, Tensor t, Shape xs, Shape ys, Shape ws, Value x, Value w, Value y) {
        var sum = new double[t.shape().size()];
        int cs = xs.dim(-1);
        int ks = ys.dim(-1);
        int perGroup = cs / groups;
        int taps = ws.size() / Math.max(1, ks * perGroup);
        var sx = spatial(xs);
        var sy = spatial(ys);
        for (int image = 0; image < xs.dim(0); image++) {
            int n = image;
            taps(spec, sx, sy, (o, i, r) -> {
                for (int k = 0; k < ks; k++) {
                    int group = k / (ks / groups);
                    for (int c = 0; c < perGroup; c++) {
                        int atX = (n * sx.size() + i) * cs + group * perGroup + c;
                        int atY = (n * sy.size() + o) * ks + k;
                        int atW = (k * taps + r) * perGroup + c;
                        if (y == null) {
                            sum[atY] += x.real()[atX] * w.real()[atW];
                        } else if (x == null) {
                            sum[atX] += y.real()[atY] * w.real()[atW];
                        } else {
                            sum[atW] += x.real()[atX] * y.real()[atY];
                        }
                    }
                }
            });
        }
        return Value.reals(t.dtype(), t.shape(), sum);
    }

    /// Mode 0: the maxima; 1: g where they are; 2: g, shaped like the maxima, sent there.
    private static Value max(WindowSpec spec, Tensor t, Value x, Value g, Shape ys, int mode) {
        var r = new double[t.shape().size()];
        var sx = spatial(x.shape());
        var sy = spatial(ys);
        int cs = x.shape().dim(-1);
        for (int n = 0; n < x.shape().dim(0); n++) {
            for (int c = 0; c < cs; c++) {
                var where = new int[sy.size()];
                Arrays.fill(where, -1);
                int base = n * sx.size();
                int channel = c;
                taps(spec, sx, sy, (o, i, tap) -> {
                    int at = (base + i) * cs + channel;
                    double v = x.real()[at];
                    double held = where[o] < 0 ? Double.NEGATIVE_INFINITY : x.real()[where[o]];
                    if (where[o] < 0 || (!Double.isNaN(held) && (v > held || Double.isNaN(v)))) {
                        where[o] = at;
                    }
                });
                for (int o = 0; o < where.length; o++) {
                    int at = (n * sy.size() + o) * cs + c;
                    if (mode == 0) {
                        r[at] = where[o] < 0 ? Double.NEGATIVE_INFINITY : x.real()[where[o]];
                    } else if (mode == 1) {
                        r[at] = where[o] < 0 ? 0 : g.real()[where[o]];
                    } else if (where[o] >= 0) {
                        r[where[o]] += g.real()[at];
                    }
                }
            }
        }
        return Value.reals(t.dtype(), t.shape(), r);
    }

    private static Value sum(WindowSpec spec, Tensor t, Value from, Shape xs, Shape ys, boolean forward) {
        var r = new double[t.shape().size()];
        var sx = spatial(xs);
        var sy = spatial(ys);
        int cs = xs.dim(-1);
        for (int image = 0; image < xs.dim(0); image++) {
            int n = image;
            taps(spec, sx, sy, (o, i, tap) -> {
                for (int c = 0; c < cs; c++) {
                    int atX = (n * sx.size() + i) * cs + c;
                    int atY = (n * sy.size() + o) * cs + c;
                    if (forward) {
                        r[atY] += from.real()[atX];
                    } else {
                        r[atX] += from.real()[atY];
                    }
                }
            });
        }
        return Value.reals(t.dtype(), t.shape(), r);
    }
}
