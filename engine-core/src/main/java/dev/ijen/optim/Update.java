package dev.ijen.optim;

import dev.ijen.engine.State;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/// One parameter's update while it is traced: what a [Rule] reads, and the memory it keeps between updates.
public final class Update {
    private final Tensor weight;
    private final Tensor gradient;
    private final Tensor rate;
    private final Tensor count;
    private final double decay;
    private final BiFunction<String, Shape, State> states;
    private final Map<Double, Tensor> corrections;
    private final Map<State, Tensor> changed = new LinkedHashMap<>();

    /// Rate and count come as scalars of the weight's type; corrections made for other weights of that type are taken
    /// from there.
    Update(
            Tensor weight,
            Tensor gradient,
            Tensor rate,
            Tensor count,
            double decay,
            BiFunction<String, Shape, State> states,
            Map<Double, Tensor> corrections) {
        this.weight = weight;
        this.gradient = gradient;
        this.rate = rate;
        this.count = count;
        this.decay = decay;
        this.states = states;
        this.corrections = corrections;
    }

    /// The weight, in F32 or F64.
    public Tensor weight() {
        return weight;
    }

    /// The gradient, of the weight's type and shape.
    public Tensor gradient() {
        return gradient;
    }

    /// The learning rate, a scalar.
    public Tensor rate() {
        return rate;
    }

    /// Which update this is, from 1 on, a scalar.
    public Tensor count() {
        return count;
    }

    /// Weight decay, for rules that do it themselves.
    public double decay() {
        return decay;
    }

    /// Memory of the weight's shape; zeros before the first update.
    public Tensor get(String slot) {
        return get(slot, weight.shape());
    }

    /// Memory of a shape; zeros before the first update.
    public Tensor get(String slot, Shape shape) {
        var s = states.apply(slot, shape);
        return changed.getOrDefault(s, s.get());
    }

    /// Keeps a value for the next update.
    public Tensor set(String slot, Tensor value) {
        changed.put(states.apply(slot, value.shape()), value);
        return value;
    }

    /// Moves a slot of the weight's shape: `β · slot + (1 − β) · value`.
    public Tensor average(String slot, double beta, Tensor value) {
        return set(slot, get(slot, value.shape()).mul(beta).add(value.mul(1 - beta)));
    }

    /// `1 − βᵗ`, what an average that started at 0 has to be divided by.
    public Tensor correction(double beta) {
        // 1 − pow would lose half of the digits for β near 1
        return corrections.computeIfAbsent(beta, b -> count.mul(Math.log(b)).expm1().neg());
    }

    /// The type of the weight: F32 or F64.
    public DType dtype() {
        return weight.dtype();
    }

    Map<State, Tensor> changed() {
        return changed;
    }
}
