package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// Reads images between their elements: x [N, C, spatial..] at places [N, P] along each spatial axis → [N, C, P].
///
/// @param mode nearest, linear or cubic
/// @param padding zeros, border or reflection
/// @param alignCorners whether reflection is at the centres of the outermost elements, or at their edges
record Sampler(Tensor x, String mode, String padding, boolean alignCorners) {

    private int extent(int axis) {
        return x.shape().dim(axis + 2);
    }

    /// Values at the places.
    Tensor at(Tensor[] places) {
        int n = places.length;
        int taps = mode.equals("cubic") ? 4 : mode.equals("linear") ? 2 : 1;
        var index = new Tensor[n][];
        var weight = new Tensor[n][];
        for (int a = 0; a < n; a++) {
            var p = mode.equals("cubic") ? places[a] : bounded(places[a], a);
            index[a] = new Tensor[taps];
            weight[a] = new Tensor[taps];
            split(p, taps, index[a], weight[a]);
            for (int k = 0; k < taps && mode.equals("cubic"); k++) {
                index[a][k] = bounded(index[a][k], a);
            }
        }
        Tensor sum = null;
        int all = (int) Math.pow(taps, n);
        for (int t = 0; t < all; t++) {
            var which = new int[n];
            for (int a = 0, rest = t; a < n; a++) {
                which[a] = rest % taps;
                rest /= taps;
            }
            var part = corner(index, weight, which);
            sum = sum == null ? part : sum.add(part);
        }
        return sum;
    }

    private void split(Tensor p, int taps, Tensor[] index, Tensor[] weight) {
        if (taps == 1) {
            index[0] = p.round();
            return;
        }
        var low = p.floor();
        var f = p.sub(low);
        if (taps == 2) {
            index[0] = low;
            index[1] = low.add(1);
            weight[0] = f.rsub(1);
            weight[1] = f;
            return;
        }
        double a = -0.75;
        for (int k = 0; k < 4; k++) {
            index[k] = low.add(k - 1);
            var d = f.sub(k - 1).abs();
            weight[k] = k == 1 || k == 2
                    ? d.mul(a + 2).sub(a + 3).mul(d).mul(d).add(1)
                    : d.mul(a).sub(5 * a).mul(d).add(8 * a).mul(d).sub(4 * a);
        }
    }

    private Tensor bounded(Tensor p, int axis) {
        int n = extent(axis);
        return switch (padding) {
            case "border" -> p.clip(0, n - 1);
            case "reflection" -> reflect(p, alignCorners ? 0 : -0.5, alignCorners ? n - 1 : n - 0.5).clip(0, n - 1);
            default -> p;
        };
    }

    private static Tensor reflect(Tensor p, double low, double high) {
        double range = high - low;
        if (range <= 0) {
            return p.mul(0).add(low);
        }
        var d = p.sub(low).abs();
        var times = d.div(range).floor();
        var rest = d.sub(times.mul(range));
        return times.mod(2).eq(0).where(rest.add(low), rest.rsub(high));
    }

    private Tensor corner(Tensor[][] index, Tensor[][] weight, int[] which) {
        int batch = x.shape().dim(0);
        int channels = x.shape().dim(1);
        int spatial = Layout.product(x.shape(), 2, x.shape().rank());
        Tensor flat = null;
        Tensor inside = null;
        Tensor w = null;
        for (int a = 0; a < which.length; a++) {
            var i = index[a][which[a]];
            int n = extent(a);
            var ok = i.ge(0).and(i.le(n - 1));
            inside = inside == null ? ok : inside.and(ok);
            var k = i.clip(0, n - 1).cast(DType.I32);
            flat = flat == null ? k : flat.mul(n).add(k);
            var v = weight[a][which[a]];
            w = v == null ? w : w == null ? v : w.mul(v);
        }
        int points = flat.shape().dim(1);
        var rows = flat.add(Tensor.iota(0, Shape.of(batch, 1)).mul(spatial)).reshape(batch * points);
        var table = x.reshape(batch, channels, spatial).permute(0, 2, 1).reshape(batch * spatial, channels);
        var y = Tensor.of(new Indexing.Gather(), table, rows).reshape(batch, points, channels).permute(0, 2, 1);
        w = w == null ? null : w.cast(x.dtype()).insertAxis(1);
        y = w == null ? y : y.mul(w);
        return inside.insertAxis(1).where(y, y.zerosLike());
    }
}
