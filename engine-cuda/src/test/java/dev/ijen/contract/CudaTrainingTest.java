package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.engine.Step;
import dev.ijen.loss.Loss;
import dev.ijen.nn.AttentionSpec;
import dev.ijen.nn.BatchNorm;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Conv;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.Embedding;
import dev.ijen.nn.Flatten;
import dev.ijen.nn.LSTM;
import dev.ijen.nn.Linear;
import dev.ijen.nn.MaxPool;
import dev.ijen.nn.Module;
import dev.ijen.nn.RecurrentSpec;
import dev.ijen.nn.TransformerBlock;
import dev.ijen.optim.AdamW;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Whole networks train on CUDA as on the CPU: an MLP with dropout, a CNN, an LSTM and a transformer, by our own kernels.
class CudaTrainingTest {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.backward();
    private static final int STEPS = 4;

    /// @param input of a step
    /// @param classes of the labels, one a row of logits
    private record Case(String name, Function<Engine, Module> model, HostTensor input, int rows, int classes) {}

    private static HostTensor noise(int... dims) {
        var random = new Random(3);
        var t = HostTensor.zeros(DType.F32, Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, random.nextGaussian());
        }
        return t;
    }

    private static Stream<Case> cases() {
        return Stream.of(
                new Case(
                        "mlp with dropout",
                        e -> Chain.of(Linear.of(e, 20, 24), Tensor::relu, Dropout.of(e, 0.3), Linear.of(e, 24, 5)),
                        noise(6, 20), 6, 5),
                new Case(
                        "cnn with batch norm",
                        e -> Chain.of(
                                Conv.d2(e, 2, 4, 3), BatchNorm.of(e, 4), Tensor::relu, MaxPool.d2(2), new Flatten(),
                                Linear.of(e, 4 * 3 * 3, 3)),
                        noise(4, 2, 8, 8), 4, 3),
                new Case(
                        "lstm",
                        e -> Chain.of(LSTM.of(e, RecurrentSpec.of(3, 6)), x -> x.reshape(10, 6), Linear.of(e, 6, 4)),
                        noise(2, 5, 3), 10, 4),
                new Case(
                        "transformer",
                        e -> Chain.of(
                                Embedding.of(e, 11, 8), TransformerBlock.of(e, AttentionSpec.of(8, 2).withCausal(true)),
                                Linear.of(e, 8, 11), x -> x.reshape(12, 11)),
                        HostTensor.of(new int[] {1, 5, 2, 10, 0, 7, 3, 3, 9, 8, 4, 6}, 2, 6), 12, 11));
    }

    private static Step step(Engine engine, Case c) {
        var model = c.model.apply(engine);
        var adam = AdamW.of(Schedule.constant(0.01), 0.01).withClipNorm(1);
        return engine.compile((x, y) -> {
            var loss = Loss.crossEntropy(model.apply(x), y);
            adam.update(model, loss);
            return loss;
        });
    }

    private static HostTensor labels(Case c) {
        var y = new int[c.rows];
        for (int i = 0; i < y.length; i++) {
            y[i] = i * 7 % c.classes;
        }
        return HostTensor.of(y, c.rows);
    }

    /// @param timed launch by launch, never captured
    private static List<Double> losses(Case c, Device device, EngineOptions options, boolean timed) {
        try (var engine = Engine.open(device, options)) {
            var step = step(engine, c);
            var losses = new ArrayList<Double>();
            for (int i = 0; i < STEPS; i++) {
                if (timed) {
                    step.runTimed(c.input, labels(c));
                    losses.add(step.run(c.input, labels(c)).get(0).item());
                } else {
                    step.run(c.input, labels(c));
                    losses.add(step.run(c.input, labels(c)).get(0).item());
                }
            }
            return losses;
        }
    }

    @TestFactory
    Stream<DynamicTest> lossesAreThoseOfTheCpu() {
        var own = EngineOptions.defaults().withNativeLibraries(false);
        return cases().map(c -> dynamicTest(c.name, () -> {
            var expected = losses(c, Device.cpu(), own, false);
            var got = losses(c, Device.cuda(0), own, false);
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i), got.get(i), 1e-5 * expected.getFirst(), "step " + i);
            }
            assertTrue(got.getLast() < got.getFirst(), got::toString);
        }));
    }

    /// Captured into a graph or put on the stream one by one, a step computes the same bits.
    @TestFactory
    Stream<DynamicTest> graphsGiveTheSameBits() {
        var own = EngineOptions.defaults().withNativeLibraries(false);
        return cases().map(c -> dynamicTest(c.name,
                () -> assertEquals(losses(c, Device.cuda(0), own, true), losses(c, Device.cuda(0), own, false))));
    }

    /// In mixed precision as the CPU, as far as 8 or 11 bits go.
    @TestFactory
    Stream<DynamicTest> mixedPrecision() {
        return Stream.of(Precision.BF16, Precision.F16)
                .flatMap(p -> cases().map(c -> dynamicTest(c.name + " in " + p, () -> {
                    var options = EngineOptions.defaults().withNativeLibraries(false).withPrecision(p);
                    var expected = losses(c, Device.cpu(), options, false);
                    var got = losses(c, Device.cuda(0), options, false);
                    for (int i = 0; i < expected.size(); i++) {
                        assertEquals(expected.get(i), got.get(i),
                                (p == Precision.BF16 ? 2e-2 : 4e-3) * expected.getFirst(), "step " + i);
                    }
                })));
    }

    /// The same numbers are dropped: uniform draws and masks are equal to the bit.
    @TestFactory
    Stream<DynamicTest> drawsAreThoseOfTheCpu() {
        return Stream.of(dynamicTest("dropout", () -> {
            var all = new ArrayList<List<HostTensor>>();
            for (var device : List.of(Device.cpu(), Device.cuda(0))) {
                try (var engine = Engine.open(device, EngineOptions.defaults().withSeed(42))) {
                    var step = engine.program(
                            x -> List.of(Dropout.of(engine, 0.4).apply(x.getFirst()), engine.uniform(3, 70)));
                    var results = new ArrayList<HostTensor>();
                    for (int i = 0; i < 3; i++) {
                        var out = step.run(noise(5, 33));
                        results.add(out.get(0));
                        results.add(out.get(1));
                    }
                    all.add(results);
                }
            }
            Close.bits("draws", all.get(0), all.get(1));
        }));
    }
}
