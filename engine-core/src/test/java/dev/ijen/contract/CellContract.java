package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.State;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Steps that assign cells, in place where that is allowed, several runs in a row. A module with a backend extends this class.
public abstract class CellContract {
    private static final int N = 67;

    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    /// Three cells and an argument of [67, 67], a vector of 67, a counter.
    private record Cells(Cell a, Cell b, Cell c, Cell v, Cell count, Tensor x) {}

    private static Map<String, Function<Cells, List<Tensor>>> updates() {
        var m = new LinkedHashMap<String, Function<Cells, List<Tensor>>>();
        m.put("in place", s -> set(s.a, s.a.get().mul(0.5).add(s.x)));
        m.put("exchange", s -> {
            var a = s.a.get();
            var b = s.b.get();
            s.a.set(b);
            s.b.set(a);
            return List.of(a, b);
        });
        m.put("exchange with arithmetic", s -> {
            var a = s.a.get();
            var b = s.b.get();
            s.a.set(b.mul(0.5));
            s.b.set(a.add(s.x));
            return List.of();
        });
        m.put("rotation of three", s -> {
            var a = s.a.get();
            s.a.set(s.b.get());
            s.b.set(s.c.get());
            s.c.set(a);
            return List.of();
        });
        m.put("flip", s -> set(s.a, s.a.get().flip(0)));
        m.put("transpose", s -> set(s.a, s.a.get().transpose()));
        m.put("transpose and add", s -> set(s.a, s.a.get().transpose().add(s.a.get()).mul(0.5)));
        m.put("roll", s -> set(s.a, Tensor.concat(0, s.a.get().slice(0, 1, N - 1), s.a.get().slice(0, 0, 1))));
        m.put("shift with padding", s -> set(s.a, s.a.get().slice(1, 0, N - 1).pad(1, 1, 0, 7)));
        m.put("product with itself", s -> set(s.a, s.a.get().mul(0.1).matmul(s.a.get())));
        m.put("minus its mean", s -> set(s.a, s.a.get().sub(s.a.get().meanKeep())));
        m.put("minus the mean of rows", s -> set(s.a, s.a.get().sub(s.a.get().meanKeep(1))));
        m.put("softmax", s -> set(s.a, s.a.get().softmax()));
        m.put("running sum", s -> set(s.a, s.a.get().mul(0.1).cumsum(0)));
        m.put("sort", s -> set(s.a, s.a.get().sort(0, true)));
        m.put("rows chosen", s -> set(s.a, s.a.get().take(0, Tensor.range(N - 1, -1, N))));
        m.put("scatter", s -> set(s.a, s.a.get().scatterAdd(0, Tensor.iota(1, Shape.of(2, N)), s.x.slice(0, 0, 2))));
        m.put("repeated row", s -> set(s.a, s.v.get().broadcast(N, N)));
        m.put("the argument", s -> set(s.a, s.x));
        m.put("a constant", s -> set(s.a, s.a.get().numberOf(3)));
        m.put("itself", s -> set(s.a, s.a.get()));
        m.put("one value to two cells", s -> {
            var y = s.a.get().add(s.x);
            s.a.set(y);
            s.b.set(y);
            return List.of(y);
        });
        m.put("one argument to two cells", s -> {
            s.a.set(s.x);
            s.b.set(s.x);
            return List.of(s.x);
        });
        m.put("one cell to two others", s -> {
            s.b.set(s.a.get());
            s.c.set(s.a.get());
            s.a.set(s.a.get().add(1));
            return List.of();
        });
        m.put("old and new as results", s -> {
            var old = s.a.get();
            s.a.set(old.mul(2));
            return List.of(old, s.a.get(), old.add(s.a.get()));
        });
        m.put("assigned twice", s -> {
            s.a.set(s.a.get().add(s.x));
            s.a.set(s.a.get().mul(0.5));
            return List.of(s.a.get());
        });
        m.put("read by others after it changed", s -> {
            s.a.set(s.a.get().mul(0.5).add(1));
            s.b.set(s.b.get().add(s.a.get()));
            s.c.set(s.a.get().transpose().sub(s.b.get()));
            return List.of();
        });
        m.put("old value read late", s -> {
            var old = s.a.get();
            s.a.set(old.mul(0.9));
            s.b.set(s.x.matmul(s.x).mul(0.01).add(old.transpose()));
            return List.of(old.sum(1));
        });
        m.put("gradient descent", s -> {
            var loss = s.x.matmul(s.a.get()).add(s.v.get()).tanh().square().mean();
            var g = Gradient.of(loss, List.of(s.a.get(), s.v.get()));
            s.b.set(s.b.get().mul(0.9).add(g.get(0)));
            s.a.set(s.a.get().sub(s.b.get().mul(0.1)));
            s.v.set(s.v.get().sub(g.get(1).mul(0.1)));
            s.count.set(s.count.get().add(1));
            return List.of(loss);
        });
        m.put("a view as result", s -> {
            s.a.set(s.a.get().add(1));
            return List.of(s.a.get().transpose(), s.a.get().reshape(N * N), s.b.get().reshape(1, N * N));
        });
        m.put("a counter", s -> {
            s.count.set(s.count.get().add(1));
            return List.of(s.count.get().mul(2));
        });
        return m;
    }

    private static List<Tensor> set(Cell c, Tensor v) {
        c.set(v);
        return List.of();
    }

    @TestFactory
    Stream<DynamicTest> assignments() {
        var engine = engines.open(device());
        return updates().entrySet().stream().flatMap(e -> Stream.of(DType.F64, DType.F32, DType.F16, DType.I32)
                .filter(t -> t.isFloat()
                        || !List.of("softmax", "gradient descent", "minus its mean", "minus the mean of rows",
                                "in place", "exchange with arithmetic", "transpose and add", "product with itself",
                                "running sum", "assigned twice",
                                "read by others after it changed", "old value read late").contains(e.getKey()))
                .map(t -> dynamicTest(e.getKey() + ", " + t, () -> check(engine, t, e.getValue()))));
    }

    private static void check(Engine engine, DType type, Function<Cells, List<Tensor>> update) {
        var random = new Random(5);
        var square = Shape.of(N, N);
        var cells = new ArrayList<State>();
        Map<Cell, Value> now = new HashMap<>();
        for (var name : List.of("a", "b", "c", "v", "count")) {
            var cellType = name.equals("count") ? DType.I64 : type;
            var shape = name.equals("v") ? Shape.of(N) : name.equals("count") ? Shape.scalar() : square;
            var v = new In(cellType, -2, 2, shape).draw(cellType, 0, 0, random);
            cells.add(engine.state(name, v.host()));
            now.put(cells.getLast(), v);
        }
        Function<List<Tensor>, List<Tensor>> body = in -> update.apply(
                new Cells(cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4), in.getFirst()));
        try (var step = engine.program(body)) {
            for (int run = 0; run < 3; run++) {
                var x = new In(type, -2, 2, square).draw(type, 0, 0, random);
                var trace = Trace.training();
                var results = trace.call(() -> body.apply(Graphs.arguments(List.of(x))));
                double tolerance = 200 * OpCase.unit(type) * (run + 1);
                var expected = advance(trace, results, List.of(x), now);
                var actual = step.run(x.host());
                for (int i = 0; i < expected.size(); i++) {
                    Close.check("run " + run + ", result " + i, expected.get(i), actual.get(i), tolerance,
                            Close.scale(expected.get(i)));
                }
                for (var c : cells) {
                    Close.check("run " + run + ", " + c, now.get(c), c.read(), tolerance, Close.scale(now.get(c)));
                }
            }
        } finally {
            cells.forEach(State::close);
        }
    }

    /// Results by the reference; cells take their new values in `now`.
    private static List<Value> advance(Trace trace, List<Tensor> results, List<Value> arguments, Map<Cell, Value> now) {
        var updates = trace.updates();
        var roots = new ArrayList<>(results);
        roots.addAll(updates.values());
        var values = Reference.evaluate(roots, arguments, now);
        int i = results.size();
        for (var c : updates.keySet()) {
            now.put(c, values.get(i++));
        }
        return values.subList(0, results.size());
    }

    /// Random expressions over cells; results that fit a cell are assigned to it.
    @TestFactory
    Stream<DynamicTest> randomAssignments() {
        var engine = engines.open(device());
        return LongStream.range(0, 6).mapToObj(g -> dynamicTest("seeds from " + g * 25, () -> {
            int assigned = 0;
            for (long seed = g * 25; seed < (g + 1) * 25; seed++) {
                assigned += random(engine, seed);
            }
            assertTrue(assigned > 10, "cells were assigned: " + assigned);
        }));
    }

    private static int random(Engine engine, long seed) {
        var graph = RandomGraph.of(seed + 50_000, 16, false, false);
        var cells = graph.arguments().stream().map(v -> engine.state("cell", v.host())).toList();
        var taken = new HashSet<Integer>();
        Function<List<Tensor>, List<Tensor>> body = in -> {
            taken.clear();
            var rest = new ArrayList<Tensor>();
            for (var t : graph.rebuild(cells.stream().map(Cell::get).toList())) {
                int to = -1;
                for (int i = 0; i < cells.size() && to < 0; i++) {
                    boolean fits = cells.get(i).dtype() == t.dtype() && cells.get(i).shape().equals(t.shape());
                    to = fits && !taken.contains(i) ? i : -1;
                }
                if (to >= 0) {
                    taken.add(to);
                    cells.get(to).set(t);
                }
                if (to < 0 || seed % 3 == 0) {
                    rest.add(t);
                }
            }
            return rest;
        };
        Map<Cell, Value> now = new HashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            now.put(cells.get(i), graph.arguments().get(i));
        }
        try (var step = engine.program(body)) {
            var trace = Trace.training();
            var results = trace.call(() -> body.apply(List.of()));
            var expected = advance(trace, results, List.of(), now);
            var actual = step.run(new HostTensor[0]);
            double tolerance = graph.tolerances().stream().mapToDouble(t -> t).max().orElse(0);
            for (int i = 0; i < expected.size(); i++) {
                Close.check("seed " + seed + ", result " + i, expected.get(i), actual.get(i), tolerance,
                        Close.scale(expected.get(i)));
            }
            for (var c : cells) {
                Close.check("seed " + seed + ", " + c, now.get(c), c.read(), tolerance, Close.scale(now.get(c)));
            }
        } finally {
            cells.forEach(State::close);
        }
        return taken.size();
    }
}
