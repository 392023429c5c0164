package dev.ijen.onnx;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/// Operators whose results' shapes depend on values: computed on the host.
final class HostRules {
    private HostRules() {}

    static void add(Ops o) {
        o.values("NonZero", c -> List.of(nonZero(c)));
        o.values("Compress", c -> List.of(compress(c)));
        o.values("Unique", HostRules::unique);
        o.values("NonMaxSuppression", c -> List.of(new Suppression(c).run()));
        o.values("ImageDecoder", c -> List.of(Decoder.decode(c)));
    }

    private static Value nonZero(Call c) {
        var h = c.host(0);
        int rank = h.shape().rank();
        var at = new ArrayList<Integer>();
        for (int i = 0; i < h.shape().size(); i++) {
            if (h.get(i) != 0) {
                at.add(i);
            }
        }
        var out = new long[Math.max(rank, 1) * at.size()];
        var strides = h.shape().strides();
        for (int k = 0; k < at.size(); k++) {
            for (int a = 0; a < rank; a++) {
                out[a * at.size() + k] = at.get(k) / strides[a] % h.shape().dim(a);
            }
        }
        return result(c, HostTensor.of(out, Math.max(rank, 1), at.size()), OnnxType.INT64);
    }

    /// A result that is known if all inputs are.
    static Value.Of result(Call c, HostTensor h, OnnxType type) {
        boolean known = c.in().stream().allMatch(v -> v == null || (v instanceof Value.Of t && t.known()));
        return new Value.Of(Tensor.of(h), type, h, known);
    }

    private static Value compress(Call c) {
        var condition = c.host(1);
        boolean flat = !c.given("axis");
        var x = flat ? c.x(0).reshape(c.x(0).shape().size()) : c.x(0);
        int a = flat ? 0 : c.axis(c.i("axis", 0), x.shape().rank());
        var index = new ArrayList<Integer>();
        for (int i = 0; i < Math.min(condition.shape().size(), x.shape().dim(a)); i++) {
            if (condition.get(i) != 0) {
                index.add(i);
            }
        }
        var rows = index.stream().mapToInt(i -> i).toArray();
        return c.like(0, x.take(a, Tensor.of(HostTensor.of(rows, rows.length))));
    }

    /// Distinct elements, or slices along an axis.
    private static List<Value> unique(Call c) {
        var h = c.host(0);
        boolean flat = !c.given("axis");
        int a = flat ? 0 : c.axis(c.i("axis", 0), h.shape().rank());
        var s = flat ? Shape.of(h.shape().size()) : h.shape();
        int n = s.dim(a);
        int inner = Layout.product(s, a + 1, s.rank());
        int outer = Layout.product(s, 0, a);
        var groups = new LinkedHashMap<List<Double>, List<Integer>>();
        boolean text = c.type(0) == OnnxType.STRING;
        for (int i = 0; i < n; i++) {
            var key = new ArrayList<Double>();
            for (int p = 0; p < outer; p++) {
                for (int q = 0; q < inner; q++) {
                    key.add(h.get(((long) p * n + i) * inner + q));
                }
            }
            groups.computeIfAbsent(key, k -> new ArrayList<>()).add(i);
        }
        var order = new ArrayList<>(groups.keySet());
        if (c.i("sorted", 1) != 0) {
            order.sort((x, y) -> compare(c, text, x, y));
        }
        var first = new int[order.size()];
        var counts = new long[order.size()];
        var inverse = new long[n];
        for (int k = 0; k < first.length; k++) {
            var g = groups.get(order.get(k));
            first[k] = g.getFirst();
            counts[k] = g.size();
            for (int i : g) {
                inverse[i] = k;
            }
        }
        var x = flat ? c.x(0).reshape(s) : c.x(0);
        var firsts = new long[first.length];
        java.util.Arrays.setAll(firsts, k -> first[k]);
        return List.of(c.like(0, x.take(a, Tensor.of(HostTensor.of(first, first.length)))),
                result(c, HostTensor.of(firsts, firsts.length), OnnxType.INT64),
                result(c, HostTensor.of(inverse, n), OnnxType.INT64),
                result(c, HostTensor.of(counts, counts.length), OnnxType.INT64));
    }

    private static int compare(Call c, boolean text, List<Double> x, List<Double> y) {
        for (int i = 0; i < x.size(); i++) {
            int d = text
                    ? Comparator.<String>naturalOrder().compare(
                            c.session().strings().string(x.get(i).longValue()),
                            c.session().strings().string(y.get(i).longValue()))
                    : Double.compare(x.get(i), y.get(i));
            if (d != 0) {
                return d;
            }
        }
        return 0;
    }

    /// Boxes of one class that overlap a better one are left out.
    private record Suppression(Call c) {
        Value run() {
            var boxes = c.host(0);
            var scores = c.host(1);
            long most = c.has(2) ? c.longs(2)[0] : 0;
            double iou = c.has(3) ? c.host(3).get(0) : 0;
            double least = c.has(4) ? c.host(4).get(0) : Double.NEGATIVE_INFINITY;
            int batches = scores.shape().dim(0);
            int classes = scores.shape().dim(1);
            int n = scores.shape().dim(2);
            var out = new ArrayList<Long>();
            for (int b = 0; b < batches; b++) {
                for (int k = 0; k < classes; k++) {
                    long row = ((long) b * classes + k) * n;
                    var order = new ArrayList<Integer>();
                    for (int i = 0; i < n; i++) {
                        if (scores.get(row + i) > least || !c.has(4)) {
                            order.add(i);
                        }
                    }
                    order.sort(Comparator.comparingDouble((Integer i) -> -scores.get(row + i)));
                    var kept = new ArrayList<Integer>();
                    for (int i : order) {
                        int batch = b;
                        if (kept.size() < most && kept.stream().noneMatch(j -> overlap(boxes, batch, n, i, j) > iou)) {
                            kept.add(i);
                        }
                    }
                    for (int i : kept) {
                        out.addAll(List.of((long) b, (long) k, (long) i));
                    }
                }
            }
            return result(c, HostTensor.of(out.stream().mapToLong(v -> v).toArray(), out.size() / 3, 3),
                    OnnxType.INT64);
        }

        private double overlap(HostTensor boxes, int batch, int n, int i, int j) {
            var a = corners(boxes, ((long) batch * n + i) * 4);
            var b = corners(boxes, ((long) batch * n + j) * 4);
            double h = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
            double w = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
            double union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - h * w;
            return union <= 0 ? 0 : h * w / union;
        }

        private double[] corners(HostTensor boxes, long at) {
            double p = boxes.get(at);
            double q = boxes.get(at + 1);
            double r = boxes.get(at + 2);
            double s = boxes.get(at + 3);
            return c.flag("center_point_box")
                    ? new double[] {q - s / 2, p - r / 2, q + s / 2, p + r / 2}
                    : new double[] {Math.min(p, r), Math.min(q, s), Math.max(p, r), Math.max(q, s)};
        }
    }
}
