package dev.ijen.nn.zoo;

import static dev.ijen.nn.zoo.InvertedResidual.round8;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.GlobalAvgPool;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import java.util.ArrayList;
import java.util.List;

/// MobileNetV3 (Howard et al., arXiv:1905.02244), tables 1 and 2: squeeze-and-excite in some blocks, hard-swish where the image is small.
public final class MobileNetV3 {
    /// @param size window
    /// @param inside expanded channels
    /// @param out channels out
    /// @param squeeze whether it has squeeze-and-excite
    /// @param swish whether hard-swish or ReLU
    /// @param stride of the depthwise convolution
    private record Row(int size, int inside, int out, boolean squeeze, boolean swish, int stride) {}

    private static final List<Row> LARGE = List.of(
            new Row(3, 16, 16, false, false, 1),
            new Row(3, 64, 24, false, false, 2),
            new Row(3, 72, 24, false, false, 1),
            new Row(5, 72, 40, true, false, 2),
            new Row(5, 120, 40, true, false, 1),
            new Row(5, 120, 40, true, false, 1),
            new Row(3, 240, 80, false, true, 2),
            new Row(3, 200, 80, false, true, 1),
            new Row(3, 184, 80, false, true, 1),
            new Row(3, 184, 80, false, true, 1),
            new Row(3, 480, 112, true, true, 1),
            new Row(3, 672, 112, true, true, 1),
            new Row(5, 672, 160, true, true, 2),
            new Row(5, 960, 160, true, true, 1),
            new Row(5, 960, 160, true, true, 1));

    private static final List<Row> SMALL = List.of(
            new Row(3, 16, 16, true, false, 2),
            new Row(3, 72, 24, false, false, 2),
            new Row(3, 88, 24, false, false, 1),
            new Row(5, 96, 40, true, true, 2),
            new Row(5, 240, 40, true, true, 1),
            new Row(5, 240, 40, true, true, 1),
            new Row(5, 120, 48, true, true, 1),
            new Row(5, 144, 48, true, true, 1),
            new Row(5, 288, 96, true, true, 2),
            new Row(5, 576, 96, true, true, 1),
            new Row(5, 576, 96, true, true, 1));

    private MobileNetV3() {}

    /// Images x [N, in, H, W] → features [N, 1280] (large) or [N, 1024] (small). A classifier has dropout of 0.2 and a linear layer on top.
    ///
    /// @param large which of the paper's two
    /// @param width factor on all channels
    /// @param stride of the first convolution: 2 for photographs, 1 for images of 32 × 32
    public static Chain features(Engine engine, int in, boolean large, double width, int stride) {
        int channels = round8(16 * width);
        var parts = new ArrayList<Module>();
        parts.add(ConvNorm.of(engine, in, channels, 3, stride, 1, Activation.HARD_SWISH));
        for (var r : large ? LARGE : SMALL) {
            int inside = round8(r.inside * width);
            int out = round8(r.out * width);
            parts.add(new InvertedResidual(
                    channels, inside, out, r.size, r.stride, r.squeeze ? round8(inside / 4.0) : 0,
                    r.swish ? Activation.HARD_SWISH : Activation.RELU)
                    .create(engine, Activation.RELU, Activation.HARD_SIGMOID, 0));
            channels = out;
        }
        parts.add(ConvNorm.of(engine, channels, 6 * channels, 1, 1, 1, Activation.HARD_SWISH));
        parts.add(new GlobalAvgPool());
        parts.add(Linear.of(engine, 6 * channels, round8((large ? 1280 : 1024) * Math.max(1, width))));
        parts.add(Activation.HARD_SWISH);
        return Chain.of(parts);
    }
}
