package dev.ijen.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Cells, steps, lifetimes.
class EngineTest {
    private Engine engine;

    @BeforeEach
    void open() {
        engine = Engine.open(Device.cpu(), EngineOptions.defaults().withSeed(7));
    }

    @AfterEach
    void close() {
        engine.close();
        assertEquals(0, engine.memory().buffers());
    }

    private static HostTensor floats(float... v) {
        return HostTensor.of(v, v.length);
    }

    @Test
    void aReadAfterAnAssignmentSeesTheAssignedValue() {
        var w = engine.parameter("w", floats(1, 2));
        var step = engine.program(in -> {
            var before = w.get();
            w.set(before.add(in.getFirst()));
            return List.of(before.mul(1), w.get().mul(10), before);
        });
        var out = step.run(floats(5, 6));
        assertArrayEquals(new float[] {1, 2}, out.toFloatArray(0));
        assertArrayEquals(new float[] {60, 80}, out.toFloatArray(1));
        assertArrayEquals(new float[] {1, 2}, out.toFloatArray(2), "the old value is kept aside");
        assertArrayEquals(new float[] {6, 8}, w.read().toFloatArray());
    }

    @Test
    void cellsCanExchangeValues() {
        var a = engine.state("a", floats(1, 2));
        var b = engine.state("b", floats(3, 4));
        var step = engine.program(in -> {
            var old = a.get();
            a.set(b.get());
            b.set(old);
            return List.of();
        });
        step.run();
        assertArrayEquals(new float[] {3, 4}, a.read().toFloatArray());
        assertArrayEquals(new float[] {1, 2}, b.read().toFloatArray());
        step.run();
        assertArrayEquals(new float[] {1, 2}, a.read().toFloatArray());
    }

    @Test
    void anUpdateThatReadsOtherPlacesOfTheCellIsNotDoneInPlace() {
        var a = engine.state("a", floats(1, 2, 3, 4));
        engine.program(in -> {
            a.set(a.get().flip(0).add(a.get()));
            return List.of();
        })
                .run();
        assertArrayEquals(new float[] {5, 5, 5, 5}, a.read().toFloatArray());
        a.set(a.get().mul(2));
        assertArrayEquals(new float[] {10, 10, 10, 10}, a.read().toFloatArray(), "outside a step, at once");
    }

    @Test
    void otherExpressionsCanStandForCells() {
        var w = engine.parameter("w", floats(2));
        var step = engine.compile(x -> {
            var loss = w.get().mul(x).square().sum();
            var fast = w.get().sub(Gradient.of(loss, w.get()).mul(0.1));
            // the loss after one step of gradient descent, differentiated through that step
            var after = Cell.with(Map.of(w, fast), () -> w.get().mul(x).square().sum());
            return Gradient.of(after, w.get());
        });
        // w' = w (1 − 0.2 x²), d/dw (w' x)² = 2 w (1 − 0.2 x²)² x²
        double x2 = 9;
        assertEquals(2 * 2 * Math.pow(1 - 0.2 * x2, 2) * x2, step.run(floats(3)).item(), 1e-4);
    }

    @Test
    void randomNumbersChangeWithEachRunAndRepeatWithTheSeed() {
        var step = engine.compile(x -> x.add(engine.uniform(8)));
        var first = step.run(floats(0)).toFloatArray(0);
        var second = step.run(floats(0)).toFloatArray(0);
        assertNotEquals(first[0], second[0]);
        try (var again = Engine.open(Device.cpu(), EngineOptions.defaults().withSeed(7))) {
            var other = again.compile(x -> x.add(again.uniform(8)));
            assertArrayEquals(first, other.run(floats(0)).toFloatArray(0));
            assertArrayEquals(second, other.run(floats(0)).toFloatArray(0));
        }
        assertEquals(2, engine.generator().read().getLong(1));
    }

    @Test
    void aDrawUsedTwiceIsTheSameDraw() {
        var step = engine.compile(x -> {
            var mask = engine.uniform(16);
            return mask.sub(mask.mul(1)).abs().sum().add(x.sum());
        });
        assertEquals(0, step.run(floats(0)).item());
    }

    @Test
    void stepsCompileOncePerSignature() {
        var traces = new ArrayList<String>();
        var step = engine.compile(x -> {
            traces.add(x.shape().toString());
            return x.sum();
        });
        for (int i = 0; i < 3; i++) {
            assertEquals(3, step.run(floats(1, 2)).item());
            assertEquals(6, step.run(floats(1, 2, 3)).item());
        }
        assertEquals(List.of("[2]", "[3]"), traces);
        for (int n = 1; n < 40; n++) {
            assertEquals(n, step.run(HostTensor.of(ones(n), n)).item());
        }
    }

    private static float[] ones(int n) {
        var v = new float[n];
        Arrays.fill(v, 1);
        return v;
    }

    @Test
    void manyThreadsShareOneCopyOfTheWeights() throws Exception {
        var w = engine.parameter("w", floats(1, 2, 3));
        var f = engine.inference(x -> x.mul(w.get()).tanh().sum());
        try (var pool = Executors.newFixedThreadPool(8)) {
            var tasks = new ArrayList<Callable<Double>>();
            for (int i = 0; i < 200; i++) {
                int k = i;
                tasks.add(() -> f.call(floats(k * 0.01f, 1, 0)).getFirst().item());
            }
            var results = pool.invokeAll(tasks);
            for (int i = 0; i < results.size(); i++) {
                double want = Math.tanh(i * 0.01f) + Math.tanh(2);
                assertEquals(want, results.get(i).get(), 1e-6);
            }
        }
    }

    @Test
    void staleOutputsAreRefused() {
        var step = engine.compile(x -> x.sum());
        var first = step.run(floats(1));
        step.run(floats(2));
        var e = assertThrows(IjenException.class, first::item);
        assertTrue(e.getMessage().contains("results are gone"), e.getMessage());
    }

    @Test
    void layersKnowWhetherTheyTrain() {
        var seen = new ArrayList<Boolean>();
        engine.compile(x -> {
            seen.add(Trace.isTraining());
            seen.add(Trace.inference(Trace::isTraining));
            return x;
        })
                .run(floats(1));
        engine.inference(x -> {
            seen.add(Trace.isTraining());
            return x;
        })
                .run(floats(1));
        assertEquals(List.of(true, false, false), seen);
    }

    @Test
    void useAfterCloseIsAnError() {
        var w = engine.parameter("w", floats(1));
        var step = engine.compile(x -> x.add(w.get()));
        step.run(floats(1));
        step.close();
        assertThrows(IjenException.class, () -> step.run(floats(1)));
        w.close();
        w.close();
        assertThrows(IjenException.class, w::read);
        var other = Engine.open(Device.cpu());
        other.close();
        assertThrows(IjenException.class, () -> other.parameter("x", floats(1)));
    }

    @Test
    void wrongUseIsExplained() {
        var w = engine.parameter("w", floats(1, 2));
        var e = assertThrows(ShapeException.class, () -> w.set(w.get().sum()));
        assertTrue(e.getMessage().contains("assign w"), e.getMessage());
        var n = assertThrows(IjenException.class, () -> Tensor.full(w.dtype(), 1, w.shape()).item());
        assertTrue(n.getMessage().contains("no engine"), n.getMessage());
        var d = assertThrows(DeviceUnavailableException.class, () -> Engine.open(new Device("tpu", 0)));
        assertTrue(d.getMessage().contains("auto, cpu"), d.getMessage());
        assertThrows(IjenException.class, () -> Device.parse("cuda:x"));
    }

    @Test
    void theReportKnowsMemoryBeforeTheRun() {
        var w = engine.parameter("w", HostTensor.zeros(DType.F32, Shape.of(8, 4)));
        var step = engine.compile(x -> x.matmul(w.get()).relu().sum());
        var r = step.report(List.of(new InputSpec(DType.F32, Shape.of(16, 8))));
        assertEquals(2L * 16 * 8 * 4, r.flops());
        assertEquals(16 * 8 * 4, r.argumentBytes());
        assertEquals(8 * 4 * 4, r.cellBytes());
        long before = engine.memory().liveBytes();
        step.run(HostTensor.of(new float[128], 16, 8));
        assertEquals(r.totalBytes() - r.cellBytes(), engine.memory().liveBytes() - before);
    }
}
