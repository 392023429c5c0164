package dev.ijen.loss;

import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Tensor;

/// How far a prediction is from its target. The static methods are the losses themselves, the mean unless a [Reduce]
/// says otherwise; logits have their classes on the last axis. Targets take the prediction's type.
///
/// As a function, `Loss::mse` or `CrossEntropy.of().withSmoothing(0.1)` can be passed around.
@FunctionalInterface
public interface Loss {
    /// The loss of a prediction.
    Tensor apply(Tensor prediction, Tensor target);

    /// Mean squared error, `(p − t)²`.
    static Tensor mse(Tensor prediction, Tensor target) {
        return mse(prediction, target, Reduce.MEAN);
    }

    /// Squared error, `(p − t)²`.
    static Tensor mse(Tensor prediction, Tensor target, Reduce reduce) {
        return reduce.of(Checks.difference("mse", prediction, target).square());
    }

    /// Mean absolute error, `|p − t|`.
    static Tensor mae(Tensor prediction, Tensor target) {
        return mae(prediction, target, Reduce.MEAN);
    }

    /// Absolute error, `|p − t|`.
    static Tensor mae(Tensor prediction, Tensor target, Reduce reduce) {
        return reduce.of(Checks.difference("mae", prediction, target).abs());
    }

    /// `d² / 2` where d = |p − t| ≤ delta, else `delta · (d − delta / 2)` (Huber 1964), the mean.
    static Tensor huber(Tensor prediction, Tensor target, double delta) {
        return huber(prediction, target, delta, Reduce.MEAN);
    }

    /// `d² / 2` where d = |p − t| ≤ delta, else `delta · (d − delta / 2)` (Huber 1964).
    static Tensor huber(Tensor prediction, Tensor target, double delta, Reduce reduce) {
        var e = Checks.difference("huber", prediction, target);
        var d = e.abs();
        return reduce.of(d.le(delta).where(e.square().mul(0.5), d.sub(delta / 2).mul(delta)));
    }

    /// `d² / (2 beta)` where d = |p − t| < beta, else `d − beta / 2`, the mean: [#huber] divided by beta.
    static Tensor smoothL1(Tensor prediction, Tensor target, double beta) {
        return smoothL1(prediction, target, beta, Reduce.MEAN);
    }

    /// `d² / (2 beta)` where d = |p − t| < beta, else `d − beta / 2`.
    static Tensor smoothL1(Tensor prediction, Tensor target, double beta, Reduce reduce) {
        return huber(prediction, target, beta, reduce).mul(1 / beta);
    }

    /// `−ln softmax(logits)[label]`, the mean, for logits [.., C] and labels [..] of whole numbers; or `−Σ q ln
    /// softmax(logits)` for soft labels q [.., C]. Finite however large the logits. For smoothing, class weights and
    /// the like see [CrossEntropy].
    static Tensor crossEntropy(Tensor logits, Tensor labels) {
        return CrossEntropy.of().apply(logits, labels);
    }

    /// `−ln softmax(logits)[label]`.
    static Tensor crossEntropy(Tensor logits, Tensor labels, Reduce reduce) {
        return CrossEntropy.of().with(reduce).apply(logits, labels);
    }

    /// `−t ln σ(x) − (1 − t) ln(1 − σ(x))` for logits x and targets t between 0 and 1, the mean. See
    /// [BinaryCrossEntropy].
    static Tensor binaryCrossEntropy(Tensor logits, Tensor targets) {
        return BinaryCrossEntropy.of().apply(logits, targets);
    }

    /// `−t ln σ(x) − (1 − t) ln(1 − σ(x))`.
    static Tensor binaryCrossEntropy(Tensor logits, Tensor targets, Reduce reduce) {
        return BinaryCrossEntropy.of().with(reduce).apply(logits, targets);
    }

    /// `−logP[label]`, the mean, for log-probabilities [.., C] and labels [..]; negative labels do not count.
    static Tensor nll(Tensor logProbabilities, Tensor labels) {
        return nll(logProbabilities, labels, Reduce.MEAN);
    }

    /// `−logP[label]`; 0 where a label is negative.
    static Tensor nll(Tensor logProbabilities, Tensor labels, Reduce reduce) {
        var valid = labels.ge(0).cast(logProbabilities.dtype());
        return reduce.weighted(Checks.picked("nll", logProbabilities, labels).neg().mul(valid), valid);
    }

    /// `max(0, 1 − t · s)` for scores s and targets t of −1 or 1, the mean.
    static Tensor hinge(Tensor scores, Tensor targets) {
        return hinge(scores, targets, Reduce.MEAN);
    }

    /// `max(0, 1 − t · s)` for scores s and targets t of −1 or 1.
    static Tensor hinge(Tensor scores, Tensor targets, Reduce reduce) {
        return reduce.of(Checks.product("hinge", scores, targets).rsub(1).relu());
    }

    /// `max(0, 1 − t · s)²` for scores s and targets t of −1 or 1, the mean.
    static Tensor squaredHinge(Tensor scores, Tensor targets) {
        return squaredHinge(scores, targets, Reduce.MEAN);
    }

    /// `max(0, 1 − t · s)²` for scores s and targets t of −1 or 1.
    static Tensor squaredHinge(Tensor scores, Tensor targets, Reduce reduce) {
        return reduce.of(Checks.product("squared hinge", scores, targets).rsub(1).relu().square());
    }

    /// Kullback-Leibler divergence `Σ q (ln q − logP)` over the last axis, for log-probabilities logP [.., C] and
    /// probabilities q [.., C]; the mean over the other axes.
    static Tensor kl(Tensor logProbabilities, Tensor q) {
        return kl(logProbabilities, q, Reduce.MEAN);
    }

    /// Kullback-Leibler divergence `Σ q (ln q − logP)` over the last axis.
    static Tensor kl(Tensor logProbabilities, Tensor q, Reduce reduce) {
        Checks.same("kl", logProbabilities, q);
        var logP = Precision.wide(logProbabilities);
        var t = q.cast(logP.dtype());
        // q ln q is 0 at q = 0, in value and in gradient
        var positive = t.gt(0);
        var logQ = positive.where(t, t.onesLike()).log();
        return reduce.of(t.mul(logQ.sub(logP)).sum(-1));
    }

    /// Focal loss `−(1 − p)^gamma ln p` with p the softmax probability of the label (Lin et al., arXiv:1708.02002), the
    /// mean, for logits [.., C] and labels [..].
    static Tensor focal(Tensor logits, Tensor labels, double gamma) {
        return focal(logits, labels, gamma, Reduce.MEAN);
    }

    /// Focal loss `−(1 − p)^gamma ln p` with p the softmax probability of the label.
    static Tensor focal(Tensor logits, Tensor labels, double gamma, Reduce reduce) {
        var valid = labels.ge(0).cast(logits.dtype());
        var ce = logits.crossEntropy(labels);
        return reduce.weighted(Checks.power(ce.neg().expm1().neg(), gamma).mul(ce), valid);
    }

    /// Focal loss of independent logits (Lin et al., arXiv:1708.02002): binary cross-entropy times `(1 − p)^gamma`, p
    /// the probability of the target, times alpha for positive and 1 − alpha for negative targets; the mean.
    static Tensor binaryFocal(Tensor logits, Tensor targets, double alpha, double gamma) {
        return binaryFocal(logits, targets, alpha, gamma, Reduce.MEAN);
    }

    /// Focal loss of independent logits.
    static Tensor binaryFocal(Tensor x, Tensor targets, double alpha, double gamma, Reduce reduce) {
        var logits = Precision.wide(x);
        var t = targets.cast(logits.dtype());
        var ce = BinaryCrossEntropy.of().with(Reduce.NONE).apply(logits, t);
        var p = logits.sigmoid();
        var miss = p.add(t).sub(p.mul(t).mul(2));
        return reduce.of(ce.mul(Checks.power(miss, gamma)).mul(t.mul(2 * alpha - 1).add(1 - alpha)));
    }

    /// `eˣ − t · x` for the logarithm x of a Poisson rate and counts t, the mean.
    static Tensor poissonNll(Tensor logRate, Tensor counts) {
        return poissonNll(logRate, counts, Reduce.MEAN);
    }

    /// `eˣ − t · x` for the logarithm x of a Poisson rate and counts t.
    static Tensor poissonNll(Tensor logRate, Tensor counts, Reduce reduce) {
        Checks.same("poisson nll", logRate, counts);
        var x = Precision.wide(logRate);
        return reduce.of(x.exp().sub(counts.cast(x.dtype()).mul(x)));
    }

    /// `1 − cos(p, t)` over the last axis, the mean.
    static Tensor cosine(Tensor prediction, Tensor target) {
        Checks.same("cosine", prediction, target);
        return PairLoss.cosine(prediction, target).rsub(1).mean();
    }

    /// `1 − cos(a, b)` where y = 1, `max(0, cos(a, b) − margin)` where y = −1; a, b [N, D], y [N]; the mean.
    static Tensor cosineEmbedding(Tensor a, Tensor b, Tensor y, double margin) {
        return PairLoss.cosineEmbedding(a, b, y, margin, Reduce.MEAN);
    }

    /// `d² / 2` where `same` is 1, `max(0, margin − d)² / 2` where it is 0, d = ‖a − b‖; a, b [N, D], same [N] (Hadsell
    /// et al. 2006); the mean.
    static Tensor contrastive(Tensor a, Tensor b, Tensor same, double margin) {
        return PairLoss.contrastive(a, b, same, margin, Reduce.MEAN);
    }

    /// `max(0, ‖anchor − positive‖ − ‖anchor − negative‖ + margin)` over rows [N, D] (Schroff et al.,
    /// arXiv:1503.03832); the mean.
    static Tensor triplet(Tensor anchor, Tensor positive, Tensor negative, double margin) {
        return PairLoss.triplet(anchor, positive, negative, margin, Reduce.MEAN);
    }

    /// This loss and λ times another of the same arguments.
    default Loss plus(double lambda, Loss other) {
        return (p, t) -> apply(p, t).add(other.apply(p, t).mul(lambda));
    }
}
