package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Window;
import java.util.Arrays;
import java.util.List;

/// Geometry of a convolution (or pooling) over three spatial axes (missing ones have extent 1): output position p
/// covers inputs p · stride − pad + r · dilation for r in [0, size).
///
/// @param cg input channels of a group
/// @param kg output channels of a group
record ConvShape(
        int n,
        int c,
        int k,
        int groups,
        int cg,
        int kg,
        int[] in,
        int[] out,
        int[] size,
        int[] stride,
        int[] pad,
        int[] dilation) {

    static ConvShape of(Kernel.Conv conv) {
        return of(conv.window(), conv.n(), conv.c(), conv.k(), conv.groups());
    }

    /// Pooling is seen as a convolution of each channel by itself.
    static ConvShape of(Kernel.Pool pool) {
        return of(pool.window(), pool.n(), pool.c(), pool.c(), pool.c());
    }

    private static ConvShape of(Window window, int n, int c, int k, int groups) {
        Window w = window.to3d();
        return new ConvShape(
                n,
                c,
                k,
                groups,
                groups == 0 ? 0 : c / groups,
                groups == 0 ? 0 : k / groups,
                ints(w.in()),
                ints(w.out()),
                ints(w.size()),
                ints(w.stride()),
                ints(w.padLow()),
                ints(w.dilation()));
    }

    private static int[] ints(List<Integer> l) {
        return l.stream().mapToInt(Integer::intValue).toArray();
    }

    /// For steps of 1: the convolution over the output's gradient, with the filter turned round, that gives the
    /// input's gradient.
    ConvShape transposed() {
        var p = new int[3];
        for (int i = 0; i < 3; i++) {
            p[i] = (size[i] - 1) * dilation[i] - pad[i];
        }
        return new ConvShape(n, k, c, groups, kg, cg, out, in, size, stride, p, dilation);
    }

    int taps() {
        return size[0] * size[1] * size[2];
    }

    /// Input positions of an image.
    int inputs() {
        return in[0] * in[1] * in[2];
    }

    /// Output positions of an image.
    int outputs() {
        return out[0] * out[1] * out[2];
    }

    long xCount() {
        return (long) n * inputs() * c;
    }

    long yCount() {
        return (long) n * outputs() * k;
    }

    long wCount() {
        return (long) k * taps() * cg;
    }

    /// Multiply-adds.
    long work() {
        return (long) n * outputs() * k * taps() * cg;
    }

    boolean unitStride() {
        return stride[0] == 1 && stride[1] == 1 && stride[2] == 1;
    }

    /// True if along each axis a window covers some of the image, and not only padding.
    boolean seesImage() {
        for (int i = 0; i < 3; i++) {
            boolean sees = false;
            for (int p = 0; p < out[i] && !sees; p++) {
                for (int r = 0; r < size[i] && !sees; r++) {
                    int at = p * stride[i] - pad[i] + r * dilation[i];
                    sees = at >= 0 && at < in[i];
                }
            }
            if (!sees) {
                return false;
            }
        }
        return true;
    }

    /// True if every output position covers just the input at the same position.
    boolean pointwise() {
        return taps() == 1
                && unitStride()
                && pad[0] == 0
                && pad[1] == 0
                && pad[2] == 0
                && Arrays.equals(in, out);
    }
}
