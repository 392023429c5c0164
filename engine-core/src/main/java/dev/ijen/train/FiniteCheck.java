package dev.ijen.train;

import dev.ijen.engine.Engine;
import dev.ijen.engine.State;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// Remembers on the device which steps had a loss or gradient that is NaN or infinite, and which tensor that was in the first.
final class FiniteCheck implements AutoCloseable {
    private final State steps;
    private final State first;
    private final State which;
    private final State count;
    private final State streak;
    private List<String> names = List.of();

    /// What was seen since the last reading.
    ///
    /// @param steps all steps
    /// @param first the first bad one, from 1; 0 for none
    /// @param tensor what was not finite in it: `the loss`, `the gradient of 0.weight`
    /// @param count bad steps
    /// @param streak bad steps one after the other up to now, over readings
    record Seen(long steps, long first, String tensor, long count, long streak) {}

    FiniteCheck(Engine engine) {
        steps = engine.state("finite.steps", TrainStep.zero());
        first = engine.state("finite.first", TrainStep.zero());
        which = engine.state("finite.which", TrainStep.zero());
        count = engine.state("finite.count", TrainStep.zero());
        streak = engine.state("finite.streak", TrainStep.zero());
    }

    /// In a step: looks at the loss and at gradients by name of their parameter. True where all is finite.
    Tensor watch(Tensor loss, Map<String, Tensor> gradients) {
        names = List.copyOf(gradients.keySet());
        double none = names.size() + 1;
        var found = Tensor.scalar(DType.F32, none);
        for (int i = names.size(); i > 0; i--) {
            found = finite(gradients.get(names.get(i - 1))).where(found, Tensor.scalar(DType.F32, i));
        }
        found = finite(loss).where(found, Tensor.scalar(DType.F32, 0)).cast(DType.F64);
        var fine = found.eq(none);
        var now = steps.get().add(1);
        var before = first.get();
        var isFirst = before.eq(0).and(fine.not());
        steps.set(now);
        first.set(isFirst.where(now, before));
        which.set(isFirst.where(found, which.get()));
        count.set(fine.where(count.get(), count.get().add(1)));
        streak.set(fine.where(streak.get().zerosLike(), streak.get().add(1)));
        return fine;
    }

    /// A sum is finite where all its terms are, and where it does not overflow itself: gradients of such a size (10³³ and more) have
    /// infinite squares, so that no update can come of them either. It is one fold in the loop that reads the gradient anyway.
    private static Tensor finite(Tensor x) {
        return x.sum().isFinite();
    }

    /// Whether there was a bad step since the last reading. Waits for the device.
    boolean any() {
        return first.read().item() > 0;
    }

    /// Reads what was seen and begins anew.
    Seen read() {
        int w = (int) which.read().item();
        var tensor = w == 0 ? "the loss" : "the gradient of " + names.get(w - 1);
        var seen = new Seen(number(steps), number(first), tensor, number(count), number(streak));
        HostTensor zero = TrainStep.zero();
        for (var s : List.of(steps, first, which, count)) {
            s.write(zero);
        }
        return seen;
    }

    private static long number(State s) {
        return (long) s.read().item();
    }

    @Override
    public void close() {
        for (var s : List.of(steps, first, which, count, streak)) {
            s.close();
        }
    }
}
