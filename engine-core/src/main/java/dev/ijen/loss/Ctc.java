package dev.ijen.loss;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// Connectionist temporal classification (Graves et al. 2006): minus the logarithm of the probability that a sequence
/// of distributions over symbols and a blank, read without repetitions and blanks, is a given label sequence. The
/// forward algorithm in logarithms, one step a frame; its gradient is the graph's.
public final class Ctc {
    /// Stands for −∞, which would turn differences into NaN.
    private static final double NONE = -1e30;

    private Ctc() {}

    /// The mean over the batch of each loss divided by its label length; blank is symbol 0.
    ///
    /// @param logP log-probabilities [T, N, C]
    /// @param labels [N, L] whole numbers, padded at the end
    /// @param frames valid frames of each sequence [N]
    /// @param lengths labels of each sequence [N]
    public static Tensor loss(Tensor logP, Tensor labels, Tensor frames, Tensor lengths) {
        return loss(logP, labels, frames, lengths, 0, Reduce.MEAN);
    }

    /// With a chosen blank. A sequence whose frames cannot hold its labels has loss 0, and no gradient. The mean is of
    /// each loss divided by its label length.
    public static Tensor loss(Tensor logits, Tensor labels, Tensor frames, Tensor lengths, int blank, Reduce reduce) {
        var logP = Precision.wide(logits);
        check(logP, labels, frames, lengths);
        int steps = logP.shape().dim(0);
        int n = logP.shape().dim(1);
        int states = 2 * labels.shape().dim(1) + 1;
        var symbols = symbols(labels.cast(DType.I32), blank, n, states);
        var index = symbols.insertAxis(0).broadcast(steps, n, states);
        var emitted = logP.gather(2, index);
        // a state is entered from two before if it is no blank and no repetition
        var twoBefore = symbols.pad(1, 2, 0, blank).slice(1, 0, states);
        var skips = symbols.ne(blank).and(symbols.ne(twoBefore));
        var position = Tensor.iota(1, Shape.of(n, states));

        var none = Tensor.full(logP.dtype(), NONE, Shape.of(n, states));
        var alpha = position.le(1).where(emitted.select(0, 0), none);
        for (int t = 1; t < steps; t++) {
            var one = alpha.pad(1, 1, 0, NONE).slice(1, 0, states);
            var two = skips.where(alpha.pad(1, 2, 0, NONE).slice(1, 0, states), none);
            var next = logAdd(alpha, one, two).add(emitted.select(0, t)).maximum(NONE);
            alpha = frames.cast(DType.I32).gt(t).insertAxis(1).where(next, alpha);
        }
        var last = lengths.cast(DType.I32).mul(2).insertAxis(1);
        var ends = position.le(last).and(position.ge(last.sub(1)));
        var total = logAdd(ends.where(alpha, none));
        var possible = total.gt(NONE / 2);
        var losses = possible.where(total.neg(), total.zerosLike());
        return switch (reduce) {
            case NONE, SUM -> reduce.of(losses);
            case MEAN -> losses.div(lengths.maximum(1).cast(logP.dtype())).mean();
        };
    }

    /// blank, label, blank, label, …, blank: [N, 2 L + 1].
    private static Tensor symbols(Tensor labels, int blank, int n, int states) {
        var blanks = Tensor.full(DType.I32, blank, labels.shape());
        var pairs = Tensor.stack(2, blanks, labels).reshape(n, states - 1);
        return Tensor.concat(1, pairs, Tensor.full(DType.I32, blank, Shape.of(n, 1)));
    }

    private static Tensor logAdd(Tensor a, Tensor b, Tensor c) {
        var m = a.maximum(b).maximum(c).detach();
        return a.sub(m).exp().add(b.sub(m).exp()).add(c.sub(m).exp()).log().add(m);
    }

    /// ln Σ exp over the last axis.
    private static Tensor logAdd(Tensor x) {
        var m = x.maxKeep(-1).detach();
        return x.sub(m).exp().sum(-1).log().add(m.dropAxis(-1));
    }

    private static void check(Tensor logP, Tensor labels, Tensor frames, Tensor lengths) {
        int n = logP.shape().rank() == 3 ? logP.shape().dim(1) : -1;
        boolean fits = n >= 0
                && logP.dtype().isFloat()
                && logP.shape().dim(0) > 0
                && labels.dtype().isInt()
                && labels.shape().rank() == 2
                && labels.shape().dim(0) == n
                && frames.shape().equals(Shape.of(n))
                && lengths.shape().equals(frames.shape());
        if (!fits) {
            throw new ShapeException(
                    "ctc",
                    "logP " + logP + ", labels " + labels + ", frames " + frames.shape() + ", lengths "
                            + lengths.shape(),
                    "logP[T, N, C] real, labels[N, L] whole numbers, frames[N], lengths[N]",
                    "put time first, classes last");
        }
    }
}
