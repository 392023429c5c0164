package dev.ijen.onnx;

import dev.ijen.tensor.Tensor;
import java.util.Arrays;

/// Pad: constant, reflected, repeated at the edge, or wrapped around; a negative count crops.
final class Pads {
    private Pads() {}

    static Tensor pad(Call c) {
        var x = c.x(0);
        int rank = x.shape().rank();
        var pads = c.version() < 2 ? c.list("paddings") : c.version() < 11 ? c.list("pads") : c.ints(1);
        int[] axes;
        if (c.version() >= 18 && c.has(3)) {
            axes = c.ints(3);
        } else {
            axes = new int[rank];
            Arrays.setAll(axes, i -> i);
        }
        if (pads.length != 2 * axes.length) {
            throw c.fail(pads.length + " pads for " + axes.length + " axes", "two an axis");
        }
        var mode = c.s("mode", "constant");
        for (int i = 0; i < axes.length; i++) {
            int a = c.axis(axes[i], rank);
            int before = pads[i];
            int after = pads[i + axes.length];
            int n = x.shape().dim(a);
            int cropLow = Math.max(0, -before);
            int cropHigh = Math.max(0, -after);
            if (cropLow + cropHigh > n) {
                throw c.fail("pads " + before + " and " + after + " of an extent of " + n, "no more than there is");
            }
            x = x.slice(a, cropLow, n - cropLow - cropHigh);
            x = along(c, x, a, Math.max(0, before), Math.max(0, after), mode);
        }
        return x;
    }

    private static Tensor along(Call c, Tensor x, int a, int before, int after, String mode) {
        int n = x.shape().dim(a);
        if (before == 0 && after == 0) {
            return x;
        }
        if (mode.equals("constant")) {
            return constant(c, x, a, before, after);
        }
        if (n == 0) {
            throw c.fail("no elements along axis " + a, "at least one for mode " + mode);
        }
        var index = new int[before + n + after];
        for (int i = 0; i < index.length; i++) {
            int k = i - before;
            index[i] = switch (mode) {
                case "edge" -> Math.clamp(k, 0, n - 1);
                case "wrap" -> Math.floorMod(k, n);
                case "reflect" -> reflect(k, n);
                default -> throw c.unsupported("mode " + mode, "constant, reflect, edge or wrap");
            };
        }
        return Layout.take(x, a, index);
    }

    /// Mirrored at the first and last element, which are not repeated.
    static int reflect(int k, int n) {
        if (n == 1) {
            return 0;
        }
        int m = Math.floorMod(k, 2 * (n - 1));
        return m < n ? m : 2 * (n - 1) - m;
    }

    private static Tensor constant(Call c, Tensor x, int a, int before, int after) {
        if (c.version() < 11 || !c.has(2)) {
            return x.pad(a, before, after, c.version() < 11 ? c.f("value", 0) : 0);
        }
        // a number if it is known, so that it costs nothing; else parts of it on either side
        if (c.of(2).known() && x.dtype().isFloat()) {
            return x.pad(a, before, after, c.host(2).item());
        }
        var v = c.x(2).cast(x.dtype()).reshape(dev.ijen.tensor.Shape.scalar());
        return Tensor.concat(a, v.broadcast(x.shape().with(a, before)), x, v.broadcast(x.shape().with(a, after)));
    }
}
