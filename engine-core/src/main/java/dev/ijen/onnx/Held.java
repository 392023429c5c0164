package dev.ijen.onnx;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.State;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.HostTensor;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The initializers of a model's main graph. Numbers of real type with an axis are weights, or the running statistics of a batch norm; the others
/// are constants.
final class Held implements AutoCloseable {
    private final Map<String, Parameter> weights = new LinkedHashMap<>();
    private final Map<String, State> statistics = new LinkedHashMap<>();
    private final Map<String, Value.Of> constants = new HashMap<>();

    Held(Engine engine, Session session, Proto.Graph graph) {
        boolean done = false;
        try {
            hold(engine, session, graph);
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private void hold(Engine engine, Session session, Proto.Graph graph) {
        var running = new HashSet<String>();
        for (var n : graph.nodes()) {
            if (n.op().equals("BatchNormalization") && n.inputs().size() > 4) {
                running.addAll(n.inputs().subList(3, 5));
            }
        }
        for (var t : graph.initializers()) {
            var h = session.data().read(t);
            var type = session.data().type(t);
            if (type.own() && type.real() && h.shape().rank() > 0 && !constants.containsKey(t.name())) {
                hold(engine, t.name(), h, running.contains(t.name()));
                constants.put(t.name(), new Value.Of(null, type, h, false));
            } else {
                constants.put(t.name(), session.known(h, type));
            }
        }
    }

    private void hold(Engine engine, String name, HostTensor h, boolean running) {
        if (running) {
            statistics.put(name, engine.state(name, h));
        } else {
            weights.put(name, engine.parameter(name, h));
        }
    }

    boolean has(String name) {
        return constants.containsKey(name);
    }

    Map<String, Parameter> weights() {
        return Collections.unmodifiableMap(weights);
    }

    /// Names of weights that are parameters.
    Set<String> trained() {
        return weights.keySet();
    }

    Map<String, Cell> cells() {
        var all = new LinkedHashMap<String, Cell>(weights);
        all.putAll(statistics);
        return all;
    }

    /// Gives a scope all of them by name.
    void put(Scope scope) {
        constants.forEach((name, v) -> {
            Cell w = weights.containsKey(name) ? weights.get(name) : statistics.get(name);
            scope.put(name, w == null ? v : new Value.Of(w.get(), v.type(), v.host(), false));
        });
    }

    @Override
    public void close() {
        weights.values().forEach(Parameter::close);
        statistics.values().forEach(State::close);
    }
}
