package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Pictures, whose channels lie plane by plane, through convolutions that do what lies around them: as in plain Java, with the same bits on any
/// number of threads.
class PicturesTest {
    private static final int HIGH = 66;
    private static final int WIDE = 75;
    private static final int[][] WEIGHTS = {{20, 3, 3, 3}, {32, 20, 1, 1}, {40, 3, 5, 2}, {20}, {20}};

    private static HostTensor random(int seed, int... dims) {
        var random = new Random(seed);
        var x = HostTensor.zeros(DType.F32, Shape.of(dims));
        for (int i = 0; i < x.shape().size(); i++) {
            x.set(i, 0.3 * random.nextGaussian());
        }
        return x;
    }

    private static Tensor channels(Parameter p) {
        return p.get().reshape(1, 20, 1, 1);
    }

    /// The picture is read by one convolution, by two, or by one and something else.
    private static List<Tensor> network(Tensor x, int readers, Parameter... w) {
        var a = x.conv2d(w[0].get(), 2, 1).add(channels(w[3])).relu().mul(channels(w[4])).add(channels(w[3]));
        var b = a.conv2d(w[1].get(), 1, 0).relu();
        var more = readers == 1 ? b : readers == 2 ? x.conv2d(w[2].get(), 1, 0).minimum(6) : x.mul(2).relu();
        return List.of(b.mean(1), more.mean(1));
    }

    private static float[][] run(boolean library, int threads, int n, int readers) {
        var options = EngineOptions.defaults().withThreads(threads).withNativeLibraries(library);
        try (var engine = Engine.open(Device.cpu(), options)) {
            var w = new Parameter[WEIGHTS.length];
            Arrays.setAll(w, i -> engine.parameter("w" + i, random(2 + i, WEIGHTS[i])));
            try (var step = engine.inferenceProgram(in -> network(in.getFirst(), readers, w))) {
                float[][] y = null;
                for (int twice = 0; twice < 2; twice++) { // what a run leaves behind changes nothing
                    var out = step.run(random(1, n, 3, HIGH, WIDE));
                    y = new float[][] {out.get(0).toFloatArray(), out.get(1).toFloatArray()};
                }
                return y;
            } finally {
                for (var p : w) {
                    p.close();
                }
            }
        }
    }

    @Test
    void asInPlainJava() {
        for (int n : new int[] {1, 3, 32}) {
            for (int readers = 1; readers <= 3; readers++) {
                var want = run(false, 1, n, readers);
                var one = run(true, 1, n, readers);
                var two = run(true, 2, n, readers);
                for (int k = 0; k < want.length; k++) {
                    assertArrayEquals(one[k], two[k], "bits depend on the number of threads");
                    for (int i = 0; i < want[k].length; i++) {
                        assertEquals(want[k][i], one[k][i], 1e-5 * Math.max(1, Math.abs(want[k][i])),
                                n + " " + readers);
                    }
                }
            }
        }
    }

    /// Copies of large arguments and results by several threads.
    @Test
    void largeCopies() {
        try (var engine = Engine.open(Device.cpu(), EngineOptions.defaults().withThreads(3));
                var step = engine.inferenceProgram(in -> List.of(in.getFirst().add(1)))) {
            for (int n : new int[] {1, 1 << 15, (1 << 17) + 3, 1 << 20}) {
                var x = random(n, n);
                var y = step.run(x).get(0).toFloatArray();
                var want = x.toFloatArray();
                for (int i = 0; i < n; i++) {
                    want[i] += 1;
                }
                assertArrayEquals(want, y);
            }
        }
    }
}
