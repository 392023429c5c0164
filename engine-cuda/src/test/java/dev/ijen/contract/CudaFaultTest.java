package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.ijen.nn.Linear;
import dev.ijen.optim.Adam;
import dev.ijen.optim.Schedule;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every allocation, copy, launch and graph launch of a training fails once: each gives an error of a known type, leaks nothing, and what comes after works; or,
/// where an error ends the GPU's context, says so from then on.
class CudaFaultTest {
    private static final int OUT_OF_MEMORY = 2;
    private static final int NOT_STICKY = 999; // unknown error
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int STEPS = 4;
    private static final Map<Kind, What> CALLS = Map.of(
            Kind.ALLOCATION, What.ALLOCATION_CALLS, Kind.COPY, What.COPY_CALLS, Kind.LAUNCH, What.LAUNCH_CALLS,
            Kind.GRAPH_LAUNCH, What.GRAPH_LAUNCH_CALLS);

    /// A small network with its data; its losses from step to step.
    private static final class Training implements AutoCloseable {
        private final Engine engine;
        private final dev.ijen.engine.Step step;
        private final HostTensor x;
        private final HostTensor y;

        Training(Engine engine) {
            this.engine = engine;
            var model = Chain.of(Linear.of(engine, 5, 7), Tensor::relu, Linear.of(engine, 7, 3));
            var adam = Adam.of(Schedule.constant(0.05)).withClipNorm(1);
            step = engine.compile((in, labels) -> {
                var loss = Loss.crossEntropy(model.apply(in), labels);
                adam.update(model, loss);
                return loss;
            });
            x = HostTensor.of(new float[] {1, 2, 3, 4, 5, -1, 0, 1, 2, -2, 0.5f, 0.25f, 0, 1, 1, 2, 2, 1, 0, 3}, 4, 5);
            y = HostTensor.of(new int[] {0, 2, 1, 1}, 4);
        }

        double next() {
            return step.run(x, y).get(0).item();
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    private static Training open() {
        var engine = Engine.open(Device.cuda(0));
        try {
            return new Training(engine);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private static void clean(Emulator emulator, String when) {
        assertEquals("", emulator.report(), when);
        for (var what : new What[] {What.ALLOCATIONS, What.HOST, What.STREAMS, What.EVENTS, What.MODULES, What.GRAPHS,
            What.CONTEXTS}) {
            assertEquals(0, emulator.get(what), what + " alive " + when);
        }
    }

    private static List<Double> undisturbed(Map<Kind, Long> calls) {
        var emulator = Emulator.fresh();
        var losses = new ArrayList<Double>();
        try (var t = open()) {
            for (int i = 0; i < STEPS; i++) {
                losses.add(t.next());
            }
            CALLS.forEach((kind, what) -> calls.put(kind, emulator.get(what)));
        }
        clean(emulator, "after an undisturbed run");
        return losses;
    }

    @TestFactory
    Stream<DynamicTest> everyCallFailsOnce() {
        var calls = new java.util.EnumMap<Kind, Long>(Kind.class);
        var expected = undisturbed(calls);
        assertTrue(expected.getLast() < expected.getFirst());
        return calls.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey() + ", " + e.getValue() + " calls", () -> {
                    assertTrue(e.getValue() > 0);
                    for (long nth = 1; nth <= e.getValue(); nth++) {
                        fails(e.getKey(), nth, e.getKey() == Kind.ALLOCATION ? OUT_OF_MEMORY : NOT_STICKY, expected);
                    }
                }));
    }

    /// One call fails; the training is begun or gone on with as a user would after an error.
    private static void fails(Kind kind, long nth, int code, List<Double> expected) {
        var emulator = Emulator.fresh();
        var what = kind + " " + nth;
        emulator.fail(kind, nth, code);
        int errors = 0;
        Training t = null;
        for (int attempt = 0; t == null && attempt < 2; attempt++) {
            try {
                t = open();
            } catch (IjenException e) {
                errors++;
                typed(e, what);
                clean(emulator, "after " + what + " failed: " + e.getMessage());
            }
        }
        try (var training = t) {
            for (int i = 0; i < STEPS; i++) {
                double loss;
                try {
                    loss = training.next();
                } catch (IjenException e) {
                    errors++;
                    typed(e, what);
                    // a step that failed may have changed some of the weights: only that it works again is promised
                    assertTrue(Double.isFinite(training.next()), what);
                    break;
                }
                assertEquals(expected.get(i), loss, what);
            }
        }
        assertTrue(errors <= 1, what + ": " + errors + " errors");
        clean(emulator, "after " + what);
    }

    private static void typed(IjenException e, String what) {
        Throwable t = e;
        while (t != null && !(t instanceof OutOfMemoryException) && !(t instanceof CudaException)) {
            t = t.getCause();
        }
        assertTrue(t != null, what + ": " + e);
        assertTrue(e.getMessage().contains("fix:"), e.getMessage());
    }

    /// After an error that ends the context, everything says so, and closing still works.
    @Test
    void aLostContextIsTold() {
        var calls = new java.util.EnumMap<Kind, Long>(Kind.class);
        undisturbed(calls);
        for (var kind : List.of(Kind.COPY, Kind.LAUNCH, Kind.GRAPH_LAUNCH)) {
            var emulator = Emulator.fresh();
            emulator.fail(kind, calls.get(kind), ILLEGAL_ADDRESS);
            var t = open();
            var first = assertThrows(IjenException.class, () -> {
                for (int i = 0; i < STEPS; i++) {
                    t.next();
                }
            });
            assertTrue(first.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS (700)"), first.getMessage());
            var second = assertThrows(IjenException.class, t::next);
            assertTrue(second.getMessage().contains("context is lost"), second.getMessage());
            assertThrows(IjenException.class, () -> t.engine.parameter("w", HostTensor.of(new float[] {1})));
            t.close();
            assertEquals("", emulator.report());
        }
    }
}
