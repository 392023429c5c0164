package dev.ijen.loss;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Binary cross-entropy of logits, `−w t ln σ(x) − (1 − t) ln(1 − σ(x))`, with targets t between 0 and 1 of the logits'
/// shape. Finite however large the logits.
///
/// @param positiveWeight w: one number, or one for each entry of the last axis, or empty for 1
/// @param reduce what becomes of the losses
public record BinaryCrossEntropy(List<Float> positiveWeight, Reduce reduce) implements Loss {
    /// The list is copied.
    public BinaryCrossEntropy {
        positiveWeight = List.copyOf(positiveWeight);
    }

    /// Plain: no weight, the mean.
    public static BinaryCrossEntropy of() {
        return new BinaryCrossEntropy(List.of(), Reduce.MEAN);
    }

    /// With a weight of positive targets: one, or one for each entry of the last axis.
    public BinaryCrossEntropy withPositiveWeight(float... weights) {
        var list = new ArrayList<Float>();
        for (float w : weights) {
            list.add(w);
        }
        return new BinaryCrossEntropy(list, reduce);
    }

    /// With another reduction.
    public BinaryCrossEntropy with(Reduce other) {
        return new BinaryCrossEntropy(positiveWeight, other);
    }

    @Override
    public Tensor apply(Tensor x, Tensor targets) {
        var logits = Precision.wide(x);
        Checks.same("binary cross-entropy", logits, targets);
        var t = targets.cast(logits.dtype());
        if (positiveWeight.isEmpty()) {
            return reduce.of(logits.neg().softplus().add(logits.mul(t.rsub(1))));
        }
        var w = new double[positiveWeight.size()];
        for (int i = 0; i < w.length; i++) {
            w[i] = positiveWeight.get(i);
        }
        var factor = t.mul(Tensor.of(HostTensor.of(DType.F32, w, w.length)).cast(logits.dtype()).sub(1)).add(1);
        return reduce.of(logits.neg().softplus().mul(factor).add(logits.mul(t.rsub(1))));
    }
}
