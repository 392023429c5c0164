package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Random expressions on an engine: whatever passes and kernels make of many operations together must be what the reference
/// makes of one after the other. A module with a backend extends this class.
public abstract class GraphContract {
    private static final int GROUP = 25;

    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    interface Seeded {
        void run(long seed);
    }

    static Stream<DynamicTest> seeds(int groups, Seeded test) {
        return LongStream.range(0, groups).mapToObj(g -> dynamicTest("seeds from " + g * GROUP, () -> {
            for (long seed = g * GROUP; seed < (g + 1) * GROUP; seed++) {
                test.run(seed);
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> mixedTypes() {
        var engine = engines.open(device());
        long before = engine.memory().buffers();
        return seeds(20, seed -> {
            var graph = RandomGraph.of(seed, 12 + (int) (seed % 20), false, false);
            check("seed " + seed, graph, OpContract.run(engine, graph::rebuild, graph.arguments()));
            assertEquals(before, engine.memory().buffers());
        });
    }

    @TestFactory
    Stream<DynamicTest> doublesAndTheirGradients() {
        var engine = engines.open(device());
        return seeds(6, seed -> {
            var graph = RandomGraph.of(seed + 10_000, 12 + (int) (seed % 8), true, false);
            check("seed " + seed, graph, OpContract.run(engine, graph::rebuild, graph.arguments()));
            Function<List<Tensor>, List<Tensor>> gradient = in -> {
                Tensor loss = null;
                for (var t : graph.rebuild(in)) {
                    var part = Graphs.weights(t.dtype(), t.shape(), 5).mul(t.tanh()).sum();
                    loss = loss == null ? part : loss.add(part);
                }
                return Gradient.of(loss, in);
            };
            var expected = OpContract.expected(gradient, graph.arguments());
            var actual = OpContract.run(engine, gradient, graph.arguments());
            for (int i = 0; i < expected.size(); i++) {
                Close.check("seed " + seed + ", gradient " + i, expected.get(i), actual.get(i), 1e-9,
                        Close.scale(expected.get(i)));
            }
        });
    }

    /// The same program without compiling a step: literals instead of arguments.
    @TestFactory
    Stream<DynamicTest> evaluated() {
        var engine = engines.open(device());
        return seeds(3, seed -> {
            var graph = RandomGraph.of(seed + 20_000, 20, false, false);
            var literals = graph.arguments().stream().map(v -> engine.tensor(v.host())).toList();
            check("seed " + seed, graph, engine.evaluate(graph.rebuild(literals)));
        });
    }

    static void check(String what, RandomGraph graph, List<HostTensor> actual) {
        var results = graph.results();
        var values = graph.values();
        var tolerances = graph.tolerances();
        for (int i = 0; i < values.size(); i++) {
            var v = values.get(i);
            Close.check(what + ", result " + i + " " + results.get(i), v, actual.get(i), tolerances.get(i),
                    Close.scale(v));
        }
    }
}
