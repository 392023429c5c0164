package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.State;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.stream.IntStream;

/// Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167): `y = w · (x − μ) / √(σ² + eps) + b` for each channel of x
/// [N, C, spatial..]. In training μ and σ² are the batch's, and the running ones move toward them in the same step:
/// `running ← (1 − momentum) · running + momentum · batch`, with the batch's unbiased variance. In use they are the
/// running ones.
///
/// @param weight scale [C]
/// @param bias shift [C]
/// @param runningMean running mean [C]
/// @param runningVariance running variance [C]
/// @param momentum share of the batch in the running statistics
/// @param eps added to the variance
/// @param fixed whether the running statistics are used, and stay, in training, too: of a layer that is frozen
public record BatchNorm(
        Parameter weight, Parameter bias, State runningMean, State runningVariance, double momentum, double eps,
        boolean fixed) implements Module {
    /// Whose statistics follow the batches.
    public BatchNorm(
            Parameter weight, Parameter bias, State runningMean, State runningVariance, double momentum, double eps) {
        this(weight, bias, runningMean, runningVariance, momentum, eps, false);
    }

    /// The same layer with statistics that stay as they are.
    public BatchNorm withFixedStatistics() {
        return new BatchNorm(weight, bias, runningMean, runningVariance, momentum, eps, true);
    }

    /// Momentum 0.1, eps 1e-5.
    public static BatchNorm of(Engine engine, int channels) {
        return of(engine, channels, 0.1, 1e-5);
    }

    /// With a chosen momentum and eps.
    public static BatchNorm of(Engine engine, int channels, double momentum, double eps) {
        return new BatchNorm(
                engine.parameter("norm.weight", ones(channels)),
                engine.parameter("norm.bias", HostTensor.zeros(DType.F32, Shape.of(channels))),
                engine.state("norm.runningMean", HostTensor.zeros(DType.F32, Shape.of(channels))),
                engine.state("norm.runningVariance", ones(channels)),
                momentum,
                eps);
    }

    static HostTensor ones(int... dims) {
        var t = HostTensor.zeros(DType.F32, Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, 1);
        }
        return t;
    }

    @Override
    public Tensor apply(Tensor x) {
        int channels = weight.shape().dim(0);
        if (x.shape().rank() < 2 || x.shape().dim(1) != channels) {
            throw new ShapeException(
                    "batch norm", "x" + x.shape(), "x[N, " + channels + ", spatial..]",
                    "give the channels of the layer before");
        }
        // statistics of half precision would overflow or lose digits
        var wide = x.cast(DType.promote(x.dtype(), DType.F32));
        var mean = runningMean.get();
        var variance = runningVariance.get();
        if (Trace.isTraining() && !fixed) {
            int count = x.shape().size() / Math.max(1, channels);
            if (count < 2) {
                throw new ShapeException(
                        "batch norm", "x" + x.shape(), "at least two values a channel in training",
                        "use a batch of 2 or more");
            }
            var axes = IntStream.range(0, x.shape().rank()).filter(a -> a != 1).toArray();
            mean = wide.mean(axes);
            variance = wide.sub(Conv.perChannel(mean, x.shape())).square().mean(axes);
            follow(runningMean, mean);
            follow(runningVariance, variance.mul(count / (count - 1.0)));
        }
        var scale = variance.add(eps).rsqrt().mul(weight.get());
        var y = wide.sub(Conv.perChannel(mean, x.shape()))
                .mul(Conv.perChannel(scale, x.shape()))
                .add(Conv.perChannel(bias.get(), x.shape()));
        return y.cast(x.dtype());
    }

    private void follow(State running, Tensor batch) {
        running.set(running.get().mul(1 - momentum).add(batch.mul(momentum)).cast(running.dtype()));
    }
}
