package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What follows a convolution in an inference, which may be done on its sums: as in plain Java, at any number of threads.
class AfterConvTest {
    private static HostTensor random(int seed, int... dims) {
        var random = new Random(seed);
        var x = HostTensor.zeros(DType.F32, Shape.of(dims));
        for (int i = 0; i < x.shape().size(); i++) {
            x.set(i, 0.4 * random.nextGaussian());
        }
        return x;
    }

    private static float[] run(
            boolean library, int threads, HostTensor x, HostTensor w, HostTensor v, BinaryOperator<Tensor> first,
            UnaryOperator<Tensor> after, BinaryOperator<Tensor> second) {
        var options = EngineOptions.defaults().withThreads(threads).withNativeLibraries(library);
        try (var engine = Engine.open(Device.cpu(), options);
                var a = engine.parameter("w", w);
                var b = engine.parameter("v", v);
                var program = engine.inferenceProgram(in -> List.of(
                        second.apply(after.apply(first.apply(in.getFirst(), a.get())), b.get())))) {
            program.run(x);
            return program.run(x).get(0).toFloatArray();
        }
    }

    private static void check(
            HostTensor x, HostTensor w, HostTensor v, BinaryOperator<Tensor> first, UnaryOperator<Tensor> after,
            BinaryOperator<Tensor> second) {
        float[] plain = run(false, 1, x, w, v, first, after, second);
        float[] one = run(true, 1, x, w, v, first, after, second);
        assertArrayEquals(one, run(true, 3, x, w, v, first, after, second));
        assertEquals(plain.length, one.length);
        for (int i = 0; i < one.length; i++) {
            assertEquals(plain[i], one[i], 1e-5 * Math.max(1, Math.abs(plain[i])), "element " + i);
        }
    }

    /// The convolution's result is read a second time: it has to be there.
    @Test
    void resultsThatAreUsedTwice() {
        for (UnaryOperator<Tensor> after : List.<UnaryOperator<Tensor>>of(
                y -> y.add(y.relu()), y -> y.relu().add(y), y -> y.add(y.minimum(0.1)), y -> y.add(y),
                y -> y.add(y.mul(y)), y -> y.add(y.slice(1, 0, 1)).add(y), y -> y.maximum(0.1).add(y))) {
            for (int channels : new int[] {5, 16, 80}) {
                check(random(1, 2, 3, 9, 9), random(2, channels, 3, 3, 3), random(3, 4, channels, 1, 1),
                        (x, w) -> x.conv2d(w, 1, 1), after, (x, w) -> x.conv2d(w, 1, 0));
            }
        }
    }

    /// Along an axis no window covers anything but padding.
    @Test
    void windowsOfPaddingAlone() {
        var line = new WindowSpec(List.of(1), List.of(4), List.of(6), List.of(1), List.of(1));
        check(random(1, 1, 8, 2), random(2, 66, 8, 1), random(3, 4, 66, 1), (x, w) -> x.conv(w, line, 1), Tensor::relu,
                (x, w) -> x.conv1d(w, 1, 0));
    }

    @Test
    void longLines() {
        check(random(1, 1, 16, 230_000), random(2, 16, 1, 5), random(3, 2, 16, 1),
                (x, w) -> x.conv(w, new WindowSpec(List.of(5), List.of(1), List.of(2), List.of(2), List.of(1)), 16),
                Tensor::relu, (x, w) -> x.conv1d(w, 1, 0));
        check(random(1, 2, 16, 40, 3_001), random(2, 16, 1, 3, 3), random(3, 2, 16, 1, 1),
                (x, w) -> x.conv(w,
                        new WindowSpec(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1)),
                        16),
                Tensor::relu, (x, w) -> x.conv2d(w, 1, 0));
    }
}
