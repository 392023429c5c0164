package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Normalisation.
final class NormRules {
    private NormRules() {}

    static void add(Ops o) {
        o.values("BatchNormalization", NormRules::batch);
        o.same("InstanceNormalization", NormRules::instance);
        o.values("LayerNormalization", NormRules::layer);
        o.same("GroupNormalization", NormRules::group);
        o.same("RMSNormalization", NormRules::rms);
        o.same("MeanVarianceNormalization", c -> {
            var axes = c.list("axes");
            var x = centred(c.x(0), axes == null ? new int[] {0, 2, 3} : axes);
            return x.div(x.square().meanKeep(axes == null ? new int[] {0, 2, 3} : axes).sqrt().add(1e-9));
        });
        o.same("LRN", NormRules::lrn);
        o.same("LpNormalization", c -> {
            var x = c.x(0);
            int a = c.axis(c.i("axis", -1), x.shape().rank());
            var n = c.i("p", 2) == 1 ? x.abs().sumKeep(a) : x.square().sumKeep(a).sqrt();
            return n.eq(0).where(x.zerosLike(), x.div(n.eq(0).where(n.onesLike(), n)));
        });
    }

    private static Tensor centred(Tensor x, int... axes) {
        return x.sub(x.meanKeep(axes));
    }

    /// Up to version 8 `spatial=0` has numbers for each element of an image instead of each channel.
    private static List<Value> batch(Call c) {
        var x = c.x(0);
        if (c.version() < 9 && c.i("spatial", 1) == 0 && c.x(1).shape().rank() > 1 && !c.wants(1)) {
            var each = x.sub(c.x(3)).mul(c.x(4).add(c.f("epsilon", 1e-5)).rsqrt());
            return List.of(c.like(0, each.mul(c.x(1)).add(c.x(2))));
        }
        double eps = c.f("epsilon", 1e-5);
        boolean training = c.version() >= 14 ? c.flag("training_mode")
                : c.version() < 7 ? !c.flag("is_test") : c.wants(1);
        var scale = Layout.perChannel(c.x(1), x);
        var bias = Layout.perChannel(c.x(2), x);
        if (!training) {
            // in two vectors over channels, so that the batch is passed once
            var g = c.x(1).mul(c.x(4).add(eps).rsqrt());
            var b = c.x(2).sub(c.x(3).mul(g));
            return List.of(c.like(0, x.mul(Layout.perChannel(g, x)).add(Layout.perChannel(b, x))));
        }
        var axes = new ArrayList<Integer>();
        for (int i = 0; i < x.shape().rank(); i++) {
            if (i != 1) {
                axes.add(i);
            }
        }
        var a = axes.stream().mapToInt(i -> i).toArray();
        var mean = x.meanKeep(a);
        var d = x.sub(mean);
        var variance = d.square().meanKeep(a);
        var y = d.mul(variance.add(eps).rsqrt()).mul(scale).add(bias);
        double m = c.f("momentum", 0.9);
        var channels = c.x(3).shape();
        return List.of(
                c.like(0, y),
                c.like(3, c.x(3).mul(m).add(mean.reshape(channels).mul(1 - m))),
                c.like(4, c.x(4).mul(m).add(variance.reshape(channels).mul(1 - m))));
    }

    private static Tensor instance(Call c) {
        var x = c.x(0);
        var d = centred(x, PoolRules.spatial(c));
        var y = d.mul(d.square().meanKeep(PoolRules.spatial(c)).add(c.f("epsilon", 1e-5)).rsqrt());
        return y.mul(Layout.perChannel(c.x(1), x)).add(Layout.perChannel(c.x(2), x));
    }

    private static int[] from(int axis, int rank) {
        var a = new int[rank - axis];
        Arrays.setAll(a, i -> axis + i);
        return a;
    }

    /// In F32 whatever the type, if the attribute stash_type says so.
    private static Tensor stash(Call c, Tensor x) {
        return c.i("stash_type", 1) == 1 && x.dtype() != DType.F64 ? x.cast(DType.F32) : x;
    }

    private static List<Value> layer(Call c) {
        var x = stash(c, c.x(0));
        var axes = from(c.axis(c.i("axis", -1), x.shape().rank()), x.shape().rank());
        var mean = x.meanKeep(axes);
        var d = x.sub(mean);
        var inverse = d.square().meanKeep(axes).add(c.f("epsilon", 1e-5)).rsqrt();
        var y = d.mul(inverse).cast(c.x(0).dtype()).mul(c.x(1));
        return List.of(c.like(0, c.has(2) ? y.add(c.x(2)) : y), c.natural(mean), c.natural(inverse));
    }

    private static Tensor group(Call c) {
        var x = stash(c, c.x(0));
        int g = (int) c.i("num_groups", 1);
        var s = x.shape();
        var grouped = x.reshape(s.dim(0), g, -1);
        var d = centred(grouped, 2);
        var y = d.mul(d.square().meanKeep(2).add(c.f("epsilon", 1e-5)).rsqrt()).cast(c.x(0).dtype());
        if (c.x(1).shape().size() == g && s.dim(1) != g) { // before version 21: one a group
            return y.mul(c.x(1).reshape(1, g, 1)).add(c.x(2).reshape(1, g, 1)).reshape(s);
        }
        y = y.reshape(s);
        return y.mul(Layout.perChannel(c.x(1), y)).add(Layout.perChannel(c.x(2), y));
    }

    private static Tensor rms(Call c) {
        var x = stash(c, c.x(0));
        var axes = from(c.axis(c.i("axis", -1), x.shape().rank()), x.shape().rank());
        var y = x.mul(x.square().meanKeep(axes).add(c.f("epsilon", 1e-5)).rsqrt());
        return y.cast(c.x(0).dtype()).mul(c.x(1));
    }

    /// x / (bias + alpha / size · Σ x²)^beta, the sum over neighbouring channels.
    private static Tensor lrn(Call c) {
        var x = c.x(0);
        int size = (int) c.i("size", 1);
        int before = (size - 1) / 2;
        int channels = x.shape().dim(1);
        var squares = x.square().pad(1, before, size - 1 - before);
        Tensor sum = null;
        for (int i = 0; i < size; i++) {
            var part = squares.slice(1, i, channels);
            sum = sum == null ? part : sum.add(part);
        }
        var base = sum.mul(c.f("alpha", 1e-4) / size).add(c.f("bias", 1));
        return x.div(base.pow(c.f("beta", 0.75)));
    }
}
