package dev.ijen.loss;

import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// What several losses share: shapes are compared, not broadcast, because [N, 1] against [N] would silently be [N, N].
final class Checks {
    private Checks() {}

    static void same(String what, Tensor prediction, Tensor target) {
        if (!prediction.shape().equals(target.shape())) {
            throw new ShapeException(
                    what,
                    "prediction " + prediction.shape() + ", target " + target.shape(),
                    "equal shapes",
                    "reshape one of them; a loss does not broadcast");
        }
    }

    static Tensor difference(String what, Tensor prediction, Tensor target) {
        same(what, prediction, target);
        var p = Precision.wide(prediction);
        return p.sub(target.cast(p.dtype()));
    }

    static Tensor product(String what, Tensor scores, Tensor targets) {
        same(what, scores, targets);
        var s = Precision.wide(scores);
        return s.mul(targets.cast(s.dtype()));
    }

    /// x[.., label[..]], x[.., 0] where a label is negative.
    static Tensor picked(String what, Tensor x, Tensor labels) {
        classes(what, x, labels);
        var index = labels.maximum(0).insertAxis(labels.shape().rank());
        return Precision.wide(x.gather(-1, index).dropAxis(-1));
    }

    static void classes(String what, Tensor x, Tensor labels) {
        if (!labels.dtype().isInt() || x.shape().rank() == 0 || !x.shape().without(-1).equals(labels.shape())) {
            throw new ShapeException(
                    what,
                    "logits " + x.shape() + ", labels " + labels.dtype() + labels.shape(),
                    "logits[.., C], labels[..] of whole numbers (or, where taken, soft labels[.., C])",
                    "check the labels' shape and type; classes are on the last axis");
        }
    }

    /// x^gamma for x in [0, 1]; below 1 its derivative at 0 would be infinite.
    static Tensor power(Tensor x, double gamma) {
        if (gamma != 0 && !(gamma >= 1)) {
            throw new IjenException("focal loss: gamma", String.valueOf(gamma), "0, or at least 1",
                    "a usual value is 2");
        }
        return gamma == 0 ? x.onesLike() : x.pow(gamma);
    }
}
