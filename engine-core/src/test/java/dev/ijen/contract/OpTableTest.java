package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.Op;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The op table without any backend: shape rules and gradients against the reference, and whether the table is complete.
class OpTableTest {
    @TestFactory
    Stream<DynamicTest> everyRowEvaluatesInEveryType() {
        return OpTable.rows().stream().map(row -> dynamicTest(row.name(), () -> {
            for (var type : row.types()) {
                for (var variant : row.variants()) {
                    var values = row.draw(variant, type);
                    var y = Trace.evaluation().call(() -> row.apply(Graphs.arguments(values)));
                    // the reference checks that what it finds has the shape and type the rules say
                    Reference.evaluate(List.of(y), values, Map.of());
                }
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> gradientsAgreeWithDifferences() {
        return OpTable.rows().stream().filter(OpCase::isDifferentiable)
                .map(row -> dynamicTest(row.name(), () -> gradients(row, false)));
    }

    @TestFactory
    Stream<DynamicTest> secondGradientsAgreeWithDifferences() {
        return OpTable.rows().stream().filter(OpCase::isSmooth)
                .map(row -> dynamicTest(row.name(), () -> gradients(row, true)));
    }

    private static void gradients(OpCase row, boolean second) {
        int checked = 0;
        for (var variant : row.variants()) {
            int size = variant.stream().mapToInt(i -> i.shape().size()).sum();
            if (size > 250 || checked >= 4) {
                continue;
            }
            checked++;
            var values = row.draw(variant, DType.F64);
            var of = OpCase.real(variant, DType.F64);
            var in = Graphs.arguments(values);
            var f = second ? Graphs.slope(row, in, of) : Graphs.loss(row, in);
            var g = second ? Graphs.second(row, in, of) : Graphs.gradient(row, in, of);
            var found = Reference.evaluate(g, values, Map.of());
            for (int i = 0; i < of.size(); i++) {
                assertEquals(variant.get(of.get(i)).shape(), g.get(i).shape());
                Differences.check(row + " " + variant, f, values, of.get(i), found.get(i));
            }
        }
    }

    @Test
    void everyOperationHasARow() {
        var seen = new HashSet<Class<?>>();
        var functions = new HashSet<Object>();
        for (var row : OpTable.rows()) {
            var variant = row.variants().isEmpty() ? row.large().getFirst() : row.variants().getFirst();
            for (var type : row.types()) {
                var values = row.draw(variant, type);
                var in = Graphs.arguments(values);
                var roots = new java.util.ArrayList<Tensor>();
                roots.add(row.apply(in));
                if (row.isDifferentiable() && type == DType.F64) {
                    roots.addAll(Graphs.gradient(row, in, OpCase.real(variant, type)));
                    roots.addAll(row.isSmooth() ? Graphs.second(row, in, OpCase.real(variant, type)) : List.of());
                }
                for (var t : Tensor.topological(roots)) {
                    seen.add(t.op().getClass());
                    if (t.op() instanceof Elementwise.Unary(var f)) {
                        functions.add(f);
                    } else if (t.op() instanceof Elementwise.Binary(var f)) {
                        functions.add(f);
                    }
                }
            }
        }
        var all = leaves(Op.class).collect(Collectors.toSet());
        all.removeAll(seen);
        // reads of cells are in the tests of cells
        all.remove(dev.ijen.tensor.Leaf.Read.class);
        assertEquals(Set.of(), all, "operations no row builds");
        for (var f : dev.ijen.tensor.UnaryFn.values()) {
            assertTrue(functions.contains(f), f.toString());
        }
        for (var f : dev.ijen.tensor.BinaryFn.values()) {
            assertTrue(functions.contains(f), f.toString());
        }
    }

    private static Stream<Class<?>> leaves(Class<?> c) {
        return c.isSealed() ? Arrays.stream(c.getPermittedSubclasses()).flatMap(OpTableTest::leaves) : Stream.of(c);
    }

    @Test
    void everyMethodHasARow() {
        var named = OpTable.rows().stream().map(r -> r.name().replaceAll("/.*", "")).collect(Collectors.toSet());
        var missing = new TreeSet<String>();
        for (var c : Tensor.class.getInterfaces()) {
            for (Method m : c.getDeclaredMethods()) {
                if (Modifier.isPublic(m.getModifiers()) && !m.isSynthetic() && !named.contains(m.getName())) {
                    missing.add(m.getName());
                }
            }
        }
        assertEquals(Set.of(), missing, "methods without a row");
    }
}
