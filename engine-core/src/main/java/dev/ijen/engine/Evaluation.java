package dev.ijen.engine;

import dev.ijen.graph.Compiled;
import dev.ijen.graph.Program;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Op;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Evaluates expressions that no step was compiled for, through the same path: literals become arguments, and programs are kept by
/// the structure of the expression.
final class Evaluation implements AutoCloseable {
    private static final int MAX_PROGRAMS = 256;

    private final Engine engine;
    private final Map<Structure, Cached> programs = new LinkedHashMap<>(16, 0.75f, true);

    Evaluation(Engine engine) {
        this.engine = engine;
    }

    /// The operations in order, with the numbers of their inputs; which of them are results; which cells are assigned.
    private record Structure(List<Op> ops, List<List<Integer>> inputs, List<Integer> roots, List<Cell> cells) {}

    private record Cached(Execution.Loaded program, Execution execution) {}

    synchronized List<HostTensor> run(List<Tensor> results, Map<Cell, Tensor> updates) {
        var program = new Program(List.copyOf(results), updates);
        var order = program.tensors();
        Map<Tensor, Integer> number = new IdentityHashMap<>();
        Map<Leaf.Literal, Integer> slots = new HashMap<>();
        var literals = new ArrayList<HostTensor>();
        var ops = new ArrayList<Op>();
        var inputs = new ArrayList<List<Integer>>();
        for (var t : order) {
            number.put(t, ops.size());
            ops.add(
                    switch (t.op()) {
                        case Leaf.Literal l -> {
                            int slot = slots.computeIfAbsent(l, x -> {
                                literals.add(x.data());
                                return literals.size() - 1;
                            });
                            yield new Leaf.Input(slot, t.dtype(), t.shape());
                        }
                        case Leaf.Input i -> throw new IjenException(
                                "evaluate: " + t + " is an argument of a step",
                                "a tensor used outside the step it belongs to",
                                "an expression of parameters and literals",
                                "return the tensor from the step and read the step's outputs");
                        case Op op -> op;
                    });
            var in = new ArrayList<Integer>();
            for (int i = 0; i < t.arity(); i++) {
                in.add(number.get(t.input(i)));
            }
            inputs.add(in);
        }
        var roots = program.roots().stream().map(number::get).toList();
        var key = new Structure(ops, inputs, roots, List.copyOf(updates.keySet()));
        var cached = programs.get(key);
        if (cached == null) {
            cached = compile(program, order, ops, number, literals.size());
            programs.put(key, cached);
            if (programs.size() > MAX_PROGRAMS) {
                var eldest = programs.entrySet().iterator().next();
                programs.remove(eldest.getKey());
                release(eldest.getValue());
            }
        }
        cached.execution.run(literals.toArray(HostTensor[]::new));
        var values = new ArrayList<HostTensor>();
        for (int i = 0; i < results.size(); i++) {
            values.add(cached.execution.result(i));
        }
        return values;
    }

    private Cached compile(Program p, List<Tensor> order, List<Op> ops, Map<Tensor, Integer> number, int arguments) {
        var with = new Tensor[order.size()];
        for (int k = 0; k < with.length; k++) {
            var t = order.get(k);
            var in = new Tensor[t.arity()];
            Arrays.setAll(in, i -> with[number.get(t.input(i))]);
            with[k] = t.op() instanceof Leaf.Literal ? Tensor.of(ops.get(k)) : t.on(in);
        }
        var results = p.results().stream().map(t -> with[number.get(t)]).toList();
        var updates = new LinkedHashMap<Cell, Tensor>();
        p.updates().forEach((c, t) -> updates.put(c, with[number.get(t)]));
        var event = Recorded.compile();
        var loaded = engine.load(Compiled.of(new Program(results, updates)));
        Recorded.end(event, "expression", loaded.compiled());
        boolean done = false;
        try {
            var e = new Execution(engine, loaded, arguments);
            done = true;
            return new Cached(loaded, e);
        } finally {
            if (!done) {
                engine.unload(loaded);
            }
        }
    }

    private void release(Cached c) {
        c.execution.close();
        engine.unload(c.program);
    }

    /// Drops programs that use a cell which is being closed.
    synchronized void forget(Cell cell) {
        programs.entrySet().removeIf(e -> {
            boolean uses = e.getKey().cells.contains(cell)
                    || e.getKey().ops.stream().anyMatch(o -> o instanceof Leaf.Read(var c) && c.equals(cell));
            if (uses) {
                release(e.getValue());
            }
            return uses;
        });
    }

    @Override
    public synchronized void close() {
        programs.values().forEach(this::release);
        programs.clear();
    }
}
