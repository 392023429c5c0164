package dev.ijen.cuda.lib;

import dev.ijen.spi.Kernel.Conv;
import dev.ijen.spi.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A convolution's extents as cuDNN wants them: batch, channels, then two or three spatial axes (one axis becomes two, the first of extent 1);
/// the order in memory, channels last, is the descriptors' business.
///
/// @param x batch, channels, input extents
/// @param w filters, channels of a group, window extents
/// @param y batch, filters, output extents
/// @param pad on both sides of each axis
record ConvShape(int[] x, int[] w, int[] y, int[] pad, int[] stride, int[] dilation, int groups) {
    /// Multiplications below which a call of cuDNN takes longer than our kernel.
    private static final long FEW = 32_768;

    /// Nothing if cuDNN can't express it, or our kernel does it as well.
    static Optional<ConvShape> of(Conv c) {
        var w = c.window();
        int extra = w.rank() == 1 ? 1 : 0;
        var shape = new ConvShape(
                join(c.n(), c.c(), extra, w.in()),
                join(c.k(), c.c() / Math.max(1, c.groups()), extra, w.size()),
                join(c.n(), c.k(), extra, w.out()),
                lead(extra, 0, w.padLow()),
                lead(extra, 1, w.stride()),
                lead(extra, 1, w.dilation()),
                c.groups());
        double work = (double) c.n() * Window.product(w.out()) * count(shape.w);
        boolean small = count(shape.x) <= Integer.MAX_VALUE && count(shape.w) <= Integer.MAX_VALUE
                && count(shape.y) <= Integer.MAX_VALUE;
        return work >= FEW && small && shape.isSymmetric() ? Optional.of(shape) : Optional.empty();
    }

    /// Padding above is what cuDNN's rule makes of padding below: y = 1 + ⌊(x + 2 · pad − reach) / stride⌋.
    private boolean isSymmetric() {
        for (int a = 0; a < pad.length; a++) {
            int room = x[a + 2] + 2 * pad[a] - ((w[a + 2] - 1) * dilation[a] + 1);
            if (pad[a] < 0 || room < 0 || y[a + 2] != 1 + room / stride[a]) {
                return false;
            }
        }
        return true;
    }

    private static double count(int[] extents) {
        return Arrays.stream(extents).asDoubleStream().reduce(1, (a, b) -> a * b);
    }

    private static int[] join(int first, int second, int extra, List<Integer> axes) {
        var all = new int[2 + extra + axes.size()];
        all[0] = first;
        all[1] = second;
        System.arraycopy(lead(extra, 1, axes), 0, all, 2, extra + axes.size());
        return all;
    }

    private static int[] lead(int extra, int with, List<Integer> axes) {
        var all = new int[extra + axes.size()];
        Arrays.fill(all, with);
        for (int i = 0; i < axes.size(); i++) {
            all[extra + i] = axes.get(i);
        }
        return all;
    }

    /// Elements of x, w, y.
    long[] counts() {
        return new long[] {(long) count(x), (long) count(w), (long) count(y)};
    }

    /// For instance `x[32, 64, 56, 56] w[64, 64, 3, 3] pad[1, 1] stride[1, 1] dilation[1, 1] groups 1`.
    @Override
    public String toString() {
        return "x" + Arrays.toString(x) + " w" + Arrays.toString(w) + " pad" + Arrays.toString(pad) + " stride"
                + Arrays.toString(stride) + " dilation" + Arrays.toString(dilation) + " groups " + groups;
    }
}
