package dev.ijen.optim;

import dev.ijen.engine.Cells;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.State;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Exponential moving average of a model's parameters, `a ← decay · a + (1 − decay) · w`, starting from their values at
/// the first use.
public final class Ema implements AutoCloseable {
    private final double decay;
    private final Map<Parameter, State> averages = new HashMap<>();

    private Ema(double decay) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IjenException("moving average: decay", String.valueOf(decay), "0 ≤ decay < 1",
                    "a usual value is 0.999");
        }
        this.decay = decay;
    }

    /// An average with this memory.
    public static Ema of(double decay) {
        return new Ema(decay);
    }

    /// In a step, after the optimizer: moves the averages toward the new parameters.
    public void update(Object model) {
        states(model);
        for (var p : Cells.parameters(model).values()) {
            var a = average(p);
            a.set(a.get().mul(decay).add(p.get().mul(1 - decay)).cast(a.dtype()));
        }
    }

    /// What `f` gives with the averages in place of the parameters; inside a step or an inference function.
    public <T> T with(Object model, Supplier<T> f) {
        var stand = new HashMap<Cell, Tensor>();
        Cells.parameters(model).values().forEach(p -> stand.put(p, average(p).get()));
        return Cell.with(stand, f);
    }

    /// Makes the averages the model's parameters.
    public void copyTo(Object model) {
        Cells.parameters(model).values().forEach(p -> p.write(average(p).read()));
    }

    /// The averages by the parameters' names, for checkpoints. Makes those that do not exist yet.
    public Map<String, State> states(Object model) {
        var named = new LinkedHashMap<String, State>();
        Cells.parameters(model).forEach((name, p) -> named.put(name, average(p)));
        return named;
    }

    private synchronized State average(Parameter p) {
        return averages.computeIfAbsent(p, k -> p.home().state(p.name() + ".average", p.read()));
    }

    /// Frees the memory of the averages.
    @Override
    public synchronized void close() {
        averages.values().forEach(State::close);
        averages.clear();
    }
}
