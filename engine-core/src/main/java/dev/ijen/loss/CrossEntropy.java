package dev.ijen.loss;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import java.util.ArrayList;
import java.util.List;

/// Cross-entropy `−Σ q ln softmax(logits)` of logits [.., C] with labels [..] of whole numbers, or soft labels q [..,
/// C]. With smoothing ε, q = (1 − ε) · q + ε / C (Szegedy et al., arXiv:1512.00567). With class weights w each term is
/// multiplied by its class's, and the mean is `Σ losses / Σ w[label]` for hard labels.
///
/// @param smoothing ε in [0, 1)
/// @param classWeights one number for each class, or empty
/// @param ignore a label that does not count, whose loss is 0; negative labels never count
/// @param reduce what becomes of the losses [..]
public record CrossEntropy(double smoothing, List<Float> classWeights, int ignore, Reduce reduce) implements Loss {
    /// Checks the constants.
    public CrossEntropy {
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IjenException("cross-entropy: smoothing", String.valueOf(smoothing), "0 ≤ smoothing < 1",
                    "a usual value is 0.1");
        }
        classWeights = List.copyOf(classWeights);
    }

    /// Plain: no smoothing, no weights, the mean.
    public static CrossEntropy of() {
        return new CrossEntropy(0, List.of(), -1, Reduce.MEAN);
    }

    /// With label smoothing.
    public CrossEntropy withSmoothing(double epsilon) {
        return new CrossEntropy(epsilon, classWeights, ignore, reduce);
    }

    /// With a weight for each class.
    public CrossEntropy withClassWeights(float... weights) {
        var list = new ArrayList<Float>();
        for (float w : weights) {
            list.add(w);
        }
        return new CrossEntropy(smoothing, list, ignore, reduce);
    }

    /// With a label that does not count.
    public CrossEntropy withIgnore(int label) {
        return new CrossEntropy(smoothing, classWeights, label, reduce);
    }

    /// With another reduction.
    public CrossEntropy with(Reduce other) {
        return new CrossEntropy(smoothing, classWeights, ignore, other);
    }

    @Override
    public Tensor apply(Tensor logits, Tensor labels) {
        return Where.here(() -> compute(Precision.wide(logits), labels));
    }

    private Tensor compute(Tensor logits, Tensor labels) {
        boolean soft = labels.dtype().isFloat();
        if (soft) {
            Checks.same("cross-entropy with soft labels", logits, labels);
            return soft(logits, labels.cast(logits.dtype()));
        }
        Checks.classes("cross-entropy", logits, labels);
        var index = labels.cast(DType.I32);
        var counted = ignore < 0 ? index.ge(0) : index.ge(0).and(index.ne(ignore));
        var weight = counted.cast(logits.dtype());
        var label = ignore < 0 ? index : counted.where(index, -1);
        if (!classWeights.isEmpty()) {
            var own = weights(logits).take(0, label.maximum(0));
            weight = weight.mul(own);
        }
        var losses = logits.crossEntropy(label);
        losses = classWeights.isEmpty() ? losses : losses.mul(weight);
        if (smoothing > 0) {
            var flat = spread(logits).mul(counted.cast(logits.dtype()));
            losses = losses.mul(1 - smoothing).add(flat.mul(smoothing));
        }
        return reduce.weighted(losses, weight);
    }

    private Tensor soft(Tensor logits, Tensor q) {
        var logP = logits.logSoftmax();
        var terms = classWeights.isEmpty() ? q.mul(logP) : q.mul(logP).mul(weights(logits));
        var losses = terms.sum(-1).neg();
        if (smoothing > 0) {
            losses = losses.mul(1 - smoothing).add(spread(logits).mul(smoothing));
        }
        return reduce.of(losses);
    }

    /// Mean over the classes of −w ln softmax(logits), [..].
    private Tensor spread(Tensor logits) {
        var logP = logits.logSoftmax();
        return (classWeights.isEmpty() ? logP : logP.mul(weights(logits))).mean(-1).neg();
    }

    private Tensor weights(Tensor logits) {
        int classes = logits.shape().dim(-1);
        if (classWeights.size() != classes) {
            throw new ShapeException(
                    "cross-entropy: class weights",
                    classWeights.size() + " weights, logits " + logits.shape(),
                    classes + " weights",
                    "give one weight for each class");
        }
        var w = new float[classes];
        for (int i = 0; i < classes; i++) {
            w[i] = classWeights.get(i);
        }
        return Tensor.of(HostTensor.of(w, classes)).cast(logits.dtype());
    }
}
