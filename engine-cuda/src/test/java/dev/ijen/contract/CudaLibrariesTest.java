package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cuda.driver.CudaException;
import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.Kind;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Conv;
import dev.ijen.nn.Flatten;
import dev.ijen.nn.Linear;
import dev.ijen.optim.Adam;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A training large enough for cuBLAS and cuDNN, by the backend as a whole: eager, captured, replayed; beside the CPU.
class CudaLibrariesTest {
    private static final int STEPS = 5;

    /// A small convolutional network; its losses from step to step.
    private static List<Double> losses(Device device) {
        try (var engine = Engine.open(device)) {
            var model = Chain.of(
                    Conv.d2(engine, 4, 16, 3), Tensor::relu, new Flatten(), Linear.of(engine, 16 * 8 * 8, 32));
            var adam = Adam.of(Schedule.constant(0.01));
            var step = engine.compile((in, labels) -> {
                var loss = Loss.crossEntropy(model.apply(in), labels);
                adam.update(model, loss);
                return loss;
            });
            var random = new Random(7);
            var pixels = new float[4 * 4 * 10 * 10];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = random.nextFloat(-1, 1);
            }
            var x = HostTensor.of(pixels, 4, 4, 10, 10);
            var y = HostTensor.of(new int[] {3, 30, 11, 0}, 4);
            var losses = new ArrayList<Double>();
            for (int i = 0; i < STEPS; i++) {
                losses.add(step.run(x, y).get(0).item());
            }
            return losses;
        }
    }

    private static void clean(Emulator emulator) {
        assertEquals("", emulator.report());
        for (var what : new What[] {What.ALLOCATIONS, What.HOST, What.STREAMS, What.EVENTS, What.MODULES, What.GRAPHS,
            What.CONTEXTS, What.OBJECTS}) {
            assertEquals(0, emulator.get(what), what + " alive");
        }
    }

    @Test
    void aTrainingByLibrariesIsThatOfTheCpu() {
        var expected = losses(Device.cpu());
        assertTrue(expected.getLast() < expected.getFirst() / 2, expected::toString);
        List<Double> first = null;
        for (int lazy = 0; lazy < 2; lazy++) {
            var emulator = Emulator.fresh();
            emulator.set(What.LAZY, lazy);
            var got = losses(Device.cuda(0));
            assertTrue(emulator.get(What.LIBRARY_CALLS) >= 5, "the libraries were not used");
            assertTrue(emulator.get(What.GRAPH_LAUNCH_CALLS) > 0);
            for (int i = 0; i < STEPS; i++) {
                assertEquals(expected.get(i), got.get(i), 1e-4 * expected.getFirst(), "step " + i);
            }
            first = first == null ? got : first;
            assertEquals(first, got);
            clean(emulator);
        }
    }

    @Test
    void aLibrarysErrorIsTypedAndLeaksNothing() {
        Emulator.fresh();
        losses(Device.cuda(0)); // chooses algorithms, which the next ones remember
        var emulator = Emulator.fresh();
        losses(Device.cuda(0));
        long calls = emulator.get(What.LIBRARY_CALLS);
        for (long nth = 1; nth <= calls; nth++) {
            emulator = Emulator.fresh();
            emulator.fail(Kind.LIBRARY, nth, 5000);
            var e = assertThrows(IjenException.class, () -> losses(Device.cuda(0)), "call " + nth);
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            assertEquals(5000, assertInstanceOf(CudaException.class, cause).code());
            assertTrue(e.getMessage().contains(" failed"), e.getMessage());
            clean(emulator);
        }
    }
}
