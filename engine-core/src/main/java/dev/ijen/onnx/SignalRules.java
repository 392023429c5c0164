package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// Fourier transforms as products with matrices of sines, windows and mel filters.
final class SignalRules {
    private SignalRules() {}

    static void add(Ops o) {
        o.values("DFT", c -> List.of(c.like(0, dft(c))));
        o.values("STFT", c -> List.of(c.like(0, stft(c))));
        window(o, "HannWindow", x -> 0.5 - 0.5 * Math.cos(x));
        window(o, "HammingWindow", x -> 25.0 / 46 - 21.0 / 46 * Math.cos(x));
        window(o, "BlackmanWindow", x -> 0.42 - 0.5 * Math.cos(x) + 0.08 * Math.cos(2 * x));
        o.values("MelWeightMatrix", c -> List.of(mel(c)));
    }

    private static void window(Ops o, String name, DoubleUnaryOperator f) {
        o.values(name, c -> {
            int n = (int) c.longs(0)[0];
            double period = c.i("periodic", 1) != 0 ? n : n - 1;
            var type = OnnxType.of((int) c.i("output_datatype", 1));
            var h = HostTensor.zeros(type.carrier(), Shape.of(n));
            for (int i = 0; i < n; i++) {
                h.set(i, f.applyAsDouble(2 * Math.PI * i / period));
            }
            return List.of(c.of(0).known() ? c.session().known(h, type) : c.session().computed(h, type));
        });
    }

    /// cos or sin of ∓2π f t / n as a matrix [t, f].
    private static Tensor waves(DType type, int t, int f, int n, boolean sine) {
        var v = new double[t * f];
        for (int i = 0; i < t; i++) {
            for (int k = 0; k < f; k++) {
                double x = 2 * Math.PI * ((long) i * k % n) / n;
                v[i * f + k] = sine ? Math.sin(x) : Math.cos(x);
            }
        }
        return Tensor.of(HostTensor.of(type, v, t, f));
    }

    /// x [.., n, .., 1 or 2] → [.., f, .., 2], or [.., n, .., 1] for the inverse of one side.
    private static Tensor dft(Call c) {
        var x = c.x(0);
        int rank = x.shape().rank();
        int axis = c.version() < 20 ? c.axis(c.i("axis", 1), rank) : c.axis(c.has(2) ? c.longs(2)[0] : -2, rank);
        boolean inverse = c.flag("inverse");
        boolean oneSide = c.flag("onesided");
        int have = x.shape().dim(axis);
        int n = c.has(1) ? (int) c.longs(1)[0] : inverse && oneSide ? 2 * (have - 1) : have;
        int most = inverse && oneSide ? n / 2 + 1 : n;
        x = have > most ? x.slice(axis, 0, most) : have < most ? x.pad(axis, 0, most - have) : x;
        var y = Layout.move(x, axis, rank - 2); // [.., n, 1 or 2]
        boolean complex = y.shape().dim(-1) == 2;
        var re = y.slice(rank - 1, 0, 1).swapAxes(-1, -2);
        var im = complex ? y.slice(rank - 1, 1, 1).swapAxes(-1, -2) : null;
        if (inverse && oneSide) {
            return Layout.move(real(re, im, n), rank - 2, axis);
        }
        int f = oneSide ? n / 2 + 1 : n;
        var cos = waves(x.dtype(), n, f, n, false);
        var sin = waves(x.dtype(), n, f, n, true);
        sin = inverse ? sin.neg() : sin;
        var r = re.matmul(cos);
        var i = re.matmul(sin).neg();
        if (im != null) {
            r = r.add(im.matmul(sin));
            i = i.add(im.matmul(cos));
        }
        if (inverse) {
            r = r.div(n);
            i = i.div(n);
        }
        return Layout.move(Tensor.concat(rank - 1, r.swapAxes(-1, -2), i.swapAxes(-1, -2)), rank - 2, axis);
    }

    /// From one side of a spectrum: its other side is the conjugate.
    private static Tensor real(Tensor re, Tensor im, int n) {
        int f = re.shape().dim(-1);
        var weight = new double[f];
        for (int k = 0; k < f; k++) {
            weight[k] = (k == 0 || 2 * k == n ? 1.0 : 2.0) / n;
        }
        var w = Layout.along(re.dtype(), weight, re.shape().rank() - 1, re.shape().rank());
        var y = re.mul(w).matmul(waves(re.dtype(), n, f, n, false).transpose());
        y = im == null ? y : y.sub(im.mul(w).matmul(waves(re.dtype(), n, f, n, true).transpose()));
        return y.swapAxes(-1, -2);
    }

    /// signal [B, L, 1 or 2] → [B, frames, f, 2].
    private static Tensor stft(Call c) {
        var x = c.x(0).shape().rank() == 2 ? c.x(0).insertAxis(2) : c.x(0);
        int step = (int) c.longs(1)[0];
        int n = c.has(3) ? (int) c.longs(3)[0] : c.x(2).shape().size();
        int frames = (x.shape().dim(1) - n) / step + 1;
        var index = new int[frames * n];
        for (int i = 0; i < index.length; i++) {
            index[i] = i / n * step + i % n;
        }
        var framed = x.take(1, Tensor.of(HostTensor.of(index, frames, n))); // [B, frames, n, 1 or 2]
        if (c.has(2)) {
            var w = c.x(2);
            int pad = n - w.shape().size();
            w = pad > 0 ? w.pad(0, pad / 2, pad - pad / 2) : w;
            framed = framed.mul(w.reshape(1, 1, n, 1));
        }
        boolean complex = x.shape().dim(2) == 2;
        int f = c.i("onesided", 1) != 0 ? n / 2 + 1 : n;
        var cos = waves(x.dtype(), n, f, n, false);
        var sin = waves(x.dtype(), n, f, n, true);
        var re = framed.select(3, 0);
        var r = re.matmul(cos);
        var i = re.matmul(sin).neg();
        if (complex) {
            var im = framed.select(3, 1);
            r = r.add(im.matmul(sin));
            i = i.add(im.matmul(cos));
        }
        return Tensor.stack(3, r, i);
    }

    private static Value mel(Call c) {
        int bins = (int) c.longs(0)[0];
        int length = (int) c.longs(1)[0];
        double rate = c.longs(2)[0];
        double low = 2595 * Math.log10(1 + c.host(3).item() / 700);
        double high = 2595 * Math.log10(1 + c.host(4).item() / 700);
        int f = length / 2 + 1;
        var type = OnnxType.of((int) c.i("output_datatype", 1));
        var edges = new long[bins + 2];
        double step = (high - low) / edges.length;
        for (int i = 0; i < edges.length; i++) {
            double hz = 700 * (Math.pow(10, (i * step + low) / 2595) - 1);
            edges[i] = (long) Math.floor((length + 1) * hz / rate);
        }
        var h = HostTensor.zeros(type.carrier(), Shape.of(f, bins));
        for (int i = 0; i < bins; i++) {
            long a = edges[i];
            long b = edges[i + 1];
            long z = edges[i + 2];
            if (b == a && b < f) {
                h.set(b * bins + i, 1);
            }
            for (long k = a; k <= b && b != a && k < f; k++) {
                h.set(k * bins + i, (double) (k - a) / (b - a));
            }
            for (long k = b; k < z && z != b && k < f; k++) {
                h.set(k * bins + i, (double) (z - k) / (z - b));
            }
        }
        return c.session().computed(h, type);
    }
}
