package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.InputSpec;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Linear;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The first operation that is not finite is named with the user's line. Outside of Ijen's packages, as users' code is.
class AnomalyTest {
    private static int line() {
        return StackWalker.getInstance().walk(s -> s.skip(1).findFirst()).orElseThrow().getLineNumber();
    }

    @Test
    void theOperationItsLineAndItsInputsAreNamed() {
        var line = new int[1];
        try (var engine = Engine.open(Device.cpu())) {
            var w = engine.parameter("w", HostTensor.of(new float[] {2, -3, 4}, 3));
            try (var step = engine.compile(x -> {
                line[0] = line() + 1;
                var y = w.get().mul(x).log();
                var loss = y.exp().sum();
                w.set(w.get().sub(Gradient.of(loss, w.get())));
                return loss;
            })) {
                var a = step.anomaly(HostTensor.of(new float[] {1, 1, 1}, 3)).orElseThrow();
                assertEquals("log", a.operation());
                assertEquals("AnomalyTest.java:" + line[0], a.where());
                assertEquals("NaN in 1 of 3 values, F32[3]", a.result());
                assertEquals("[F32[3] from -3 to 4]", a.inputs().toString());
                // nothing was changed, and nothing is wrong with numbers that a logarithm has
                assertEquals(-3, w.read().toFloatArray()[1]);
                assertTrue(step.anomaly(HostTensor.of(new float[] {1, -1, 1}, 3)).isEmpty());
            }
        }
    }

    /// The square root's gradient at 0 is infinite; the 0 that it is multiplied with makes NaN of it.
    @Test
    void aGradientIsNamedAsOne() {
        try (var engine = Engine.open(Device.cpu())) {
            var w = engine.parameter("w", HostTensor.of(new float[] {0, 1}, 2));
            try (var step = engine.compile(x -> {
                var loss = w.get().mul(x).sqrt().sum();
                w.set(Gradient.of(loss, w.get()));
                return loss;
            })) {
                var a = step.anomaly(HostTensor.of(new float[] {0, 1}, 2)).orElseThrow();
                assertTrue(a.where().startsWith("AnomalyTest.java:") && a.where().endsWith("(gradient)"), a.toString());
                assertTrue(a.result().startsWith("infinity in 1 of 2 values"), a.toString());
            }
        }
    }

    @Test
    void theLayerIsNamed() {
        try (var engine = Engine.open(Device.cpu())) {
            var model = Chain.of(Linear.of(engine, 2, 2), Activation.RELU, Linear.of(engine, 2, 1));
            try (var step = engine.compile(x -> model.apply(x).sum())) {
                var a = step.anomaly(HostTensor.of(new float[] {3e38f, 3e38f}, 1, 2));
                assertTrue(a.isEmpty() || a.orElseThrow().layer().equals("0"), a.toString());
                var nan = step.anomaly(HostTensor.of(new float[] {Float.NaN, 1}, 1, 2)).orElseThrow();
                assertEquals("argument 0", nan.operation());
                var last = model.modules().getLast();
                ((Linear) last).weight().write(HostTensor.of(new float[] {1, Float.POSITIVE_INFINITY}, 1, 2));
                var inf = step.anomaly(HostTensor.of(new float[] {1, 1}, 1, 2)).orElseThrow();
                assertTrue(inf.operation().startsWith("the value of "), inf.toString());
            }
        }
    }

    @Test
    void operationsOfALayerKnowIt() {
        try (var engine = Engine.open(Device.cpu())) {
            var model = Chain.of(Linear.of(engine, 2, 3), Activation.TANH, Linear.of(engine, 3, 3));
            try (var step = engine.compile(x -> model.apply(x).sum())) {
                var of = List.of(InputSpec.of(HostTensor.of(new float[2], 1, 2)));
                var layers = Tensor.topological(step.trace(of)).stream()
                        .map(t -> t.op().label() + " " + t.layer())
                        .filter(s -> s.startsWith("matmul") || s.startsWith("tanh") || s.startsWith("sum"))
                        .toList();
                assertEquals(List.of("matmul 0", "tanh 1", "matmul 2", "sum "), layers);
            }
            var closed = engine.compile(x -> x);
            closed.close();
            assertThrows(IjenException.class, () -> closed.anomaly(HostTensor.of(new float[1], 1)));
        }
    }
}
