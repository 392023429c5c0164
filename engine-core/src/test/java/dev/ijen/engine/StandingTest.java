package dev.ijen.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.contract.LiveBuffers;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Values that depend on cells alone are computed once, and again when a cell was written.
class StandingTest {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    private static HostTensor two(float a, float b) {
        return HostTensor.of(new float[] {a, b}, 2);
    }

    private static List<String> operations(Step step, HostTensor x) {
        return step.report(List.of(InputSpec.of(x))).details().stream().map(LaunchInfo::operation).toList();
    }

    @Test
    void followsWritesOfHostAndSteps() {
        var engine = engines.open(Device.cpu());
        try (var w = engine.parameter("w", two(1, 2)); var v = engine.parameter("v", two(3, 5));
                var step = engine.inference(x -> Tensor.concat(0, w.get(), v.get()).mul(x));
                var training = engine.compile(x -> {
                    v.set(v.get().add(x));
                    return x.sum();
                })) {
            var x = HostTensor.of(new float[] {1, 10, 100, 1000}, 4);
            assertEquals(List.of("mul"), operations(step, x));
            assertArrayEquals(new float[] {1, 20, 300, 5000}, step.run(x).toFloatArray(0));
            w.write(two(4, 6));
            assertArrayEquals(new float[] {4, 60, 300, 5000}, step.run(x).toFloatArray(0));
            training.run(two(1, 1));
            assertArrayEquals(new float[] {4, 60, 400, 6000}, step.run(x).toFloatArray(0));
            assertArrayEquals(new float[] {4, 60, 400, 6000}, step.call(x).getFirst().toFloatArray());
            w.set(w.get().mul(2));
            assertArrayEquals(new float[] {8, 120, 400, 6000}, step.run(x).toFloatArray(0));
        }
    }

    /// A cell that the program itself writes is not kept.
    @Test
    void leavesWhatTheProgramWrites() {
        var engine = engines.open(Device.cpu());
        try (var s = engine.state("s", two(0, 0)); var step = engine.inference(x -> {
            var next = s.get().exp().add(x);
            s.set(next);
            return next;
        })) {
            assertArrayEquals(new float[] {1, 1}, step.run(two(0, 0)).toFloatArray(0));
            assertArrayEquals(new float[] {(float) Math.E, (float) Math.E}, step.run(two(0, 0)).toFloatArray(0), 1e-6f);
        }
    }

    /// A row of 2 × 3 × 4 values, flattened from another order of its axes: no launch moves them.
    @Test
    void weightsTakeTheOrderOfTheRows() {
        var engine = engines.open(Device.cpu());
        var weights = new float[24 * 5];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % 7 - 3;
        }
        for (boolean transposed : new boolean[] {false, true}) {
            try (var w = engine.parameter("w", HostTensor.of(weights, transposed ? 5 : 24, transposed ? 24 : 5));
                    var step = engine.inference(x -> x.permute(0, 3, 1, 2).reshape(2, 24)
                            .matmul(transposed ? w.get().swapAxes(0, 1) : w.get()))) {
                var x = new float[48];
                for (int i = 0; i < x.length; i++) {
                    x[i] = i % 5 - 2;
                }
                var want = new float[10];
                for (int n = 0; n < 2; n++) {
                    for (int m = 0; m < 5; m++) {
                        for (int c = 0; c < 4; c++) {
                            for (int p = 0; p < 6; p++) {
                                int k = c * 6 + p;
                                want[n * 5 + m] += x[n * 24 + p * 4 + c] * weights[transposed ? m * 24 + k : k * 5 + m];
                            }
                        }
                    }
                }
                var in = HostTensor.of(x, 2, 2, 3, 4);
                assertArrayEquals(want, step.run(in).toFloatArray(0));
                assertEquals(List.of("matmul"), operations(step, in));
            }
        }
    }

    @Test
    void aClosedModelIsAnError() {
        var engine = engines.open(Device.cpu());
        var w = engine.parameter("w", two(1, 2));
        try (var step = engine.inference(x -> w.get().exp().mul(x))) {
            step.run(two(1, 1));
            w.close();
            assertTrue(
                    assertThrows(IjenException.class, () -> step.run(two(1, 1))).getMessage().contains("after close"));
        }
    }
}
