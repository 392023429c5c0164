package dev.ijen.optim;

import dev.ijen.engine.Engine;
import dev.ijen.engine.State;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.List;

/// Dynamic loss scaling (Micikevicius et al., arXiv:1710.03740, section 3.2): the loss is multiplied by a power of two, so that
/// gradients in F16 do not vanish, and the gradients in F32 are divided by it. The rules and constants are those of PyTorch's
/// `GradScaler`: the scale starts at 65536; an update with an infinite or undefined gradient is left out and halves the scale; after
/// 2000 updates in a row without one it doubles, unless it would become infinite. All of it is part of the program: the host
/// decides nothing.
///
/// @param scale the factor on the loss, F32
/// @param good updates in a row since the scale changed, I32
/// @param skipped updates that were left out, I64
record LossScale(State scale, State good, State skipped) {
    static final String SCALE = "loss_scale";
    static final double INITIAL = 65536;
    static final double GROWTH = 2;
    static final double BACKOFF = 0.5;
    static final int INTERVAL = 2000;

    static LossScale of(Engine engine, OptimizerStates states) {
        return new LossScale(
                states.shared(engine, SCALE, () -> HostTensor.of(DType.F32, new double[] {INITIAL})),
                states.shared(engine, "good_updates", () -> HostTensor.of(new int[] {0})),
                states.shared(engine, "skipped_updates", () -> HostTensor.of(new long[] {0})));
    }

    /// The loss to differentiate.
    Tensor up(Tensor loss) {
        return loss.mul(scale.get().cast(loss.dtype()));
    }

    /// A gradient of the loss, from one of the loss to differentiate. Exact, but where it becomes a denormal number.
    Tensor down(Tensor gradient) {
        return gradient.mul(scale.get().reciprocal().cast(gradient.dtype()));
    }

    /// True where every element of all gradients is finite, BOOL[].
    static Tensor finite(List<Tensor> gradients) {
        Tensor all = null;
        for (var g : gradients) {
            var fine = g.isFinite().all();
            all = all == null ? fine : all.and(fine);
        }
        return all;
    }

    /// Moves the scale after an update.
    ///
    /// @param due whether this call makes an update, BOOL[]; null for always
    /// @param fine whether its gradients were finite, BOOL[]
    void update(Tensor due, Tensor fine) {
        var s = scale.get();
        var count = good.get().add(1);
        var full = count.eq(INTERVAL);
        var grown = s.mul(GROWTH);
        var next = fine.where(full.and(grown.isFinite()).where(grown, s), s.mul(BACKOFF));
        var rest = fine.and(full.not()).where(count, count.zerosLike());
        var left = skipped.get().add(fine.not().cast(DType.I64));
        scale.set(OptimizerPass.choose(due, next, s));
        good.set(OptimizerPass.choose(due, rest, good.get()));
        skipped.set(OptimizerPass.choose(due, left, skipped.get()));
    }
}
