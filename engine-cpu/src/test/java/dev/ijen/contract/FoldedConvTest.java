package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// In inference a channel's scale goes into the weights of the convolution before it, and the convolution does what follows: a shift, what is added to
/// it, relu, limits. Compared with plain loops in F64, at one and two threads with the same bits, and after the weights have changed.
class FoldedConvTest {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    private static HostTensor random(int seed, int... dims) {
        var r = new Random(seed);
        var v = new float[Shape.of(dims).size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = r.nextFloat() - 0.5f;
        }
        return HostTensor.of(v, dims);
    }

    private static Tensor channels(Tensor v) {
        return v.reshape(1, v.shape().size(), 1, 1);
    }

    private float[] run(int threads, boolean add, boolean limits, HostTensor... values) {
        var e = engines.open(Device.cpu(), EngineOptions.defaults().withThreads(threads));
        try (var w = e.parameter("w", values[1]); var s = e.parameter("s", values[2]);
                var t = e.parameter("t", values[3]);
                var step = e.inferenceProgram(in -> {
                    var x = in.getFirst();
                    var y = x.conv2d(w.get(), 1, 1).sub(0.25f).mul(channels(s.get())).add(channels(t.get()));
                    y = add ? y.add(in.get(1)) : y;
                    y = limits ? y.maximum(0).minimum(0.75f) : y.relu();
                    return List.of(y);
                })) {
            step.call(values[0], values[4]);
            w.write(values[5]);
            return step.call(values[0], values[4]).getFirst().toFloatArray();
        }
    }

    @ParameterizedTest
    @CsvSource({"1,3,16,13,false,false", "2,8,24,9,true,false", "3,16,8,7,true,true", "1,1,5,28,false,true",
        "1,32,32,16,true,false", "2,5,7,6,true,true"})
    void asPlainLoops(int n, int c, int k, int side, boolean add, boolean limits) {
        var x = random(1, n, c, side, side);
        var w = random(2, k, c, 3, 3);
        var s = random(3, k);
        var t = random(4, k);
        var r = random(5, n, k, side, side);
        var one = run(1, add, limits, x, random(6, k, c, 3, 3), s, t, r, w);
        assertArrayEquals(one, run(2, add, limits, x, random(6, k, c, 3, 3), s, t, r, w));
        for (int i = 0; i < one.length; i++) {
            int q = i % side;
            int p = i / side % side;
            int o = i / side / side % k;
            int b = i / side / side / k;
            double sum = 0;
            for (int h = 0; h < c; h++) {
                for (int u = 0; u < 9; u++) {
                    int y = p + u / 3 - 1;
                    int z = q + u % 3 - 1;
                    if (y >= 0 && y < side && z >= 0 && z < side) {
                        sum += x.get(((b * c + h) * side + y) * side + z) * w.get((o * c + h) * 9 + u);
                    }
                }
            }
            double want = (sum - 0.25) * s.get(o) + t.get(o) + (add ? r.get(i) : 0);
            want = Math.max(want, 0);
            assertEquals(limits ? Math.min(want, 0.75) : want, one[i], 2e-6 * (1 + Math.sqrt(9.0 * c)), "element " + i);
        }
    }
}
