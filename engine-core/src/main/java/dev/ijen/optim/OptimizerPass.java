package dev.ijen.optim;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.State;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One update of all parameters, while it is traced.
///
/// @param rule the formula
/// @param settings what comes before and around it
/// @param states the optimizer's memory
/// @param scale first value of the factor on the rate
record OptimizerPass(Rule rule, Settings settings, OptimizerStates states, double scale) {
    /// What parameters of one type share.
    ///
    /// @param rate learning rate
    /// @param count number of this update
    /// @param corrections of averages, by their memory
    private record Scalars(Tensor rate, Tensor count, Map<Double, Tensor> corrections) {}

    void run(Map<String, Parameter> trained, Map<String, Tensor> gradients) {
        var engine = trained.values().iterator().next().home();
        var step = states.shared(engine, "step", () -> HostTensor.of(new long[] {0}));
        var rateCell = states.shared(engine, "rate", () -> HostTensor.of(new float[] {0}));
        var scaleCell = states.shared(engine, "scale", () -> HostTensor.of(new float[] {(float) scale}));

        var done = step.get();
        var rate = settings.schedule().at(done.cast(DType.F32)).cast(DType.F32).mul(scaleCell.get());
        if (rate.shape().rank() != 0) {
            throw new IjenException("schedule: not a scalar", rate.toString(), "F32[]", "return one number for a step");
        }
        var g = new ArrayList<Tensor>();
        trained.forEach((name, p) -> g.add(gradients.get(name).cast(wide(p))));
        var last = settings.accumulation() > 1 ? accumulate(engine, trained, g) : null;
        var go = engine.precision().scalesLoss() ? finite(LossScale.of(engine, states), last, g) : last;

        var next = done.add(1);
        var bounded = clipped(g).iterator();
        var scalars = new EnumMap<DType, Scalars>(DType.class);
        trained.forEach((name, p) -> {
            var shared = scalars.computeIfAbsent(wide(p),
                    t -> new Scalars(rate.cast(t), next.cast(t), new HashMap<>()));
            move(name, p, bounded.next(), shared, go);
        });
        step.set(choose(go, next, done));
        rateCell.set(rate);
    }

    private static DType wide(Parameter p) {
        return DType.promote(p.dtype(), DType.F32);
    }

    /// Moves the scale of losses; true where an update is due and its gradients are finite.
    private static Tensor finite(LossScale scale, Tensor last, List<Tensor> g) {
        var fine = LossScale.finite(g);
        scale.update(last, fine);
        return last == null ? fine : last.and(fine);
    }

    /// `yes` where the condition holds; null stands for always.
    static Tensor choose(Tensor condition, Tensor yes, Tensor no) {
        return condition == null ? yes : condition.where(yes, no);
    }

    /// Turns the gradients into the mean of this call's and the ones before; true in the call that completes an update.
    private Tensor accumulate(Engine engine, Map<String, Parameter> trained, List<Tensor> g) {
        var calls = states.shared(engine, "calls", () -> HostTensor.of(new int[] {0}));
        var count = calls.get().add(1);
        var last = count.eq(settings.accumulation());
        calls.set(last.where(count.zerosLike(), count));
        int i = 0;
        for (var e : trained.entrySet()) {
            var p = e.getValue();
            var sum = states.slot(p, e.getKey(), "gradient", () -> HostTensor.zeros(wide(p), p.shape()));
            var total = sum.get().add(g.get(i).mul(1.0 / settings.accumulation()));
            sum.set(last.where(total.zerosLike(), total));
            g.set(i++, total);
        }
        return last;
    }

    private List<Tensor> clipped(List<Tensor> g) {
        var c = settings.clipValue() < Double.POSITIVE_INFINITY ? Gradients.clipValue(g, settings.clipValue()) : g;
        return settings.clipNorm() < Double.POSITIVE_INFINITY ? Gradients.clipNorm(c, settings.clipNorm()) : c;
    }

    private void move(String name, Parameter p, Tensor gradient, Scalars shared, Tensor go) {
        var type = wide(p);
        double decay = settings.decay(name, p.shape());
        double factor = settings.rateFactor(name);
        var rate = factor == 1 ? shared.rate : shared.rate.mul(factor);
        var old = p.get().cast(type);
        var w = old;
        var g = gradient;
        switch (decay == 0 ? Rule.Decay.BY_RULE : rule.decay()) {
            case COUPLED -> g = g.add(w.mul(decay));
            case DECOUPLED -> w = w.mul(rate.mul(decay).rsub(1));
            case BY_RULE -> {}
        }
        var u = new Update(
                w, g, rate, shared.count, decay, (slot, shape) -> slot(name, p, slot, shape), shared.corrections);
        var moved = rule.next(u);
        u.changed().forEach((s, value) -> s.set(choose(go, value, s.get())));
        p.set(choose(go, moved, old).cast(p.dtype()));
    }

    private State slot(String name, Parameter p, String slot, Shape shape) {
        return states.slot(p, name, slot, () -> HostTensor.zeros(wide(p), shape));
    }
}
