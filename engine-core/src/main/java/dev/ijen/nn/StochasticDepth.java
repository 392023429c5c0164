package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.Arrays;

/// Stochastic depth (Huang et al., arXiv:1603.09382), at the end of a residual body: in training the body of each example is left out
/// with probability `rate`, the others are divided by 1 − rate; in use, the identity.
///
/// @param engine whose generator draws
/// @param rate probability of leaving out, in [0, 1)
public record StochasticDepth(Engine engine, double rate) implements Module {
    /// Checks the rate.
    public StochasticDepth {
        if (!(rate >= 0 && rate < 1)) {
            throw new IjenException("stochastic depth: rate", String.valueOf(rate), "0 ≤ rate < 1",
                    "give the share of examples whose body is left out");
        }
    }

    /// Leaves the body out with this probability.
    public static StochasticDepth of(Engine engine, double rate) {
        return new StochasticDepth(engine, rate);
    }

    @Override
    public Tensor apply(Tensor x) {
        if (!Trace.isTraining() || rate == 0) {
            return x;
        }
        var one = new int[x.shape().rank()];
        Arrays.fill(one, 1);
        one[0] = x.shape().dim(0);
        return engine.uniform(one).ge(rate).where(x.mul(1 / (1 - rate)), x.zerosLike());
    }
}
