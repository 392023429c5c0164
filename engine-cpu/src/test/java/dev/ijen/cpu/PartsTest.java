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

/// A batch whose launches run part by part gives what its images give alone, with the same bits on any number of threads.
class PartsTest {
    private static final int N = 32;
    private static final int SIDE = 48;
    private static final int C = 16;
    private static final int[][] WEIGHTS = {{C, 3, 3, 3}, {C, C, 3, 3}, {C, C, 3, 3}, {40, 2 * C, 1, 1}, {C}};

    private static HostTensor random(int seed, int... dims) {
        var random = new Random(seed);
        var x = HostTensor.zeros(DType.F32, Shape.of(dims));
        for (int i = 0; i < x.shape().size(); i++) {
            x.set(i, 0.2 * random.nextGaussian());
        }
        return x;
    }

    /// A sum with what was before, branches put beside each other, and results of which one is read again.
    private static List<Tensor> network(Tensor x, List<Parameter> w) {
        int n = x.shape().dims()[0];
        var a = x.conv2d(w.get(0).get(), 1, 1).add(w.get(4).get().reshape(1, C, 1, 1)).relu();
        var b = a.conv2d(w.get(1).get(), 1, 1).add(a).relu();
        var both = Tensor.concat(1, b.conv2d(w.get(2).get(), 2, 1), b.maxPool2d(2, 2, 0));
        var y = both.conv2d(w.get(3).get(), 1, 0).relu();
        return List.of(y, Tensor.concat(1, y.reshape(n, -1), x.reshape(n, -1)), y.mean(1).reshape(n, -1).softmax(1));
    }

    /// The results for batches of some images.
    private static float[][] run(int threads, int each) {
        var x = random(1, N, 3, SIDE, SIDE).toFloatArray();
        try (var engine = Engine.open(Device.cpu(), EngineOptions.defaults().withThreads(threads))) {
            var w = new Parameter[WEIGHTS.length];
            Arrays.setAll(w, i -> engine.parameter("w" + i, random(2 + i, WEIGHTS[i])));
            try (var step = engine.inferenceProgram(in -> network(in.getFirst(), List.of(w)))) {
                var all = new float[3][];
                int image = x.length / N;
                for (int i = 0; i < N; i += each) {
                    var part = HostTensor.of(Arrays.copyOfRange(x, i * image, (i + each) * image), each, 3, SIDE, SIDE);
                    for (int twice = 0; twice < 2; twice++) { // what a run leaves behind changes nothing
                        var out = step.run(part);
                        for (int k = 0; k < all.length; k++) {
                            var v = out.get(k).toFloatArray();
                            all[k] = all[k] == null ? new float[v.length * (N / each)] : all[k];
                            System.arraycopy(v, 0, all[k], i / each * v.length, v.length);
                        }
                    }
                }
                return all;
            } finally {
                for (var p : w) {
                    p.close();
                }
            }
        }
    }

    @Test
    void imagesTogetherAndAlone() {
        var together = run(2, N);
        var alone = run(2, 1);
        for (int k = 0; k < together.length; k++) {
            assertEquals(alone[k].length, together[k].length);
            for (int i = 0; i < alone[k].length; i++) {
                assertEquals(alone[k][i], together[k][i], 1e-5 * Math.max(1, Math.abs(alone[k][i])), k + " " + i);
            }
        }
    }

    @Test
    void sameBitsOnAnyNumberOfThreads() {
        var one = run(1, N);
        for (int threads : new int[] {2, 3, 5}) {
            var many = run(threads, N);
            for (int k = 0; k < one.length; k++) {
                assertArrayEquals(one[k], many[k], "result " + k + " with " + threads + " threads");
            }
        }
    }
}
