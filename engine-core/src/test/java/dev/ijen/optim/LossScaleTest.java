package dev.ijen.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.engine.State;
import dev.ijen.engine.Step;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Loss scaling under F16. The rules are those of PyTorch's `torch.amp.GradScaler` with its defaults, as its documentation gives
/// them: `init_scale=65536.0, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000`; `step()` leaves the optimizer's step out
/// if any gradient is inf or NaN; `update()` then multiplies the scale by the backoff factor and forgets the count of good steps,
/// else it counts, and when the count reaches the interval multiplies by the growth factor and counts anew.
class LossScaleTest {
    /// What an update that is left out may change: the scaling's own states, and the rate that would have been used.
    private static final List<String> SCALING = List.of("loss_scale", "good_updates", "skipped_updates", "rate");

    private Engine engine;

    @BeforeEach
    void open() {
        engine = open(Precision.F16);
    }

    private static Engine open(Precision p) {
        return Engine.open(Device.cpu(), EngineOptions.defaults().withSeed(5).withPrecision(p));
    }

    @AfterEach
    void close() {
        engine.close();
        assertEquals(0, engine.memory().buffers());
    }

    private static Chain net(Engine engine) {
        return Chain.of(Linear.of(engine, 3, 8), Activation.TANH, Linear.of(engine, 8, 2));
    }

    /// Inputs whose gradients are far from F16's limits.
    private static HostTensor x() {
        return HostTensor.of(new float[] {1, -0.5f, 0.25f, -1, 2, 0.5f, 0.75f, 0.5f, -2, -0.25f, 1, 1}, 4, 3);
    }

    private static HostTensor y() {
        return HostTensor.of(new int[] {0, 1, 1, 0}, 4);
    }

    private static Step step(Engine engine, Chain net, Optimizer optimizer) {
        return engine.program(in -> {
            var loss = Loss.crossEntropy(net.apply(in.get(0)), in.get(1)).mul(in.get(2));
            optimizer.update(net, loss);
            return List.of(loss);
        });
    }

    /// A step whose loss is multiplied by `factor`: 1 is harmless, 1e30 makes gradients infinite.
    private static void run(Step step, double factor) {
        step.run(x(), y(), HostTensor.of(DType.F32, new double[] {factor}));
    }

    private static Map<String, float[]> weights(Chain net) {
        var all = new LinkedHashMap<String, float[]>();
        Module.parameters(net).forEach((name, p) -> all.put(name, p.read().toFloatArray()));
        return all;
    }

    private static Map<String, double[]> values(Map<String, State> states) {
        var all = new LinkedHashMap<String, double[]>();
        states.forEach((name, s) -> all.put(name, s.read().toDoubleArray()));
        return all;
    }

    private static void assertSame(Map<String, float[]> a, Map<String, float[]> b) {
        assertEquals(a.keySet(), b.keySet());
        a.forEach((name, v) -> assertArrayEquals(v, b.get(name), name));
    }

    private static void set(Optimizer o, Chain net, double scale, int good) {
        o.states(net).get("loss_scale").write(HostTensor.of(DType.F32, new double[] {scale}));
        o.states(net).get("good_updates").write(HostTensor.of(new int[] {good}));
    }

    private static double good(Optimizer o, Chain net) {
        return o.states(net).get("good_updates").read().item();
    }

    /// Every rule, with what is around rules in some of them.
    private static Map<String, Supplier<Optimizer>> optimizers() {
        var all = new LinkedHashMap<String, Supplier<Optimizer>>();
        all.put("sgd", () -> Sgd.of(Schedule.constant(0.1), 0.9).withClipNorm(0.05));
        all.put("adam", () -> Adam.of(Schedule.cosine(0.01, 10)).withClipValue(0.01));
        all.put("adamw", () -> AdamW.of(Schedule.constant(0.01), 0.1).withAccumulation(2));
        all.put("rmsprop", () -> RmsProp.of(Schedule.constant(0.01)));
        all.put("adagrad", () -> AdaGrad.of(Schedule.constant(0.01)));
        all.put("lamb", () -> Lamb.of(Schedule.constant(0.01)).withWeightDecay(0.1));
        all.put("lion", () -> Lion.of(Schedule.constant(0.01)));
        all.put("adafactor", () -> Adafactor.of(Schedule.constant(0.01)));
        return all;
    }

    @Test
    void theScaleIsAPowerOfTwoThatChangesNoBit() {
        for (var e : optimizers().entrySet()) {
            var plain = net(engine);
            var scaled = net(engine);
            Module.parameters(scaled).forEach((name, p) -> p.write(Module.parameters(plain).get(name).read()));
            var one = e.getValue().get();
            var many = e.getValue().get();
            set(one, plain, 1, 0);
            set(many, scaled, 32, 0);
            try (var a = step(engine, plain, one);
                    var b = step(engine, scaled, many)) {
                for (int i = 0; i < 4; i++) {
                    run(a, 32); // with 1, some gradients would be denormal without scaling
                    run(b, 32);
                }
            }
            assertEquals(0, many.skipped(), e.getKey());
            assertSame(weights(plain), weights(scaled));
            one.close();
            many.close();
        }
    }

    @Test
    void anOverflowLeavesEverythingButTheScale() {
        for (var e : optimizers().entrySet()) {
            var net = net(engine);
            var o = e.getValue().get();
            try (var step = step(engine, net, o)) {
                run(step, 1);
                run(step, 1);
                var weights = weights(net);
                var states = values(o.states(net));
                run(step, 1e30);
                run(step, 1e30);
                assertSame(weights, weights(net));
                values(o.states(net)).forEach((name, v) -> assertTrue(
                        SCALING.contains(name) || Arrays.equals(states.get(name), v), e.getKey() + " " + name));
                int updates = e.getKey().equals("adamw") ? 1 : 2;
                assertEquals(updates, o.skipped(), e.getKey());
                assertEquals(65536 >> updates, o.lossScale(), e.getKey());
                run(step, 1);
                run(step, 1);
                assertFalse(Arrays.equals(weights.get("0.weight"), weights(net).get("0.weight")), e.getKey());
            }
            o.close();
        }
    }

    @Test
    void theScaleMovesAsGradScalerMovesIt() {
        var net = net(engine);
        var o = Sgd.of(Schedule.constant(0.01));
        assertEquals(1, o.lossScale(), "before the first use");
        set(o, net, 65536, 1998);
        try (var step = step(engine, net, o)) {
            // overflow?, then scale and count of good updates
            double[][] expected = {
                {0, 65536, 1999}, {0, 131072, 0}, {0, 131072, 1}, {1, 65536, 0}, {1, 32768, 0}, {0, 32768, 1},
                {0, 32768, 2}, {1, 16384, 0}, {0, 16384, 1}
            };
            for (var row : expected) {
                run(step, row[0] == 1 ? 1e30 : 0x1p-8); // gradients small enough for the scales below
                assertEquals(row[1], o.lossScale());
                assertEquals(row[2], good(o, net));
            }
            assertEquals(3, o.skipped());
            assertEquals(6, o.steps());
            // a scale that would become infinite stays
            set(o, net, 0x1p127, 1999);
            run(step, 0);
            assertEquals(0x1p127, o.lossScale());
            assertEquals(0, good(o, net));
        }
        o.close();
    }

    @Test
    void smallGradientsVanishWithoutScaling() {
        // 2^-27 is below half of F16's least number, 2^-24; times 65536 it is 2^-11
        var w = engine.parameter("w", HostTensor.of(new float[] {1}, 1, 1));
        var model = new One(w);
        var o = Sgd.of(Schedule.constant(1));
        try (var step = engine.compile(x -> {
            var loss = x.matmul(w.get()).sum().mul(0x1p-27);
            var g = o.gradients(model, loss).get("w");
            var plain = Gradient.of(loss, w.get());
            return Tensor.concat(0, g.reshape(1), plain.reshape(1));
        })) {
            var g = step.run(HostTensor.of(new float[] {1}, 1, 1)).get(0).toDoubleArray();
            assertArrayEquals(new double[] {0x1p-27, 0}, g);
        }
        o.close();
    }

    /// A model of one parameter.
    record One(dev.ijen.engine.Parameter w) {}

    @Test
    void recomputationGivesTheSameGradientsButForTheRoundingOfWhatIsKept() {
        var net = net(engine);
        var o = Sgd.of(Schedule.constant(0.1));
        try (var step = engine.compile((x, y) -> {
            var plain = o.gradients(net, Loss.crossEntropy(net.apply(x), y));
            var again = o.gradients(net, Loss.crossEntropy(Gradient.checkpoint(net::apply, x), y));
            Tensor worst = Tensor.scalar(DType.F32, 0);
            Tensor greatest = worst;
            for (var name : plain.keySet()) {
                worst = worst.maximum(plain.get(name).sub(again.get(name)).abs().max());
                greatest = greatest.maximum(plain.get(name).abs().max());
            }
            return worst.div(greatest);
        })) {
            // an activation that is kept has 11 bits, one that is computed again inside a loop 24
            assertTrue(step.run(x(), y()).item() <= 0x1p-10);
        }
        o.close();
    }

    @Test
    void statesRestoreToTheSameBits() {
        for (var p : List.of(Precision.F16, Precision.BF16)) {
            try (var own = open(p)) {
                var net = net(own);
                var adam = Adam.of(Schedule.cosine(0.05, 20)).withAccumulation(2);
                var again = net(own);
                var restored = Adam.of(Schedule.cosine(0.05, 20)).withAccumulation(2);
                try (var first = step(own, net, adam);
                        var second = step(own, again, restored)) {
                    for (int i = 0; i < 5; i++) {
                        run(first, p == Precision.F16 && i == 1 ? 1e30 : 1);
                    }
                    var saved = adam.states(net);
                    assertEquals(p == Precision.F16, saved.containsKey("loss_scale"));
                    restored.states(again).forEach((name, s) -> s.write(saved.get(name).read()));
                    Module.parameters(again).forEach((name, w) -> w.write(Module.parameters(net).get(name).read()));
                    for (int i = 0; i < 5; i++) {
                        run(first, 1);
                        run(second, 1);
                    }
                }
                assertSame(weights(net), weights(again));
                assertEquals(adam.lossScale(), restored.lossScale());
                assertEquals(adam.skipped(), restored.skipped());
                adam.close();
                restored.close();
            }
        }
    }
}
