package dev.ijen.nn;

import dev.ijen.engine.Composite;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Modules one after the other: `y = mₙ(… m₁(x))`. Unnamed ones are called by their position: `0`, `1`, ….
public final class Chain implements Module, Composite {
    private final Map<String, Module> modules;

    private Chain(Map<String, Module> modules) {
        this.modules = modules;
    }

    /// The modules in order; each may be a layer, another chain or a closure such as `Tensor::relu`.
    public static Chain of(Module... modules) {
        return of(List.of(modules));
    }

    /// The modules in order.
    public static Chain of(List<? extends Module> modules) {
        var named = new LinkedHashMap<String, Module>();
        for (var m : modules) {
            named.put(String.valueOf(named.size()), m);
        }
        return new Chain(named);
    }

    /// Modules with names.
    static Chain named(Map<String, Module> modules) {
        return new Chain(new LinkedHashMap<>(modules));
    }

    /// This chain and one more module with a name of its own.
    ///
    /// @throws IjenException if the name is taken, empty or contains a dot
    public Chain then(String name, Module module) {
        if (name.isEmpty() || name.indexOf('.') >= 0 || modules.containsKey(name)) {
            throw new IjenException(
                    "chain: name cannot be used", "'" + name + "'", "a new name without dots",
                    "rename the module; taken: " + modules.keySet());
        }
        var named = new LinkedHashMap<>(modules);
        named.put(name, module);
        return new Chain(named);
    }

    /// This chain and one more module, named by its position.
    public Chain then(Module module) {
        return then(String.valueOf(modules.size()), module);
    }

    /// The modules in order.
    public List<Module> modules() {
        return new ArrayList<>(modules.values());
    }

    /// The first `count` modules, the same weights: a feature extractor.
    public Chain first(int count) {
        var named = new LinkedHashMap<String, Module>();
        modules.entrySet().stream().limit(count).forEach(e -> named.put(e.getKey(), e.getValue()));
        return new Chain(named);
    }

    @Override
    public Map<String, Module> parts() {
        return Collections.unmodifiableMap(modules);
    }

    @Override
    public Tensor apply(Tensor x) {
        var y = x;
        for (var m : modules.entrySet()) {
            y = Probe.apply(m.getKey(), m.getValue(), y);
        }
        return y;
    }

    /// The same result, in segments of as many modules each whose inner values the gradient computes again instead of keeping them
    /// ([Gradient#checkpoint]): less memory for one more forward pass.
    ///
    /// @param segments how many; 0 to keep everything
    public Tensor apply(Tensor x, int segments) {
        int n = modules.size();
        if (segments <= 0 || n == 0) {
            return apply(x);
        }
        var all = List.copyOf(modules.entrySet());
        var y = x;
        int parts = Math.min(segments, n);
        for (int k = 0; k < parts; k++) {
            var segment = all.subList(k * n / parts, (k + 1) * n / parts);
            y = Gradient.checkpoint(in -> {
                var z = in;
                for (var m : segment) {
                    z = Probe.apply(m.getKey(), m.getValue(), z);
                }
                return z;
            }, y);
        }
        return y;
    }

    @Override
    public String toString() {
        return "Chain" + modules;
    }
}
