package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.engine.InputSpec;
import dev.ijen.engine.Parameter;
import dev.ijen.format.Safetensors;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Convolutions keep their weights in a form of their own between runs; what they compute is always of the weights as they are.
class KeptWeightsTest {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();
    @TempDir Path dir;

    /// Sizes that are computed in different ways.
    enum Size {
        /// Winograd's algorithm.
        WINOGRAD(1, 64, 64, 16),
        /// Cut by output channels.
        SLICES(1, 128, 256, 4),
        /// Directly.
        DIRECT(2, 3, 24, 9);

        final int n;
        final int c;
        final int k;
        final int side;

        Size(int n, int c, int k, int side) {
            this.n = n;
            this.c = c;
            this.k = k;
            this.side = side;
        }

        HostTensor x() {
            return random(1, n, c, side, side);
        }

        HostTensor w(int seed) {
            return random(seed, k, c, 3, 3);
        }
    }

    private static HostTensor random(int seed, int... dims) {
        var r = new Random(seed);
        var v = new float[Shape.of(dims).size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = r.nextFloat() - 0.5f;
        }
        return HostTensor.of(v, dims);
    }

    private Engine engine() {
        return engines.open(Device.cpu(), EngineOptions.defaults().withThreads(2));
    }

    /// The convolution by its definition, in F64, times `factor`.
    private static void check(HostTensor y, HostTensor x, HostTensor w, double factor) {
        int c = x.shape().dim(1);
        int h = x.shape().dim(2);
        int k = w.shape().dim(0);
        float[] xs = x.toFloatArray();
        float[] ws = w.toFloatArray();
        float[] ys = y.toFloatArray();
        var r = new Random(7);
        for (int trial = 0; trial < 200; trial++) {
            int at = r.nextInt(ys.length);
            int col = at % h;
            int row = at / h % h;
            int o = at / h / h % k;
            int image = at / h / h / k;
            double sum = 0;
            double size = 0;
            for (int i = 0; i < c; i++) {
                for (int t = 0; t < 9; t++) {
                    int v = row + t / 3 - 1;
                    int u = col + t % 3 - 1;
                    if (v >= 0 && v < h && u >= 0 && u < h) {
                        double p = (double) xs[((image * c + i) * h + v) * h + u] * ws[(o * c + i) * 9 + t];
                        sum += p;
                        size += Math.abs(p);
                    }
                }
            }
            assertEquals(factor * sum, ys[at], 1e-6 * Math.abs(factor) * size + 1e-7, "element " + at);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyChangeIsSeen(Size s) {
        var engine = engine();
        var x = s.x();
        try (var w = engine.parameter("w", s.w(2));
                var predict = engine.inference(in -> in.conv2d(w.get(), 1, 1));
                var other = engine.inference(in -> in.conv2d(w.get(), 1, 1));
                var train = engine.program(in -> {
                    w.set(w.get().mul(3));
                    return List.of(in.getFirst().sum());
                })) {
            check(predict.call(x).getFirst(), x, s.w(2), 1);
            check(predict.call(x).getFirst(), x, s.w(2), 1);
            // from the host
            w.write(s.w(3));
            check(predict.call(x).getFirst(), x, s.w(3), 1);
            check(other.call(x).getFirst(), x, s.w(3), 1);
            // by a step
            train.call(x);
            check(predict.call(x).getFirst(), x, s.w(3), 3);
            check(other.call(x).getFirst(), x, s.w(3), 3);
            // by an assignment
            engine.assign(w, w.get().mul(0.5));
            check(predict.call(x).getFirst(), x, s.w(3), 1.5);
            // from a file
            Safetensors.write(dir.resolve("w"), Map.of("w", s.w(4)), Map.of());
            w.write(Safetensors.read(dir.resolve("w")).get("w"));
            check(predict.call(x).getFirst(), x, s.w(4), 1);
            check(other.call(x).getFirst(), x, s.w(4), 1);
        }
    }

    /// What a kept weight is computed from may be wanted otherwise, too.
    @ParameterizedTest
    @EnumSource
    void weightsThatAreAlsoResults(Size s) {
        var engine = engine();
        var x = s.x();
        try (var w = engine.parameter("w", s.w(2));
                var predict = engine.inferenceProgram(in -> {
                    var scaled = w.get().mul(0.5);
                    return List.of(in.getFirst().conv2d(scaled, 1, 1), scaled.permute(0, 2, 3, 1), scaled);
                })) {
            for (int seed = 2; seed < 4; seed++) {
                w.write(s.w(seed));
                for (int run = 0; run < 2; run++) {
                    var results = predict.call(x);
                    check(results.get(0), x, s.w(seed), 0.5);
                    float[] expected = s.w(seed).toFloatArray();
                    float[] got = results.get(2).toFloatArray();
                    for (int i = 0; i < expected.length; i++) {
                        assertEquals(0.5f * expected[i], got[i]);
                    }
                }
            }
        }
    }

    /// A program that changes the weights it uses keeps nothing.
    @ParameterizedTest
    @EnumSource
    void stepsThatChangeTheirWeights(Size s) {
        var engine = engine();
        var x = s.x();
        try (var w = engine.parameter("w", s.w(2));
                var step = engine.program(in -> {
                    var y = in.getFirst().conv2d(w.get(), 1, 1);
                    w.set(w.get().mul(2));
                    return List.of(y);
                })) {
            for (int run = 0; run < 3; run++) {
                check(step.call(x).getFirst(), x, s.w(2), 1 << run);
            }
        }
    }

    /// Weights given as an argument are other ones in every run.
    @ParameterizedTest
    @EnumSource
    void weightsAsArguments(Size s) {
        var engine = engine();
        var x = s.x();
        try (var predict = engine.inferenceProgram(in -> List.of(in.get(0).conv2d(in.get(1), 1, 1)))) {
            for (int seed = 2; seed < 5; seed++) {
                check(predict.call(x, s.w(seed)).getFirst(), x, s.w(seed), 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void threadsAtOnceWhileWeightsChange(Size s) throws InterruptedException {
        var engine = engine();
        var x = s.x();
        try (Parameter w = engine.parameter("w", s.w(2));
                var predict = engine.inference(in -> in.conv2d(w.get(), 1, 1))) {
            for (int round = 2; round < 5; round++) {
                w.write(s.w(round));
                var expected = predict.call(x).getFirst().toFloatArray();
                var threads = new Thread[3];
                var wrong = new AtomicInteger();
                for (int t = 0; t < threads.length; t++) {
                    threads[t] = Thread.ofPlatform().start(() -> {
                        for (int i = 0; i < 5; i++) {
                            float[] got = predict.call(x).getFirst().toFloatArray();
                            wrong.addAndGet(Arrays.equals(expected, got) ? 0 : 1);
                        }
                    });
                }
                for (var t : threads) {
                    t.join();
                }
                assertEquals(0, wrong.get());
                check(predict.call(x).getFirst(), x, s.w(round), 1);
            }
        }
    }

    /// The memory is part of what a program says it needs.
    @ParameterizedTest
    @EnumSource
    void memoryIsCounted(Size s) {
        var engine = engine();
        var x = s.x();
        var spec = List.of(InputSpec.of(x));
        try (var w = engine.parameter("w", s.w(2));
                var predict = engine.inference(in -> in.conv2d(w.get(), 1, 1))) {
            long bytes = 4L * s.k * s.c * 9;
            long before = engine.memory().liveBytes();
            long said = predict.report(spec).bindingBytes();
            predict.run(x);
            long taken = engine.memory().liveBytes() - before;
            assertTrue(said >= bytes, said + " bytes for weights of " + bytes);
            assertTrue(taken >= said, said + " bytes said, " + taken + " taken");
            assertArrayEquals(predict.call(x).getFirst().toFloatArray(), predict.call(x).getFirst().toFloatArray());
        }
    }
}
