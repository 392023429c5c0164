package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Windowed;
import dev.ijen.tensor.WindowSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// Convolutions over one to three spatial axes.
final class ConvRules {
    private ConvRules() {}

    static void add(Ops o) {
        o.same("Conv", c -> bias(c, conv(c, c.x(0), c.x(1)), 2));
        o.same("ConvTranspose", c -> bias(c, transposed(c), 2));
    }

    static Tensor bias(Call c, Tensor y, int i) {
        return c.has(i) ? y.add(Layout.perChannel(c.x(i), y)) : y;
    }

    static Tensor conv(Call c, Tensor x, Tensor w) {
        if (w.shape().rank() < 3 || w.shape().rank() != x.shape().rank()) {
            throw c.fail(x.shape() + " and filters " + w.shape(), "[N, C, …] and [K, C, …] of equal rank, 3 at least");
        }
        var size = Arrays.copyOfRange(w.shape().dims(), 2, w.shape().rank());
        var win = Windows.of(c, x.shape(), size);
        return x.conv(w, win.spec(), (int) c.i("group", 1));
    }

    /// The gradient of a convolution: without padding it has (n − 1) · stride + dilated window elements an axis; padding crops, output
    /// padding adds at the end.
    private static Tensor transposed(Call c) {
        var x = c.x(0);
        var w = c.x(1);
        int n = x.shape().rank() - 2;
        int groups = (int) c.i("group", 1);
        var stride = list(c, "strides", n, 1);
        var dilation = list(c, "dilations", n, 1);
        var more = list(c, "output_padding", n, 0);
        var pads = list(c, "pads", 2 * n, 0);
        var auto = c.s("auto_pad", "NOTSET");
        var wanted = c.list("output_shape");
        var full = new int[n];
        for (int i = 0; i < n; i++) {
            int in = x.shape().dim(i + 2);
            int reach = (w.shape().dim(i + 2) - 1) * dilation[i] + 1;
            full[i] = (in - 1) * stride[i] + reach;
            boolean same = auto.startsWith("SAME");
            if (wanted != null || same) {
                int out = wanted != null ? wanted[wanted.length - n + i] : in * stride[i];
                int total = full[i] + more[i] - out;
                int small = Math.floorDiv(total, 2);
                boolean lower = auto.equals("SAME_UPPER");
                pads[i] = lower ? small : total - small;
                pads[n + i] = lower ? total - small : small;
                if (total < 0) {
                    // more is asked for than there is: zeros at the end
                    pads[i] = 0;
                    pads[n + i] = total;
                }
            }
        }
        return crop(raw(c, x, w, groups, stride, dilation, full), pads, more);
    }

    private static Tensor raw(Call c, Tensor x, Tensor w, int groups, int[] stride, int[] dilation, int[] full) {
        int n = full.length;
        var none = Collections.nCopies(n, 0);
        var size = new int[n];
        Arrays.setAll(size, i -> w.shape().dim(i + 2));
        var spec = new WindowSpec(boxed(size), boxed(stride), none, none, boxed(dilation));
        var to = new int[n + 2];
        to[0] = x.shape().dim(0);
        System.arraycopy(full, 0, to, 1, n);
        to[n + 1] = w.shape().dim(1) * groups;
        if (n < 1 || n > 3) {
            throw c.unsupported(n + " spatial axes", "one to three");
        }
        var y = Tensor.of(new Windowed.ConvInputGradient(spec, groups, Shape.of(to)), last(x), last(w));
        return Layout.move(y, n + 1, 1);
    }

    private static Tensor last(Tensor x) {
        return Layout.move(x, 1, x.shape().rank() - 1);
    }

    private static Tensor crop(Tensor y, int[] pads, int[] more) {
        int n = more.length;
        for (int i = 0; i < n; i++) {
            int end = more[i] - pads[n + i];
            y = end > 0 ? y.pad(i + 2, 0, end) : y.slice(i + 2, 0, y.shape().dim(i + 2) + end);
            y = pads[i] >= 0 ? y.slice(i + 2, pads[i], y.shape().dim(i + 2) - pads[i]) : y.pad(i + 2, -pads[i], 0);
        }
        return y;
    }

    private static List<Integer> boxed(int[] v) {
        return Arrays.stream(v).boxed().toList();
    }

    private static int[] list(Call c, String name, int n, int otherwise) {
        var l = c.list(name);
        if (l == null || l.length == 0) {
            l = new int[n];
            Arrays.fill(l, otherwise);
        }
        if (l.length != n) {
            throw c.fail(l.length + " " + name, n + "");
        }
        return l.clone();
    }

    /// Products of whole numbers, exact in F64.
    static Tensor integers(Call c, Tensor x, Tensor w) {
        return conv(c, x.cast(DType.F64), w.cast(DType.F64)).cast(DType.I32);
    }
}
