package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Weights that are put together from several parameters are whole before they are used, in the first run and after a parameter was written.
class SteadyTest {
    private static HostTensor all(double v, int... dims) {
        var t = HostTensor.zeros(DType.F32, Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, v);
        }
        return t;
    }

    @Test
    void weightsOfParts() {
        try (var engine = Engine.open(Device.cpu()); var a = engine.parameter("a", all(1, 64, 96));
                var b = engine.parameter("b", all(2, 64, 96));
                var step = engine.program(in -> List.of(in.getFirst().matmul(Tensor.concat(1, a.get(), b.get()))))) {
            var x = all(1, 48, 64);
            check(step.run(x).get(0), 64, 128);
            check(step.run(x).get(0), 64, 128);
            a.write(all(3, 64, 96));
            check(step.run(x).get(0), 192, 128);
            b.write(all(5, 64, 96));
            check(step.run(x).get(0), 192, 320);
        }
    }

    /// A product that finds something not finite is done again from the weights as they are given, which come through a launch here.
    @Test
    void weightsThatAreReadAgain() {
        try (var engine = Engine.open(Device.cpu()); var a = engine.parameter("a", all(1, 64, 64));
                var b = engine.parameter("b", all(2, 64, 64));
                var step = engine.program(in -> {
                    var x = in.getFirst();
                    return List.of(x.matmul(a.get().mul(2)), x.matmul(b.get().mul(3)), x.matmul(a.get().add(b.get())));
                })) {
            var x = all(1, 64, 64);
            x.set(5, Double.NaN);
            for (int run = 0; run < 3; run++) {
                var y = step.run(x);
                for (int r = 0; r < 3; r++) {
                    float[] v = y.get(r).toFloatArray();
                    for (int i = 0; i < v.length; i++) {
                        assertEquals(i < 64 ? Float.NaN : new float[] {128, 384, 192}[r], v[i], r + " at " + i);
                    }
                }
            }
        }
    }

    private static void check(HostTensor y, float left, float right) {
        var v = y.toFloatArray();
        for (int i = 0; i < v.length; i++) {
            assertEquals(i % 192 < 96 ? left : right, v[i], "element " + i);
        }
    }
}
