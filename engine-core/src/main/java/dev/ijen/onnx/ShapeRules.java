package dev.ijen.onnx;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Operators that move elements without choosing them by value.
final class ShapeRules {
    private ShapeRules() {}

    static void add(Ops o) {
        o.values("Identity", c -> List.of(c.value(0)));
        o.same("Reshape", ShapeRules::reshape);
        o.same("Flatten", c -> Layout.matrix(c.x(0), flattenAxis(c)));
        o.same("Squeeze", ShapeRules::squeeze);
        o.same("Unsqueeze", ShapeRules::unsqueeze);
        o.same("Transpose", ShapeRules::transpose);
        o.same("Concat", ShapeRules::concat);
        o.values("Split", ShapeRules::split);
        o.same("Slice", ShapeRules::slice);
        o.same("Expand", c -> c.x(0).broadcast(Shape.broadcast("Expand", c.x(0).shape(), Shape.of(c.ints(1)))));
        o.same("Tile", ShapeRules::tile);
        o.same("DepthToSpace", ShapeRules::depthToSpace);
        o.same("SpaceToDepth", ShapeRules::spaceToDepth);
        o.same("Pad", c -> Pads.pad(c));
        o.same("CenterCropPad", ShapeRules::centerCropPad);
        o.same("ReverseSequence", ShapeRules::reverseSequence);
        o.values("Shape", ShapeRules::shape);
        o.values("Size",
                c -> List.of(c.session().known(HostTensor.of(new long[] {c.x(0).shape().size()}), OnnxType.INT64)));
    }

    private static int flattenAxis(Call c) {
        long a = c.i("axis", 1);
        int rank = c.x(0).shape().rank();
        return a == rank ? rank : c.axis(a, rank);
    }

    private static Tensor reshape(Call c) {
        var to = c.version() < 5 ? c.needed("shape") : c.ints(1);
        var x = c.x(0);
        var d = to.clone();
        for (int i = 0; i < d.length; i++) {
            if (d[i] == 0 && !c.flag("allowzero")) {
                if (i >= x.shape().rank()) {
                    throw c.fail("extent 0 at axis " + i + " for " + x.shape(), "0 only where the input has an axis");
                }
                d[i] = x.shape().dim(i);
            }
        }
        long known = 1;
        int free = -1;
        for (int i = 0; i < d.length; i++) {
            if (d[i] == -1) {
                free = i;
            } else {
                known *= d[i];
            }
        }
        if (free >= 0 && known == 0) {
            d[free] = 0;
        }
        return x.reshape(d);
    }

    private static Tensor squeeze(Call c) {
        var x = c.x(0);
        var axes = c.version() < 13 ? c.list("axes") : c.has(1) ? c.ints(1) : null;
        var gone = new boolean[x.shape().rank()];
        if (axes == null) {
            for (int i = 0; i < gone.length; i++) {
                gone[i] = x.shape().dim(i) == 1;
            }
        } else {
            for (int a : axes) {
                int k = c.axis(a, gone.length);
                if (x.shape().dim(k) != 1) {
                    throw c.fail("axis " + a + " of " + x.shape(), "an axis of extent 1");
                }
                gone[k] = true;
            }
        }
        var d = new ArrayList<Integer>();
        for (int i = 0; i < gone.length; i++) {
            if (!gone[i]) {
                d.add(x.shape().dim(i));
            }
        }
        return x.reshape(shape(d));
    }

    static Shape shape(List<Integer> d) {
        return Shape.of(d.stream().mapToInt(i -> i).toArray());
    }

    private static Tensor unsqueeze(Call c) {
        var x = c.x(0);
        var axes = c.version() < 13 ? c.needed("axes") : c.ints(1);
        int rank = x.shape().rank() + axes.length;
        var one = new boolean[rank];
        for (int a : axes) {
            one[c.axis(a, rank)] = true;
        }
        var d = new int[rank];
        for (int i = 0, k = 0; i < rank; i++) {
            d[i] = one[i] ? 1 : x.shape().dim(k++);
        }
        return x.reshape(Shape.of(d));
    }

    private static Tensor transpose(Call c) {
        var x = c.x(0);
        var order = c.list("perm");
        if (order == null) {
            order = new int[x.shape().rank()];
            for (int i = 0; i < order.length; i++) {
                order[i] = order.length - 1 - i;
            }
        }
        return x.permute(order);
    }

    private static Tensor concat(Call c) {
        var parts = new Tensor[c.arity()];
        Arrays.setAll(parts, c::x);
        return Tensor.concat(c.axis(c.i("axis", 1), parts[0].shape().rank()), parts);
    }

    private static List<Value> split(Call c) {
        var x = c.x(0);
        int a = c.axis(c.i("axis", 0), x.shape().rank());
        int n = x.shape().dim(a);
        var sizes = c.version() < 13 ? c.list("split") : c.has(1) ? c.ints(1) : null;
        if (sizes == null) {
            int parts = (int) c.i("num_outputs", c.node().outputs().size());
            if (parts < 1) {
                throw c.fail(parts + " parts", "at least one");
            }
            int each = (n + parts - 1) / parts;
            sizes = new int[parts];
            for (int i = 0; i < parts; i++) {
                sizes[i] = Math.max(0, Math.min(each, n - i * each));
            }
        }
        var out = new ArrayList<Value>();
        int at = 0;
        for (int size : sizes) {
            out.add(c.like(0, x.slice(a, at, size)));
            at += size;
        }
        if (at != n) {
            throw c.fail("parts " + Arrays.toString(sizes) + " of " + n, "parts that add up");
        }
        return out;
    }

    private static Tensor slice(Call c) {
        var x = c.x(0);
        int rank = x.shape().rank();
        var starts = c.version() < 10 ? c.needed("starts") : c.ints(1);
        var ends = c.version() < 10 ? c.needed("ends") : c.ints(2);
        var axes = c.version() < 10 ? c.list("axes") : c.has(3) ? c.ints(3) : null;
        var steps = c.version() >= 10 && c.has(4) ? c.ints(4) : null;
        if (ends.length != starts.length || axes != null && axes.length != starts.length
                || steps != null && steps.length != starts.length) {
            throw c.fail(starts.length + " starts, others of another number",
                    "starts, ends, axes and steps of one number");
        }
        for (int i = 0; i < starts.length; i++) {
            int a = c.axis(axes == null ? i : axes[i], rank);
            int step = steps == null ? 1 : steps[i];
            if (step == 0) {
                throw c.fail("a step of 0", "another step");
            }
            int n = x.shape().dim(a);
            long low = step > 0 ? 0 : -1;
            long high = step > 0 ? n : n - 1;
            long from = Math.clamp(starts[i] < 0 ? (long) starts[i] + n : starts[i], step > 0 ? 0 : Math.min(0, high),
                    high);
            long to = Math.clamp(ends[i] < 0 ? (long) ends[i] + n : ends[i], low, high);
            long count = step > 0 ? (to - from + step - 1) / step : (to - from + step + 1) / step;
            count = Math.max(0, count);
            x = x.slice(a, count == 0 ? 0 : (int) from, (int) count, count <= 1 ? 1 : step);
        }
        return x;
    }

    private static Tensor tile(Call c) {
        var x = c.x(0);
        if (c.version() < 6) {
            return x.repeat((int) c.longs(2)[0], (int) c.longs(1)[0]);
        }
        var times = c.ints(1);
        for (int a = 0; a < times.length; a++) {
            x = times[a] == 1 ? x : times[a] == 0 ? x.slice(a, 0, 0) : x.repeat(a, times[a]);
        }
        return x;
    }

    private static int blockSize(Call c) {
        long b = c.i("blocksize", 0);
        if (b < 1 || b > 1 << 14 || c.x(0).shape().rank() != 4) {
            throw c.fail("blocks of " + b + " for " + c.x(0).shape(), "blocks of 1 to 16384, an input [N, C, H, W]");
        }
        return (int) b;
    }

    private static Tensor depthToSpace(Call c) {
        var x = c.x(0);
        int b = blockSize(c);
        var s = x.shape();
        int ch = s.dim(1) / (b * b);
        boolean crd = c.s("mode", "DCR").equals("CRD");
        var y = crd
                ? x.reshape(s.dim(0), ch, b, b, s.dim(2), s.dim(3)).permute(0, 1, 4, 2, 5, 3)
                : x.reshape(s.dim(0), b, b, ch, s.dim(2), s.dim(3)).permute(0, 3, 4, 1, 5, 2);
        return y.reshape(s.dim(0), ch, s.dim(2) * b, s.dim(3) * b);
    }

    private static Tensor spaceToDepth(Call c) {
        var x = c.x(0);
        int b = blockSize(c);
        var s = x.shape();
        return x.reshape(s.dim(0), s.dim(1), s.dim(2) / b, b, s.dim(3) / b, b)
                .permute(0, 3, 5, 1, 2, 4)
                .reshape(s.dim(0), s.dim(1) * b * b, s.dim(2) / b, s.dim(3) / b);
    }

    private static Tensor centerCropPad(Call c) {
        var x = c.x(0);
        var target = c.ints(1);
        var axes = c.list("axes");
        for (int i = 0; i < target.length; i++) {
            int a = axes == null ? i : c.axis(axes[i], x.shape().rank());
            int n = x.shape().dim(a);
            int d = target[i] - n;
            x = d < 0 ? x.slice(a, -d / 2, target[i]) : x.pad(a, d / 2, d - d / 2);
        }
        return x;
    }

    private static Tensor reverseSequence(Call c) {
        var x = c.x(0);
        int batch = (int) c.i("batch_axis", 1);
        int time = (int) c.i("time_axis", 0);
        // place t of a sequence of length n is read from n − 1 − t, places behind it from themselves
        var t = Tensor.iota(time, x.shape());
        var n = Layout.alongAxis(c.x(1).cast(dev.ijen.tensor.DType.I32), batch, x.shape().rank()).broadcast(x.shape());
        return x.gather(time, t.lt(n).where(n.sub(t).sub(1), t));
    }

    private static List<Value> shape(Call c) {
        var d = c.x(0).shape().dims();
        int from = bound(c.i("start", 0), d.length);
        int to = bound(c.i("end", d.length), d.length);
        var v = new long[Math.max(0, to - from)];
        for (int i = 0; i < v.length; i++) {
            v[i] = d[from + i];
        }
        return List.of(c.session().known(v));
    }

    private static int bound(long i, int rank) {
        return (int) Math.max(0, Math.min(rank, i < 0 ? i + rank : i));
    }
}
