package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import java.util.Arrays;
import java.util.List;

/// How windows move over spatial axes, from a node's attributes and the extents of its input.
///
/// @param in extents of the input
/// @param out numbers of windows
/// @param high padding at the end as given; windows that `ceil_mode` adds may reach beyond it
record Windows(int[] size, int[] stride, int[] dilation, int[] low, int[] high, int[] in, int[] out) {
    private static final int MOST_PADDING = 1 << 20;
    private static final int MOST_PLACES = 1 << 25;

    /// @param size extents of the window
    static Windows of(Call c, Shape x, int[] size) {
        int n = size.length;
        if (x.rank() != n + 2) {
            throw c.fail("x" + x + ", window " + Arrays.toString(size),
                    "x[N, C, spatial..] with an extent of the window for each");
        }
        var in = Arrays.copyOfRange(x.dims(), 2, n + 2);
        var stride = or(c, "strides", n, 1);
        var dilation = or(c, "dilations", n, 1);
        var pads = or(c, "pads", 2 * n, 0);
        var low = Arrays.copyOf(pads, n);
        var high = Arrays.copyOfRange(pads, n, 2 * n);
        var out = new int[n];
        boolean ceil = c.flag("ceil_mode");
        var auto = c.s("auto_pad", "NOTSET");
        for (int i = 0; i < n; i++) {
            if (size[i] < 1 || stride[i] < 1 || dilation[i] < 1) {
                throw c.fail("window " + size[i] + ", stride " + stride[i] + ", dilation " + dilation[i],
                        "at least 1 each");
            }
            if (Math.abs((long) low[i]) > MOST_PADDING || Math.abs((long) high[i]) > MOST_PADDING) {
                throw c.fail("padding " + Arrays.toString(pads), "at most " + MOST_PADDING);
            }
            int reach = Math.addExact(Math.multiplyExact(size[i] - 1, dilation[i]), 1);
            switch (auto) {
                case "SAME_UPPER", "SAME_LOWER" -> {
                    out[i] = (in[i] + stride[i] - 1) / stride[i];
                    int pad = Math.max(0, (out[i] - 1) * stride[i] + reach - in[i]);
                    low[i] = auto.equals("SAME_UPPER") ? pad / 2 : pad - pad / 2;
                    high[i] = pad - low[i];
                }
                case "VALID" -> {
                    low[i] = 0;
                    high[i] = 0;
                    int room = in[i] - reach;
                    out[i] = room < 0 ? 0 : (ceil ? -Math.floorDiv(-room, stride[i]) : room / stride[i]) + 1;
                    if (ceil && (out[i] - 1) * stride[i] >= in[i]) {
                        out[i]--;
                    }
                }
                default -> {
                    int room = in[i] + low[i] + high[i] - reach;
                    out[i] = room < 0 ? 0 : (ceil ? -Math.floorDiv(-room, stride[i]) : room / stride[i]) + 1;
                    // a window that begins in the padding at the end is none
                    if (ceil && (out[i] - 1) * stride[i] >= in[i] + low[i]) {
                        out[i]--;
                    }
                }
            }
            if (out[i] < 1) {
                throw c.fail("x" + x + ", window " + Arrays.toString(size), "x at least as long as the dilated window");
            }
        }
        return new Windows(size, stride, dilation, low, high, in, out);
    }

    private static int[] or(Call c, String name, int n, int otherwise) {
        var l = c.list(name);
        if (l == null || l.length == 0) {
            l = new int[n];
            Arrays.fill(l, otherwise);
        }
        if (l.length != n) {
            throw c.fail(l.length + " " + name, n + "");
        }
        return l;
    }

    int rank() {
        return size.length;
    }

    /// Padding at the end so that the last window fits.
    private int reach(int i) {
        return (out[i] - 1) * stride[i] + (size[i] - 1) * dilation[i] + 1 - in[i] - low[i];
    }

    WindowSpec spec() {
        var h = new int[rank()];
        Arrays.setAll(h, i -> Math.max(0, reach(i)));
        return new WindowSpec(list(size), list(stride), list(low), list(h), list(dilation));
    }

    private static List<Integer> list(int[] v) {
        return Arrays.stream(v).boxed().toList();
    }

    /// Where the elements of windows lie in the flattened spatial axes, −1 in padding: [windows, size of a window].
    int[] places() {
        int each = Math.toIntExact(Arrays.stream(size).asLongStream().reduce(1, Math::multiplyExact));
        var p = new int[windows(each)];
        int windows = p.length / each;
        for (int w = 0; w < windows; w++) {
            for (int k = 0; k < each; k++) {
                int flat = 0;
                int unit = 1;
                for (int i = rank() - 1, rw = w, rk = k; i >= 0; i--) {
                    int at = rw % out[i] * stride[i] - low[i] + rk % size[i] * dilation[i];
                    rw /= out[i];
                    rk /= size[i];
                    flat = flat < 0 || at < 0 || at >= in[i] ? -1 : flat + at * unit;
                    unit *= in[i];
                }
                p[w * each + k] = flat;
            }
        }
        return p;
    }

    /// Every window's elements: x [N, C, spatial..] → [N · C, windows, size of a window], `fill` in padding.
    Tensor unfold(Tensor x, double fill) {
        int rows = x.shape().dim(0) * x.shape().dim(1);
        int spatial = Layout.product(x.shape(), 2, x.shape().rank());
        var p = places();
        int windows = Arrays.stream(out).reduce(1, (a, b) -> a * b);
        boolean padded = false;
        for (int i = 0; i < p.length; i++) {
            padded |= p[i] < 0;
            p[i] = p[i] < 0 ? spatial : p[i];
        }
        var flat = x.reshape(rows, spatial);
        flat = padded ? flat.pad(1, 0, 1, fill) : flat;
        return flat.take(1, Tensor.of(HostTensor.of(p, windows, p.length / windows)));
    }

    /// [N, C, windows..].
    Shape result(Shape x, int channels) {
        var d = new int[rank() + 2];
        d[0] = x.dim(0);
        d[1] = channels;
        System.arraycopy(out, 0, d, 2, rank());
        return Shape.of(d);
    }

    /// The number of elements each window averages: [1, 1, windows..], or a scalar if all have as many.
    Tensor counts(DType type, boolean countPadding) {
        var axes = new int[rank()][];
        boolean same = true;
        windows(1);
        for (int i = 0; i < rank(); i++) {
            axes[i] = counts(i, countPadding);
            int first = axes[i][0];
            same &= Arrays.stream(axes[i]).allMatch(n -> n == first);
        }
        var v = new double[same ? 1 : windows(1)];
        for (int w = 0; w < v.length; w++) {
            double n = 1;
            for (int i = rank() - 1, rw = w; i >= 0; i--) {
                n *= axes[i][rw % out[i]];
                rw /= out[i];
            }
            v[w] = n;
        }
        var d = new int[rank() + 2];
        Arrays.fill(d, 1);
        System.arraycopy(out, 0, d, 2, rank());
        return same ? Tensor.full(type, v[0], Shape.scalar()) : Tensor.of(HostTensor.of(type, v, d));
    }

    /// The elements of each window along an axis: those k of 0 ≤ k < size whose place from + k · dilation is one that counts.
    private int[] counts(int i, boolean countPadding) {
        var n = new int[out[i]];
        int end = countPadding ? in[i] + high[i] : in[i];
        for (int w = 0; w < n.length; w++) {
            int from = w * stride[i] - low[i];
            int least = countPadding ? 0 : Math.max(0, -Math.floorDiv(from, dilation[i]));
            int most = Math.min(size[i] - 1, Math.floorDiv(end - 1 - from, dilation[i]));
            n[w] = Math.max(0, most - least + 1);
        }
        return n;
    }

    /// Windows times elements of each, as many as are held in memory.
    private int windows(int each) {
        double all = each;
        for (int n : out) {
            all *= n;
        }
        if (all > MOST_PLACES) {
            throw new IjenException("onnx: windows over so many elements", all + " places", "at most " + MOST_PLACES,
                    "use smaller inputs or windows");
        }
        return (int) all;
    }
}
