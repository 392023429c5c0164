package dev.ijen.onnx;

import dev.ijen.tensor.Tensor;

/// Pooling of regions of interest, whose corners must be known. x [N, C, H, W] → [regions, C, height, width].
final class RoiPool {
    private RoiPool() {}

    /// Bilinear samples of each bin, averaged or the greatest (Mask R-CNN, arXiv:1703.06870).
    static Tensor align(Call c) {
        var x = c.x(0);
        var rois = c.host(1);
        var batch = c.ints(2);
        int oh = (int) c.i("output_height", 1);
        int ow = (int) c.i("output_width", 1);
        double scale = c.f("spatial_scale", 1);
        boolean half = c.version() >= 16 && c.s("coordinate_transformation_mode", "half_pixel").equals("half_pixel");
        boolean max = c.s("mode", "avg").equals("max");
        int ratio = (int) c.i("sampling_ratio", 0);
        var parts = new Tensor[batch.length];
        for (int r = 0; r < batch.length; r++) {
            double shift = half ? 0.5 : 0;
            double x1 = rois.get(r * 4L) * scale - shift;
            double y1 = rois.get(r * 4L + 1) * scale - shift;
            double w = rois.get(r * 4L + 2) * scale - shift - x1;
            double h = rois.get(r * 4L + 3) * scale - shift - y1;
            w = half ? w : Math.max(w, 1);
            h = half ? h : Math.max(h, 1);
            int gh = ratio > 0 ? ratio : Math.max(1, (int) Math.ceil(h / oh));
            int gw = ratio > 0 ? ratio : Math.max(1, (int) Math.ceil(w / ow));
            var image = x.slice(0, batch[r], 1);
            parts[r] = region(image, places(y1, h, oh, gh), places(x1, w, ow, gw), oh, ow, gh, gw, max);
        }
        return parts.length == 0
                ? Tensor.full(x.dtype(), 0, dev.ijen.tensor.Shape.of(0, x.shape().dim(1), oh, ow))
                : Tensor.concat(0, parts);
    }

    private static double[] places(double start, double length, int bins, int each) {
        var p = new double[bins * each];
        for (int i = 0; i < p.length; i++) {
            int bin = i / each;
            p[i] = start + bin * length / bins + (i % each + 0.5) * length / bins / each;
        }
        return p;
    }

    /// All samples of a region, then their mean; the greatest is taken of the weighted corners, as the reference does.
    private static Tensor region(Tensor image, double[] py, double[] px, int oh, int ow, int gh, int gw, boolean max) {
        int channels = image.shape().dim(1);
        Tensor best = null;
        Tensor sum = null;
        for (int dy = 0; dy < 2; dy++) {
            for (int dx = 0; dx < 2; dx++) {
                var y = taps(py, image.shape().dim(2), dy);
                var x = taps(px, image.shape().dim(3), dx);
                var part = Layout.take(Layout.take(image, 2, y.index), 3, x.index)
                        .mul(Layout.along(image.dtype(), y.weight, 2, 4))
                        .mul(Layout.along(image.dtype(), x.weight, 3, 4));
                sum = sum == null ? part : sum.add(part);
                best = best == null ? part : best.maximum(part);
            }
        }
        var bins = (max ? best : sum).reshape(channels, oh, gh, ow, gw);
        return (max ? bins.max(2, 4) : bins.mean(2, 4)).insertAxis(0);
    }

    private record Taps(int[] index, double[] weight) {}

    private static Taps taps(double[] p, int extent, int which) {
        var index = new int[p.length];
        var weight = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            if (p[i] < -1 || p[i] > extent) {
                continue;
            }
            double v = Math.max(0, p[i]);
            int low = (int) v;
            if (low >= extent - 1) {
                low = extent - 1;
                v = low;
            }
            double f = v - low;
            index[i] = Math.min(low + which, extent - 1);
            weight[i] = which == 0 ? 1 - f : f;
        }
        return new Taps(index, weight);
    }

    /// The greatest element of each bin; corners are rounded (Fast R-CNN, arXiv:1504.08083).
    static Tensor max(Call c) {
        var x = c.x(0);
        var rois = c.host(1);
        var pooled = c.list("pooled_shape");
        double scale = c.f("spatial_scale", 1);
        int h = x.shape().dim(2);
        int w = x.shape().dim(3);
        var parts = new Tensor[rois.shape().dim(0)];
        for (int r = 0; r < parts.length; r++) {
            int n = (int) rois.get(r * 5L);
            long x1 = Math.round(rois.get(r * 5L + 1) * scale);
            long y1 = Math.round(rois.get(r * 5L + 2) * scale);
            long x2 = Math.round(rois.get(r * 5L + 3) * scale);
            long y2 = Math.round(rois.get(r * 5L + 4) * scale);
            double bh = Math.max(y2 - y1 + 1, 1) / (double) pooled[0];
            double bw = Math.max(x2 - x1 + 1, 1) / (double) pooled[1];
            var rows = new Tensor[pooled[0]];
            for (int i = 0; i < pooled[0]; i++) {
                var cells = new Tensor[pooled[1]];
                int top = Math.clamp((long) Math.floor(i * bh) + y1, 0, h);
                int bottom = Math.clamp((long) Math.ceil((i + 1) * bh) + y1, 0, h);
                for (int k = 0; k < pooled[1]; k++) {
                    int left = Math.clamp((long) Math.floor(k * bw) + x1, 0, w);
                    int right = Math.clamp((long) Math.ceil((k + 1) * bw) + x1, 0, w);
                    cells[k] = bottom <= top || right <= left
                            ? Tensor.full(x.dtype(), 0, dev.ijen.tensor.Shape.of(1, x.shape().dim(1), 1, 1))
                            : x.slice(0, n, 1).slice(2, top, bottom - top).slice(3, left, right - left).maxKeep(2, 3);
                }
                rows[i] = Tensor.concat(3, cells);
            }
            parts[r] = Tensor.concat(2, rows);
        }
        return Tensor.concat(0, parts);
    }
}
