package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;

/// Dropout (Srivastava et al. 2014): in training each element is 0 with probability `rate`, the others are divided by 1
/// − rate; in use, the identity. The mask is new in every run of a step, and the same wherever its gradient needs it
/// again.
///
/// @param engine whose generator draws the mask
/// @param rate probability of dropping, in [0, 1)
public record Dropout(Engine engine, double rate) implements Module {
    /// Checks the rate.
    public Dropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new IjenException("dropout: rate", String.valueOf(rate), "0 ≤ rate < 1",
                    "give the share of elements to drop");
        }
    }

    /// Drops each element with this probability.
    public static Dropout of(Engine engine, double rate) {
        return new Dropout(engine, rate);
    }

    @Override
    public Tensor apply(Tensor x) {
        if (!Trace.isTraining() || rate == 0) {
            return x;
        }
        return engine.uniform(x.shape().dims()).ge(rate).where(x.mul(1 / (1 - rate)), x.zerosLike());
    }
}
