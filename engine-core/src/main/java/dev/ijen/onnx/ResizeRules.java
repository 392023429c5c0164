package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;

/// Resize and Upsample: along each axis a sum of few elements with weights known in advance.
final class ResizeRules {
    private ResizeRules() {}

    static void add(Ops o) {
        o.same("Resize", ResizeRules::resize);
        o.same("Upsample", c -> {
            var scales = c.version() < 9 ? c.floats("scales") : c.host(1).toFloatArray();
            if (scales == null) { // version 1
                scales = new float[] {1, 1, c.f("height_scale", 1), c.f("width_scale", 1)};
            }
            return all(c, c.x(0), doubles(scales), null, null, null, "asymmetric", "floor");
        });
    }

    private static double[] doubles(float[] f) {
        var d = new double[f.length];
        Arrays.setAll(d, i -> f[i]);
        return d;
    }

    /// Version 10: the nearest element is that before, or the one behind along axes that become shorter.
    private static Tensor old(Call c, Tensor x, float... scales) {
        var larger = doubles(scales);
        var smaller = doubles(scales);
        for (int i = 0; i < scales.length; i++) {
            larger[i] = Math.max(1, larger[i]);
            smaller[i] = Math.min(1, smaller[i]);
        }
        var y = all(c, x, smaller, null, null, null, "asymmetric", "ceil");
        return all(c, y, larger, null, null, null, "asymmetric", "floor");
    }

    private static Tensor resize(Call c) {
        var x = c.x(0);
        if (c.version() < 11) {
            return old(c, x, c.host(1).toFloatArray());
        }
        int rank = x.shape().rank();
        int[] axes = c.list("axes");
        if (axes == null) {
            axes = new int[rank];
            Arrays.setAll(axes, i -> i);
        }
        var scales = new double[rank];
        Arrays.fill(scales, 1);
        int[] sizes = null;
        boolean given = c.has(2) && c.x(2).shape().size() > 0;
        if (given) {
            var s = c.host(2).toFloatArray();
            for (int i = 0; i < s.length; i++) {
                scales[c.axis(axes[i], rank)] = s[i];
            }
        } else {
            sizes = x.shape().dims();
            var s = c.ints(3);
            for (int i = 0; i < s.length; i++) {
                sizes[c.axis(axes[i], rank)] = s[i];
            }
            double one = keepAspect(c, x, sizes, axes, s);
            for (int a : axes) {
                int k = c.axis(a, rank);
                scales[k] = one > 0 ? one : (double) sizes[k] / x.shape().dim(k);
            }
        }
        double[] roi = null;
        if (c.has(1) && c.x(1).shape().size() > 0) {
            var r = c.host(1);
            roi = new double[2 * rank];
            Arrays.fill(roi, rank, 2 * rank, 1);
            for (int i = 0; i < axes.length; i++) {
                roi[c.axis(axes[i], rank)] = r.get(i);
                roi[rank + c.axis(axes[i], rank)] = r.get(i + axes.length);
            }
        }
        return all(c, x, scales, sizes, roi, axes, c.s("coordinate_transformation_mode", "half_pixel"),
                c.s("nearest_mode", "round_prefer_floor"));
    }

    /// The one scale of all axes under a policy that keeps the aspect ratio, by which sizes are then rounded; 0 if each has its own.
    private static double keepAspect(Call c, Tensor x, int[] sizes, int[] axes, int[] given) {
        var policy = c.s("keep_aspect_ratio_policy", "stretch");
        if (policy.equals("stretch")) {
            return 0;
        }
        double best = policy.equals("not_larger") ? Double.MAX_VALUE : 0;
        for (int i = 0; i < given.length; i++) {
            double s = (double) given[i] / x.shape().dim(c.axis(axes[i], sizes.length));
            best = policy.equals("not_larger") ? Math.min(best, s) : Math.max(best, s);
        }
        for (int a : axes) {
            int k = c.axis(a, sizes.length);
            sizes[k] = (int) Math.floor(best * x.shape().dim(k) + 0.5);
        }
        return best;
    }

    private static Tensor all(Call c, Tensor x, double[] scales, int[] sizes, double[] roi, int[] axes,
            String coordinates,
            String nearest) {
        var type = x.dtype();
        var y = type.isFloat() ? x : x.cast(DType.F32);
        Tensor outside = null;
        int rank = x.shape().rank();
        for (int a = 0; a < rank; a++) {
            int n = x.shape().dim(a);
            int out = sizes != null ? sizes[a] : (int) Math.floor((float) n * (float) scales[a]);
            boolean crop = coordinates.equals("tf_crop_and_resize") && (axes == null || contains(c, axes, a, rank));
            if (out == n && scales[a] == 1 && !crop) {
                continue;
            }
            var t = new ResizeAxis(n, out, scales[a], coordinates, crop && roi != null ? roi[a] : 0,
                    crop && roi != null ? roi[rank + a] : 1, c.s("mode", "nearest"), nearest,
                    c.f("cubic_coeff_a", -0.75),
                    c.flag("exclude_outside"), c.flag("antialias"));
            y = along(y, a, t);
            if (crop) {
                var o = new double[out];
                Arrays.setAll(o, i -> t.outside(i) ? 1 : 0);
                var mask = Layout.along(DType.BOOL, o, a, rank);
                outside = outside == null ? mask : outside.or(mask);
            }
        }
        if (outside != null) {
            y = outside.where(Tensor.scalar(y.dtype(), c.f("extrapolation_value", 0)), y);
        }
        return y.cast(type);
    }

    private static boolean contains(Call c, int[] axes, int a, int rank) {
        return Arrays.stream(axes).anyMatch(i -> c.axis(i, rank) == a);
    }

    private static Tensor along(Tensor x, int a, ResizeAxis t) {
        int taps = t.taps();
        var index = new int[taps][t.out()];
        var weight = new double[taps][t.out()];
        for (int i = 0; i < t.out(); i++) {
            t.at(i, index, weight);
        }
        Tensor sum = null;
        for (int k = 0; k < taps; k++) {
            if (Arrays.stream(weight[k]).allMatch(v -> v == 0)) {
                continue;
            }
            var part = x.take(a, Tensor.of(HostTensor.of(index[k], t.out())));
            if (!Arrays.stream(weight[k]).allMatch(v -> v == 1)) {
                part = part.mul(Layout.along(x.dtype(), weight[k], a, x.shape().rank()));
            }
            sum = sum == null ? part : sum.add(part);
        }
        return sum == null ? Tensor.full(x.dtype(), 0, x.shape().with(a, t.out())) : sum;
    }
}
