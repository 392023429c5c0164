package dev.ijen.contract;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Work large enough to be shared gives the same bits at any number of threads and in every run, and still what the reference
/// computes. A module with a backend extends this class.
public abstract class ThreadContract {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    /// How it is opened, but for the number of threads.
    protected EngineOptions options() {
        return EngineOptions.defaults().withDeterministic(true);
    }

    /// Whether a row of the table is tried; all are, unless a test is about some of them.
    protected boolean tried(String name) {
        return !name.isEmpty();
    }

    private Engine engine(int threads) {
        return engines.open(device(), options().withThreads(threads));
    }

    @TestFactory
    Stream<DynamicTest> rowsOfTheTable() {
        var one = engine(1);
        var two = engine(2);
        var three = engine(3);
        return OpTable.rows().stream().filter(r -> !r.large().isEmpty() && tried(r.name()))
                .map(row -> dynamicTest(row.name(), () -> {
                    for (var variant : row.large()) {
                        var type = row.types().contains(DType.F32) ? DType.F32 : DType.I32;
                        var values = row.draw(variant, type);
                        var of = OpCase.real(variant, type);
                        Function<List<Tensor>, List<Tensor>> program = in -> {
                            var results = new ArrayList<Tensor>();
                            results.add(row.apply(in));
                            if (row.isDifferentiable()) {
                                results.addAll(Graphs.gradient(row, in, of));
                            }
                            return results;
                        };
                        var a = OpContract.run(one, program, values);
                        Close.bits(row + " at 1 and 2 threads", a, OpContract.run(two, program, values));
                        Close.bits(row + " at 1 and 3 threads", a, OpContract.run(three, program, values));
                        Close.bits(row + " twice", a, OpContract.run(one, program, values));
                        var e = OpContract.expected(in -> List.of(row.apply(in)), values).getFirst();
                        Close.check(row + " on " + variant, e, a.getFirst(), 8 * row.tolerance(e.dtype(), type),
                                Close.scale(e));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> randomExpressions() {
        var one = engine(1);
        var two = engine(2);
        return GraphContract.seeds(2, seed -> {
            var graph = RandomGraph.of(seed + 30_000, 14, false, true);
            List<HostTensor> a = OpContract.run(one, graph::rebuild, graph.arguments());
            Close.bits("seed " + seed, a, OpContract.run(two, graph::rebuild, graph.arguments()));
            GraphContract.check("seed " + seed, graph, a);
        });
    }
}
