package dev.ijen.loss;

import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Tensor;

/// Losses of pairs and triples of vectors [N, D].
final class PairLoss {
    private PairLoss() {}

    static Tensor cosine(Tensor left, Tensor right) {
        var a = Precision.wide(left);
        var b = Precision.wide(right);
        var dot = a.mul(b).sum(-1);
        var lengths = a.square().sum(-1).mul(b.square().sum(-1));
        // a floor under the root keeps the gradient of a zero vector finite
        return dot.div(lengths.maximum(1e-16).sqrt());
    }

    static Tensor cosineEmbedding(Tensor a, Tensor b, Tensor y, double margin, Reduce reduce) {
        Checks.same("cosine embedding", a, b);
        var cos = cosine(a, b);
        Checks.same("cosine embedding: pairs and their labels", cos, y);
        return reduce.of(y.gt(0).where(cos.rsub(1), cos.sub(margin).relu()));
    }

    static Tensor contrastive(Tensor a, Tensor b, Tensor same, double margin, Reduce reduce) {
        Checks.same("contrastive", a, b);
        var square = Precision.wide(a).sub(Precision.wide(b)).square().sum(-1);
        Checks.same("contrastive: pairs and their labels", square, same);
        var y = same.cast(square.dtype());
        // the root of 0 has no gradient; the first term needs none
        var gap = square.add(1e-12).sqrt().rsub(margin).relu();
        return reduce.of(y.mul(square).add(y.rsub(1).mul(gap.square())).mul(0.5));
    }

    static Tensor triplet(Tensor anchor, Tensor positive, Tensor negative, double margin, Reduce reduce) {
        Checks.same("triplet", anchor, positive);
        Checks.same("triplet", anchor, negative);
        return reduce.of(distance(anchor, positive).sub(distance(anchor, negative)).add(margin).relu());
    }

    /// ‖a − b + 1e-6‖: never exactly 0, where the root has no gradient.
    private static Tensor distance(Tensor a, Tensor b) {
        return Precision.wide(a).sub(Precision.wide(b)).add(1e-6).norm(-1);
    }
}
