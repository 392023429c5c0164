package dev.ijen.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is computed again instead of being kept, in short types as in F32, and what must not be.
class DerivedTest {
    private static final int BATCH = 256;
    private static final int WIDTH = 32;

    private static Engine engine(Precision p) {
        return Engine.open(Device.cpu(), EngineOptions.defaults().withSeed(11).withPrecision(p));
    }

    /// Arrays of the size of an activation that the loops of the forward pass write.
    private static long kept(Precision p) {
        try (var engine = engine(p)) {
            var model = Chain.of(
                    Linear.of(engine, WIDTH, 2 * WIDTH), Activation.GELU, Linear.of(engine, 2 * WIDTH, 4));
            var trace = Trace.training().with(p);
            Plan plan = trace.call(() -> {
                var x = Tensor.of(new Leaf.Input(0, DType.F32, Shape.of(BATCH, WIDTH)));
                var y = Tensor.of(new Leaf.Input(1, DType.I32, Shape.of(BATCH)));
                var loss = Loss.crossEntropy(model.apply(x), y);
                var weights = Module.parameters(model).values().stream().map(w -> w.get()).toList();
                return Compiled.of(new Program(Gradient.of(loss, weights), trace.updates()));
            }).plan();
            Module.close(model);
            return plan.launches().stream()
                    .takeWhile(l -> !(l.kernel() instanceof Kernel.CrossEntropy))
                    .filter(l -> l.kernel() instanceof Kernel.Loop)
                    .flatMap(l -> l.out().stream())
                    .filter(r -> r.count() == 2 * BATCH * WIDTH)
                    .count();
        }
    }

    /// The sum with the bias and what else GELU's gradient reads are sums and products of what the matrix product left, or of what is kept.
    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void aGeluKeepsAsManyAsInFloats(Precision p) {
        assertEquals(kept(Precision.F32), kept(p));
    }

    /// The gradient of a maximum compares all numbers with it, which is rounded when it is stored. So what is compared must have been rounded, too.
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F16"})
    void whatIsComparedIsKept(Precision p) {
        var random = new SplittableRandom(5);
        var x = numbers(random, 64, 16);
        try (var engine = engine(p); var w = engine.parameter("w", numbers(random, 16, 16));
                var b = engine.parameter("b", numbers(random, 16));
                var step = engine.program(in -> {
                    var t = in.getFirst().matmul(w.get()).add(b.get());
                    var loss = t.max(1).sum().add(t.mul(t).sum().mul(0));
                    var widened = t.cast(DType.F32).max(1).sum().add(t.mul(t).sum().mul(0));
                    return List.of(
                            Gradient.of(loss, List.of(b.get())).getFirst().sum(),
                            Gradient.of(widened, List.of(b.get())).getFirst().sum());
                })) {
            // each row's maximum has a slope of 1, shared by those that are as large
            var out = step.run(x);
            assertEquals(64, out.get(0).item(), 1);
            assertEquals(64, out.get(1).item(), 1);
        }
    }

    /// Computed again without being rounded, sums and products are nearer to those of floats than if each were.
    @Test
    void resultsAreNearToFloats() {
        var random = new SplittableRandom(6);
        var x = numbers(random, 64, 16);
        var values = numbers(random, 16, 16);
        var bias = numbers(random, 16);
        double[] wide = gradient(Precision.F32, x, values, bias);
        double[] low = gradient(Precision.BF16, x, values, bias);
        double error = 0;
        double norm = 0;
        for (int i = 0; i < wide.length; i++) {
            error += (wide[i] - low[i]) * (wide[i] - low[i]);
            norm += wide[i] * wide[i];
        }
        assertTrue(Math.sqrt(error / norm) < 1.0 / 128, "off by " + Math.sqrt(error / norm));
    }

    private static double[] gradient(Precision p, HostTensor x, HostTensor values, HostTensor bias) {
        try (var engine = engine(p); var w = engine.parameter("w", values); var b = engine.parameter("b", bias);
                var step = engine.program(in -> {
                    var loss = in.getFirst().matmul(w.get()).add(b.get()).gelu().sum();
                    return List.of(Gradient.of(loss, List.of(w.get())).getFirst());
                })) {
            return step.run(x).get(0).toDoubleArray();
        }
    }

    private static HostTensor numbers(SplittableRandom random, int... dims) {
        var t = HostTensor.zeros(DType.F32, Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, random.nextDouble(-1, 1));
        }
        return t;
    }
}
