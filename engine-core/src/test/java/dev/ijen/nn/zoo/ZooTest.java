package dev.ijen.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.InputSpec;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import dev.ijen.nn.OnEngine;
import dev.ijen.nn.StochasticDepth;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Networks are those of the papers: weights counted by torchvision 0.20, multiply-adds of its documentation (GMACs for images of 224).
class ZooTest extends OnEngine {
    private void check(Module features, int width, long parameters, double gigaMacs) {
        var model = Chain.of(features, Linear.of(engine, width, 1000));
        assertEquals(parameters, Module.parameterCount(model));
        try (var step = engine.inference(model::apply)) {
            var report = step.report(List.of(new InputSpec(DType.F32, Shape.of(1, 3, 224, 224))));
            assertEquals(gigaMacs, report.flops() / 2e9, 0.02 * gigaMacs);
        }
        Module.close(model);
    }

    @Test
    void resNets() {
        check(ResNet.of(18).features(engine, 3), 512, 11_689_512, 1.814);
        check(ResNet.of(50).features(engine, 3), 2048, 25_557_032, 4.089);
    }

    @Test
    void mobileNets() {
        check(MobileNetV2.features(engine, 3, 1, 2), 1280, 3_504_872, 0.301);
        check(MobileNetV3.features(engine, 3, true, 1, 2), 1280, 5_483_032, 0.217);
        check(MobileNetV3.features(engine, 3, false, 1, 2), 1024, 2_542_856, 0.057);
    }

    @Test
    void efficientNets() {
        check(EfficientNet.of(0).features(engine, 3, 2), 1280, 5_288_548, 0.386);
        check(EfficientNet.of(1).features(engine, 3, 2), 1280, 7_794_184, 0.5776);
    }

    @Test
    void visionTransformer() {
        // 17.56 with attention's own products, which torchvision counts
        check(VisionTransformer.of(engine, VisionTransformer.Size.base16(), 3, 224, 224), 768, 86_567_656, 17.56);
        var e = assertThrows(IjenException.class,
                () -> VisionTransformer.of(engine, VisionTransformer.Size.tiny(), 3, 30, 32));
        assertTrue(e.getMessage().contains("patches of 4"), e.getMessage());
    }

    @Test
    void uNetKeepsTheSize() {
        var model = UNet.of(engine, 1, 8, 2);
        // two convolutions with norms at 8, 16, 32; transposed 32→16, 16→8; two convolutions each on twice the channels
        long down = 9 * (8 + 64) + 32 + 9 * (8 * 16 + 16 * 16) + 64 + 9 * (16 * 32 + 32 * 32) + 128;
        long up = 32 * 16 * 4 + 16 + 9 * (32 * 16 + 16 * 16) + 64 + 16 * 8 * 4 + 8 + 9 * (16 * 8 + 8 * 8) + 32;
        assertEquals(down + up, Module.parameterCount(model));
        assertEquals(Shape.of(2, 8, 12, 8), shape(model, 2, 1, 12, 8));
        assertThrows(ShapeException.class, () -> shape(model, 2, 1, 10, 8));
        Module.close(model);
    }

    private static Shape shape(Module model, int... dims) {
        return Module.summary(model, DType.F32, Shape.of(dims)).getFirst().output();
    }

    @Test
    void smallImagesComeInAtTheirSize() {
        var small = ResNet.of(10).withWidth(4).withStem(ResNet.Stem.SMALL);
        var model = small.classifier(engine, 3, 10);
        assertEquals(32, small.features());
        var rows = Module.summary(model, DType.F32, Shape.of(1, 3, 32, 32));
        assertTrue(rows.stream().anyMatch(r -> r.output().equals(Shape.of(1, 32, 4, 4))));
        assertEquals(Shape.of(1, 10), rows.getFirst().output());
        Module.close(model);
    }

    @Test
    void squeezeAndExciteByHand() {
        var se = SqueezeExcite.of(engine, 2, 1, Activation.RELU, Activation.SIGMOID);
        se.reduce().weight().write(HostTensor.of(new float[] {1, 2}, 1, 2));
        se.reduce().bias().write(HostTensor.of(new float[] {0.5f}, 1));
        se.expand().weight().write(HostTensor.of(new float[] {1, -1}, 2, 1));
        // means 2 and −0.5: 2 − 1 + 0.5 = 1.5; factors sigmoid(±1.5)
        double up = 1 / (1 + Math.exp(-1.5));
        double down = 1 / (1 + Math.exp(1.5));
        var x = floats(dims(1, 2, 1, 2), 1, 3, -1, 0);
        assertClose(new double[] {up, 3 * up, -down, 0}, se.apply(x), 1e-6);
        Module.close(se);
    }

    @Test
    void channelsAreMultiplesOfEight() {
        // the published widths of EfficientNet-B1 to B4 and MobileNetV2 0.35
        assertArrayEquals(new int[] {16, 24, 40, 48, 160, 8, 16}, IntStream.of(0, 1, 2, 3, 4, 5, 6)
                .map(i -> InvertedResidual.round8(new double[] {16, 26.4, 40, 44.8, 156.8, 5.6, 11.2}[i])).toArray());
    }

    @Test
    void stochasticDepthLeavesOutWholeExamples() {
        var layer = StochasticDepth.of(engine, 0.25);
        var x = Tensor.full(DType.F32, 3, Shape.of(4000, 2));
        try (var step = engine.program(in -> List.of(layer.apply(x)))) {
            var y = step.run().get(0).toFloatArray();
            int kept = 0;
            for (int i = 0; i < 4000; i++) {
                assertEquals(y[2 * i], y[2 * i + 1]);
                assertTrue(y[2 * i] == 0 || Math.abs(y[2 * i] - 4) < 1e-6);
                kept += y[2 * i] == 0 ? 0 : 1;
            }
            // four standard deviations
            assertEquals(3000, kept, 4 * Math.sqrt(4000 * 0.25 * 0.75));
        }
        try (var use = engine.inferenceProgram(in -> List.of(layer.apply(x)))) {
            assertEquals(3, use.run().get(0).get(5));
        }
    }
}
