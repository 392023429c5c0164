package dev.ijen.onnx;

import dev.ijen.tensor.Tensor;
import java.util.List;

/// Losses of class scores x [N, C, d..] and labels [N, d..].
final class LossRules {
    private LossRules() {}

    static void add(Ops o) {
        o.same("NegativeLogLikelihoodLoss", c -> loss(c, c.x(0)));
        o.values("SoftmaxCrossEntropyLoss", c -> {
            var p = c.x(0).logSoftmax(1);
            return List.of(c.like(0, loss(c, p)), c.like(0, p));
        });
    }

    private static Tensor loss(Call c, Tensor logP) {
        var label = c.x(1);
        int classes = logP.shape().dim(1);
        Tensor used = null;
        var index = label;
        if (c.given("ignore_index")) {
            used = label.ne((double) c.i("ignore_index", 0));
            index = used.where(label, label.zerosLike());
        }
        var picked = logP.gather(1, Layout.wrapIndex(index, classes).insertAxis(1)).dropAxis(1).neg();
        Tensor weight = null;
        if (c.has(2)) {
            weight = c.x(2).take(0, Layout.wrapIndex(index, classes));
        }
        if (used != null) {
            weight = weight == null ? used.cast(picked.dtype()) : used.where(weight, weight.zerosLike());
            picked = used.where(picked, picked.zerosLike());
        }
        var l = weight == null ? picked : picked.mul(weight);
        return switch (c.s("reduction", "mean")) {
            case "none" -> l;
            case "sum" -> l.sum();
            case "mean" -> weight == null ? l.mean() : l.sum().div(weight.sum());
            default -> throw c.unsupported("reduction " + c.s("reduction", ""), "none, sum or mean");
        };
    }
}
