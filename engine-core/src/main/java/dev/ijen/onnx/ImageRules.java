package dev.ijen.onnx;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;

/// Operators that read images at computed places.
final class ImageRules {
    private ImageRules() {}

    static void add(Ops o) {
        o.same("GridSample", ImageRules::gridSample);
        o.same("AffineGrid", ImageRules::affineGrid);
        o.same("DeformConv", ImageRules::deformConv);
        o.same("Col2Im", ImageRules::col2im);
        o.same("RoiAlign", RoiPool::align);
        o.same("MaxRoiPool", RoiPool::max);
    }

    private static Tensor gridSample(Call c) {
        var x = c.x(0);
        var grid = c.x(1);
        int n = x.shape().rank() - 2;
        boolean align = c.flag("align_corners");
        var mode = switch (c.s("mode", "linear")) {
            case "bilinear", "linear" -> "linear";
            case "bicubic", "cubic" -> "cubic";
            default -> "nearest";
        };
        int batch = x.shape().dim(0);
        int points = Layout.product(grid.shape(), 1, n + 1);
        var rows = grid.cast(x.dtype()).reshape(batch, points, n);
        var places = new Tensor[n];
        for (int a = 0; a < n; a++) {
            // the grid's last axis runs from the last spatial axis to the first
            var v = rows.select(2, n - 1 - a);
            int extent = x.shape().dim(a + 2);
            places[a] = align ? v.add(1).mul((extent - 1) / 2.0) : v.add(1).mul(extent).sub(1).mul(0.5);
        }
        var y = new Sampler(x, mode, c.s("padding_mode", "zeros"), align).at(places);
        var to = new int[n + 2];
        to[0] = batch;
        to[1] = x.shape().dim(1);
        System.arraycopy(grid.shape().dims(), 1, to, 2, n);
        return y.reshape(Shape.of(to));
    }

    /// theta [N, n, n + 1] · (x, y, .., 1) for every place → [N, spatial.., n].
    private static Tensor affineGrid(Call c) {
        var theta = c.x(0);
        var size = c.ints(1);
        int n = size.length - 2;
        boolean align = c.flag("align_corners");
        var spatial = Shape.of(Arrays.copyOfRange(size, 2, size.length));
        var columns = new Tensor[n + 1];
        for (int i = 0; i < n; i++) {
            int axis = n - 1 - i;
            int e = spatial.dim(axis);
            var v = new double[e];
            for (int k = 0; k < e; k++) {
                v[k] = align ? e == 1 ? 0 : -1 + 2.0 * k / (e - 1) : (2 * k + 1.0) / e - 1;
            }
            columns[i] = Layout.along(theta.dtype(), v, axis, n).broadcast(spatial).reshape(spatial.size());
        }
        columns[n] = Tensor.full(theta.dtype(), 1, Shape.of(spatial.size()));
        var y = Tensor.stack(1, columns).insertAxis(0).broadcast(size[0], spatial.size(), n + 1)
                .matmul(theta.swapAxes(1, 2));
        var to = new int[n + 2];
        to[0] = size[0];
        System.arraycopy(spatial.dims(), 0, to, 1, n);
        to[n + 1] = n;
        return y.reshape(Shape.of(to));
    }

    /// Deformable convolution (arXiv:1703.06211, with masks arXiv:1811.11168): windows' elements are read at places moved by an offset.
    private static Tensor deformConv(Call c) {
        var x = c.x(0);
        var w = c.x(1);
        var offset = c.x(2);
        if (x.shape().rank() != 4) {
            throw c.unsupported(x.shape().rank() - 2 + " spatial axes", "two");
        }
        int groups = (int) c.i("group", 1);
        int og = (int) c.i("offset_group", 1);
        int batch = x.shape().dim(0);
        int channels = x.shape().dim(1);
        var size = Arrays.copyOfRange(w.shape().dims(), 2, 4);
        var win = Windows.of(c, x.shape(), size);
        int taps = size[0] * size[1];
        int out = win.out()[0] * win.out()[1];
        var moved = offset.reshape(batch, og, taps, 2, out);
        var base = new double[2][taps * out];
        for (int t = 0; t < taps; t++) {
            for (int p = 0; p < out; p++) {
                base[0][t * out + p] = p / win.out()[1] * win.stride()[0] - win.low()[0]
                        + t / size[1] * win.dilation()[0];
                base[1][t * out + p] = p % win.out()[1] * win.stride()[1] - win.low()[1]
                        + t % size[1] * win.dilation()[1];
            }
        }
        var columns = new Tensor[og];
        int each = channels / og;
        for (int g = 0; g < og; g++) {
            var places = new Tensor[2];
            for (int a = 0; a < 2; a++) {
                places[a] = moved.select(1, g).select(2, a).reshape(batch, taps * out)
                        .add(Tensor.of(HostTensor.of(x.dtype(), base[a], 1, taps * out)));
            }
            var y = new Sampler(x.slice(1, g * each, each), "linear", "zeros", false).at(places);
            if (c.has(4)) {
                y = y.mul(c.x(4).reshape(batch, og, taps * out).slice(1, g, 1));
            }
            columns[g] = y.reshape(batch, each * taps, out);
        }
        var all = Tensor.concat(1, columns).reshape(batch, groups, channels / groups * taps, out);
        int k = w.shape().dim(0);
        var y = w.reshape(1, groups, k / groups, channels / groups * taps).matmul(all)
                .reshape(batch, k, win.out()[0], win.out()[1]);
        return ConvRules.bias(c, y, 3);
    }

    /// Windows' elements added up where they lie: x [N, C · window, L] → [N, C, image..].
    private static Tensor col2im(Call c) {
        var x = c.x(0);
        var image = c.ints(1);
        var block = c.ints(2);
        int n = image.length;
        int each = Arrays.stream(block).reduce(1, (a, b) -> a * b);
        int channels = x.shape().dim(1) / each;
        int batch = x.shape().dim(0);
        var d = new int[n + 2];
        d[0] = batch;
        d[1] = channels;
        System.arraycopy(image, 0, d, 2, n);
        var win = Windows.of(c, Shape.of(d), block);
        var p = win.places();
        int windows = p.length / each;
        int spatial = Arrays.stream(image).reduce(1, (a, b) -> a * b);
        var index = new int[p.length];
        for (int w = 0; w < windows; w++) {
            for (int k = 0; k < each; k++) {
                int at = p[w * each + k];
                index[k * windows + w] = at < 0 ? spatial : at; // one more place for what falls into padding
            }
        }
        var rows = x.reshape(batch * channels, each * windows).transpose();
        var sum = Tensor.of(new Indexing.ScatterAdd(spatial + 1), rows, Tensor.of(HostTensor.of(index, index.length)));
        return sum.slice(0, 0, spatial).transpose().reshape(Shape.of(d));
    }
}
