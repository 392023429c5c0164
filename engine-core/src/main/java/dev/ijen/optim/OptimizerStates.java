package dev.ijen.optim;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.State;
import dev.ijen.tensor.HostTensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The cells an optimizer keeps: a few of its own and some for each parameter, made on first use.
final class OptimizerStates {
    private final Map<String, State> shared = new LinkedHashMap<>();
    private final Map<Parameter, Map<String, State>> slots = new HashMap<>();

    synchronized boolean isEmpty() {
        return shared.isEmpty();
    }

    synchronized State shared(Engine engine, String name, Supplier<HostTensor> initial) {
        return shared.computeIfAbsent(name, n -> engine.state("optimizer." + n, initial.get()));
    }

    synchronized State slot(Parameter p, String name, String slot, Supplier<HostTensor> initial) {
        return slots.computeIfAbsent(p, k -> new LinkedHashMap<>())
                .computeIfAbsent(slot, s -> p.home().state(name + "." + s, initial.get()));
    }

    synchronized Map<String, State> shared() {
        return new LinkedHashMap<>(shared);
    }

    synchronized Map<String, State> of(Parameter p) {
        return new LinkedHashMap<>(slots.getOrDefault(p, Map.of()));
    }

    synchronized void close() {
        shared.values().forEach(State::close);
        slots.values().forEach(s -> s.values().forEach(State::close));
        shared.clear();
        slots.clear();
    }
}
