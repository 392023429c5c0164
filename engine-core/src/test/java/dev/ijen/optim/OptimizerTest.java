package dev.ijen.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.HostRandom;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.Step;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import dev.ijen.nn.OnEngine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What all optimizers share, and whether descent arrives.
class OptimizerTest extends OnEngine {
    private static HostTensor normal(int stream, int... dims) {
        var r = new HostRandom(99, stream);
        var t = HostTensor.zeros(DType.F32, Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, r.nextGaussian());
        }
        return t;
    }

    private static HostTensor rows(HostTensor t, int from, int count) {
        int width = t.shape().size() / t.shape().dim(0);
        var f = Arrays.copyOfRange(t.toFloatArray(), from * width, (from + count) * width);
        return HostTensor.of(f, t.shape().with(0, count).dims());
    }

    private Chain net() {
        return Chain.of(Linear.of(engine, 3, 8), Tensor::tanh, Linear.of(engine, 8, 2));
    }

    private static Map<String, float[]> weights(Object model) {
        var w = new HashMap<String, float[]>();
        Module.parameters(model).forEach((name, p) -> w.put(name, p.read().toFloatArray()));
        return w;
    }

    private static void copy(Object from, Object to) {
        var source = Module.parameters(from);
        Module.parameters(to).forEach((name, p) -> p.write(source.get(name).read()));
    }

    private Step step(Chain net, Optimizer optimizer) {
        return engine.compile((x, y) -> {
            var loss = Loss.mse(net.apply(x), y);
            optimizer.update(net, loss);
            return loss;
        });
    }

    private static void assertSame(Map<String, float[]> a, Map<String, float[]> b) {
        assertEquals(a.keySet(), b.keySet());
        a.forEach((name, w) -> assertArrayEquals(w, b.get(name), name));
    }

    /// A straight line in three dimensions.
    record Line(Parameter w, Parameter b) {}

    @Test
    void fullBatchDescentReachesTheClosedForm() {
        int n = 40;
        var x = new double[n * 3];
        var y = new double[n];
        var r = new HostRandom(4, 1);
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < 3; k++) {
                x[3 * i + k] = r.nextGaussian();
            }
            y[i] = 1.5 * x[3 * i] - 2 * x[3 * i + 1] + 0.25 * x[3 * i + 2] + 0.7 + 0.3 * r.nextGaussian();
        }
        var line = new Line(engine.parameter("w", HostTensor.of(new double[3], 3)),
                engine.parameter("b", HostTensor.of(new double[1], 1)));
        var sgd = Sgd.of(Schedule.constant(0.2));
        var step = engine.compile((a, t) -> {
            var loss = Loss.mse(a.matmul(line.w.get()).add(line.b.get()), t);
            sgd.update(line, loss);
            return loss;
        });
        for (int i = 0; i < 500; i++) {
            step.run(HostTensor.of(x, n, 3), HostTensor.of(y, n));
        }
        var best = leastSquares(x, y, n);
        assertArrayEquals(Arrays.copyOf(best, 3), line.w.read().toDoubleArray(), 1e-6);
        assertEquals(best[3], line.b.read().item(), 1e-6);
    }

    /// Solves (XᵀX) w = Xᵀy for X with a column of ones, by elimination.
    private static double[] leastSquares(double[] x, double[] y, int n) {
        var a = new double[4][5];
        for (int i = 0; i < n; i++) {
            double[] row = {x[3 * i], x[3 * i + 1], x[3 * i + 2], 1};
            for (int j = 0; j < 4; j++) {
                for (int k = 0; k < 4; k++) {
                    a[j][k] += row[j] * row[k];
                }
                a[j][4] += row[j] * y[i];
            }
        }
        for (int p = 0; p < 4; p++) {
            for (int j = 0; j < 4; j++) {
                double f = a[j][p] / a[p][p];
                for (int k = p; j != p && k < 5; k++) {
                    a[j][k] -= f * a[p][k];
                }
            }
        }
        return new double[] {a[0][4] / a[0][0], a[1][4] / a[1][1], a[2][4] / a[2][2], a[3][4] / a[3][3]};
    }

    @Test
    void accumulatingMicroBatchesEqualsOneBatch() {
        var x = normal(1, 20, 3);
        var y = normal(2, 20, 2);
        for (var make : List.<Optimizer>of(
                Sgd.of(Schedule.constant(0.1), 0.9), Adam.of(Schedule.constant(0.01)),
                AdamW.of(Schedule.cosine(0.01, 10), 0.1).withClipNorm(0.3))) {
            var whole = net();
            var parts = net();
            copy(whole, parts);
            var one = step(whole, make.withAccumulation(1));
            var accumulated = make.withAccumulation(4);
            var many = step(parts, accumulated);
            for (int i = 0; i < 5; i++) {
                one.run(x, y);
                var before = weights(parts);
                for (int k = 0; k < 4; k++) {
                    assertSame(before, weights(parts));
                    many.run(rows(x, 5 * k, 5), rows(y, 5 * k, 5));
                }
            }
            assertEquals(5, accumulated.steps());
            var expected = weights(whole);
            weights(parts).forEach((name, w) -> assertArrayEquals(expected.get(name), w, 1e-6f, name));
        }
    }

    @Test
    void frozenParametersStayBitEqualAndHaveNoStates() {
        var net = net();
        var before = weights(net);
        var adam = Adam.of(Schedule.constant(0.1)).withFrozen("0.*", "*.bias");
        var step = step(net, adam);
        for (int i = 0; i < 3; i++) {
            step.run(normal(1, 4, 3), normal(2, 4, 2));
        }
        var after = weights(net);
        assertArrayEquals(before.get("0.weight"), after.get("0.weight"));
        assertArrayEquals(before.get("2.bias"), after.get("2.bias"));
        assertFalse(Arrays.equals(before.get("2.weight"), after.get("2.weight")));
        assertEquals(List.of("step", "rate", "scale", "2.weight.m", "2.weight.v"),
                List.copyOf(adam.states(net).keySet()));
        assertEquals(List.of("2.weight"), List.copyOf(adam.trained(net).keySet()));
        assertThrows(IjenException.class, () -> Adam.of(Schedule.constant(0.1)).withFrozen("*").trained(net));
    }

    @Test
    void statesRestoreToTheSameBits() {
        var x = normal(1, 6, 3);
        var y = normal(2, 6, 2);
        var net = net();
        var adam = Adam.of(Schedule.cosine(0.05, 20).warmUp(3)).withAccumulation(2);
        var step = step(net, adam);
        for (int i = 0; i < 7; i++) {
            step.run(x, y);
        }
        var again = net();
        copy(net, again);
        var restored = Adam.of(Schedule.cosine(0.05, 20).warmUp(3)).withAccumulation(2);
        var saved = adam.states(net);
        restored.states(again).forEach((name, s) -> s.write(saved.get(name).read()));
        var second = step(again, restored);
        for (int i = 0; i < 7; i++) {
            assertEquals(step.run(x, y).item(), second.run(x, y).item());
        }
        assertSame(weights(net), weights(again));
        assertEquals(7, restored.steps());
    }

    @Test
    void aRunDoesNotDependOnWhenTheStatesAreMade() {
        var net = net();
        var adam = Adam.of(Schedule.constant(0.1));
        assertEquals(0, adam.steps());
        assertTrue(Double.isNaN(adam.learningRate()));
        var before = weights(net);
        adam.states(net);
        assertSame(before, weights(net));
        assertEquals(0, adam.steps());
        step(net, adam).run(normal(1, 4, 3), normal(2, 4, 2));
        assertEquals(1, adam.steps());
        assertEquals(0.1, adam.learningRate(), 1e-8);
    }

    @Test
    void oneProgramServesAllSteps() {
        var net = net();
        var sgd = Sgd.of(Schedule.linear(0.4, 4));
        var step = step(net, sgd);
        double[] rates = {0.4, 0.3, 0.2, 0.1, 0};
        for (double rate : rates) {
            step.run(normal(1, 4, 3), normal(2, 4, 2));
            assertEquals(rate, sgd.learningRate(), 1e-7);
        }
        sgd.scale(0.5);
        assertEquals(0.5, sgd.scale());
    }

    @Test
    void clippingBoundsTheMovement() {
        var line = new Line(engine.parameter("w", HostTensor.of(new float[3], 3)),
                engine.parameter("b", HostTensor.of(new float[1], 1)));
        var sgd = Sgd.of(Schedule.constant(1)).withClipNorm(1);
        engine.program(in -> {
            sgd.update(line, line.w.get().sum().mul(300).add(line.b.get().sum().mul(400)));
            return List.of();
        }).run();
        // the gradient (300, 300, 300, 400) has norm √430000
        double f = 1 / Math.sqrt(430000);
        assertClose(new double[] {-300 * f, -300 * f, -300 * f}, line.w.read(), 1e-6);
        assertClose(new double[] {-400 * f}, line.b.read(), 1e-6);
        var small = Gradients.clipNorm(List.of(floats(dims(2), 0.3, 0.4)), 1);
        assertClose(new double[] {0.3, 0.4}, small.getFirst(), 1e-7);
    }

    @Test
    void settingsCannotChangeOnceThereAreStates() {
        var net = net();
        var adam = Adam.of(Schedule.constant(0.1));
        adam.states(net);
        assertThrows(IjenException.class, () -> adam.withClipNorm(1));
        assertThrows(IjenException.class, () -> adam.withAccumulation(0));
        var gradients = Map.of("nothing", floats(dims(1), 1));
        assertThrows(IjenException.class, () -> adam.update(net, gradients));
    }

    @Test
    void movingAverage() {
        var line = new Line(engine.parameter("w", HostTensor.of(new float[] {1, 2, 3}, 3)),
                engine.parameter("b", HostTensor.of(new float[] {1}, 1)));
        var sgd = Sgd.of(Schedule.constant(1));
        try (var ema = Ema.of(0.75)) {
            var step = engine.program(in -> {
                sgd.update(line, line.w.get().sum());
                ema.update(line);
                return List.of(line.w.get(), ema.with(line, line.w::get));
            });
            // w: 0, −1; average: 0.75 + 0 = 0.75, then 0.5625 − 0.25
            step.run();
            var out = step.run();
            assertClose(new double[] {-1, 0, 1}, out.get(0), 0);
            assertClose(new double[] {0.3125, 1.3125, 2.3125}, out.get(1), 0);
            assertEquals(List.of("w", "b"), List.copyOf(ema.states(line).keySet()));
            ema.copyTo(line);
            assertClose(new double[] {0.3125, 1.3125, 2.3125}, line.w.read(), 0);
        }
        assertThrows(IjenException.class, () -> Ema.of(1));
    }

    @Test
    void gradientsMadeOtherwise() {
        var line = new Line(engine.parameter("w", HostTensor.of(new float[] {1, 2, 3}, 3)),
                engine.parameter("b", HostTensor.of(new float[] {1}, 1)));
        var sgd = Sgd.of(Schedule.constant(0.5));
        engine.program(in -> {
            sgd.update(line, Map.of("b", Tensor.full(DType.F32, 4, Shape.of(1))));
            return List.of();
        }).run();
        assertClose(new double[] {1, 2, 3}, line.w.read(), 0);
        assertClose(new double[] {-1}, line.b.read(), 0);
    }

    @Test
    void halfPrecisionParametersKeepWideMoments() {
        var line = new Line(
                engine.parameter("w", HostTensor.of(DType.BF16, new double[] {1, 2, 3}, 3)),
                engine.parameter("b", HostTensor.of(new float[] {1}, 1)));
        var adam = Adam.of(Schedule.constant(0.5));
        engine.program(in -> {
            adam.update(line, line.w.get().cast(DType.F32).square().sum());
            return List.of();
        }).run();
        assertEquals(DType.F32, adam.states(line).get("w.m").dtype());
        assertClose(new double[] {0.5, 1.5, 2.5}, line.w.read(), 1e-2);
    }

    @Test
    void theGradientOfTheWholeStepIsTheGradientsAlone() {
        var net = net();
        var adam = Adam.of(Schedule.constant(0.1));
        var step = engine.program(in -> {
            var loss = Loss.mse(net.apply(in.getFirst()), in.get(1));
            var named = adam.gradients(net, loss);
            var plain = Gradient.of(loss, Module.parameters(net).get("0.weight").get());
            return List.of(named.get("0.weight"), plain);
        });
        var out = step.run(normal(1, 4, 3), normal(2, 4, 2));
        assertArrayEquals(out.toFloatArray(1), out.toFloatArray(0));
    }
}
