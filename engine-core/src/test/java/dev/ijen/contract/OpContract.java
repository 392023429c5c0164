package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The op table on an engine: values in every type, inputs that are views, gradients and second gradients. A module with a
/// backend extends this class.
public abstract class OpContract {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    /// How it is opened.
    protected EngineOptions options() {
        return EngineOptions.defaults();
    }

    /// Whether a row of the table is tried; all are, unless a test is about some of them.
    protected boolean tried(String name) {
        return !name.isEmpty();
    }

    /// The types a row is tried in; all it has, unless a test is about something else.
    protected Set<DType> types(OpCase row) {
        return row.types();
    }

    /// One test a row, with a shared engine; after each, no more memory may be alive than before.
    private Stream<DynamicTest> rows(Stream<OpCase> rows, RowTest test) {
        var engine = engines.open(device(), options());
        return rows.filter(row -> tried(row.name())).map(row -> dynamicTest(row.name(), () -> {
            long before = engine.memory().buffers();
            test.run(row, engine);
            assertEquals(before, engine.memory().buffers(), "buffers alive after " + row);
        }));
    }

    private interface RowTest {
        void run(OpCase row, Engine engine);
    }

    @TestFactory
    Stream<DynamicTest> values() {
        return rows(OpTable.rows().stream().filter(r -> !r.variants().isEmpty()), (row, engine) -> {
            for (var type : types(row)) {
                compare(row + " of " + type, row, type, row.variants(), engine, row::apply);
            }
        });
    }

    /// All variants in one program.
    private static void compare(
            String what, OpCase row, DType type, List<List<In>> variants, Engine engine,
            Function<List<Tensor>, Tensor> f) {
        var values = new ArrayList<Value>();
        for (var v : variants) {
            values.addAll(row.draw(v, type));
        }
        Function<List<Tensor>, List<Tensor>> program = in -> {
            var results = new ArrayList<Tensor>();
            int at = 0;
            for (var v : variants) {
                results.add(f.apply(in.subList(at, at + v.size())));
                at += v.size();
            }
            return results;
        };
        var expected = expected(program, values);
        var actual = run(engine, program, values);
        for (int i = 0; i < expected.size(); i++) {
            Close.check(what + " on " + variants.get(i), expected.get(i), actual.get(i),
                    row.tolerance(expected.get(i).dtype(), type));
        }
    }

    static List<Value> expected(Function<List<Tensor>, List<Tensor>> program, List<Value> values) {
        var roots = Trace.evaluation().call(() -> program.apply(Graphs.arguments(values)));
        return Reference.evaluate(roots, values, Map.of());
    }

    static List<HostTensor> run(Engine engine, Function<List<Tensor>, List<Tensor>> program, List<Value> values) {
        try (var step = engine.inferenceProgram(program)) {
            var out = step.run(values.stream().map(Value::host).toArray(HostTensor[]::new));
            var r = new ArrayList<HostTensor>();
            for (int i = 0; i < out.size(); i++) {
                r.add(out.get(i));
            }
            return r;
        }
    }

    @TestFactory
    Stream<DynamicTest> inputsThatAreViews() {
        return rows(OpTable.rows().stream().filter(r -> !r.variants().isEmpty()), (row, engine) -> {
            for (var type : types(row)) {
                if (type != DType.F32 && type != DType.I64 && type != DType.U8) {
                    continue;
                }
                for (int kind = 0; kind < Views.KINDS; kind++) {
                    int k = kind;
                    var some = row.variants().subList(0, Math.min(4, row.variants().size()));
                    compareViews(row, type, some, engine, k);
                }
            }
        });
    }

    private static void compareViews(OpCase row, DType type, List<List<In>> variants, Engine engine, int kind) {
        var bases = new ArrayList<Value>();
        var views = new ArrayList<Function<Tensor, Tensor>>();
        for (var variant : variants) {
            for (var v : row.draw(variant, type)) {
                var view = Views.of(v, kind);
                bases.add(view.base());
                views.add(view.view());
            }
        }
        Function<List<Tensor>, List<Tensor>> program = in -> {
            var results = new ArrayList<Tensor>();
            int at = 0;
            for (var variant : variants) {
                var seen = new ArrayList<Tensor>();
                for (int i = 0; i < variant.size(); i++, at++) {
                    seen.add(views.get(at).apply(in.get(at)));
                }
                results.add(row.apply(seen));
            }
            return results;
        };
        var expected = expected(program, bases);
        var actual = run(engine, program, bases);
        for (int i = 0; i < expected.size(); i++) {
            Close.check(
                    row + " of " + type + " through " + Views.name(kind) + " on " + variants.get(i),
                    expected.get(i),
                    actual.get(i),
                    row.tolerance(expected.get(i).dtype(), type));
        }
    }

    @TestFactory
    Stream<DynamicTest> gradients() {
        return rows(OpTable.rows().stream().filter(r -> r.isDifferentiable() && !r.variants().isEmpty()),
                (row, engine) -> {
                    for (var type : List.of(DType.F64, DType.F32)) {
                        if (types(row).contains(type)) {
                            derivatives(row, type, engine, false);
                        }
                    }
                });
    }

    @TestFactory
    Stream<DynamicTest> secondGradients() {
        return rows(
                OpTable.rows().stream()
                        .filter(r -> r.isSmooth() && !r.variants().isEmpty() && types(r).contains(DType.F64)),
                (row, engine) -> derivatives(row, DType.F64, engine, true));
    }

    private static void derivatives(OpCase row, DType type, Engine engine, boolean second) {
        for (var variant : row.variants().subList(0, Math.min(second ? 2 : 4, row.variants().size()))) {
            var values = row.draw(variant, type);
            var of = OpCase.real(variant, type);
            Function<List<Tensor>, List<Tensor>> program = in -> second ? Graphs.second(row, in, of)
                    : Graphs.gradient(row, in, of);
            var expected = expected(program, values);
            var actual = run(engine, program, values);
            for (int i = 0; i < expected.size(); i++) {
                var e = expected.get(i);
                // sums over the whole result: the error is in proportion to the greatest of the gradient
                double tolerance = 64 * row.tolerance(e.dtype(), type);
                Close.check(
                        (second ? "second " : "") + "gradient " + i + " of " + row + " in " + type + " on " + variant,
                        e, actual.get(i), tolerance, Close.scale(e));
            }
        }
    }
}
