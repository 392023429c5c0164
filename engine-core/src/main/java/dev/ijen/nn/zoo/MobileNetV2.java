package dev.ijen.nn.zoo;

import static dev.ijen.nn.zoo.InvertedResidual.round8;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.GlobalAvgPool;
import dev.ijen.nn.Module;
import java.util.ArrayList;

/// MobileNetV2 (Sandler et al., arXiv:1801.04381), table 2.
public final class MobileNetV2 {
    /// Expansion, channels, blocks, stride of the first block.
    private static final int[][] STAGES = {
        {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
    };

    private MobileNetV2() {}

    /// Images x [N, in, H, W] → features [N, 1280]; more for a width above 1. A classifier has dropout of 0.2 and a linear layer on top.
    ///
    /// @param width factor on all channels
    /// @param stride of the first convolution: 2 for photographs, 1 for images of 32 × 32
    public static Chain features(Engine engine, int in, double width, int stride) {
        int channels = round8(32 * width);
        var parts = new ArrayList<Module>();
        parts.add(ConvNorm.of(engine, in, channels, 3, stride, 1, Activation.RELU6));
        for (var s : STAGES) {
            int out = round8(s[1] * width);
            for (int b = 0; b < s[2]; b++) {
                parts.add(new InvertedResidual(
                        channels, s[0] * channels, out, 3, b == 0 ? s[3] : 1, 0, Activation.RELU6)
                        .create(engine, Activation.RELU, Activation.SIGMOID, 0));
                channels = out;
            }
        }
        parts.add(ConvNorm.of(engine, channels, round8(1280 * Math.max(1, width)), 1, 1, 1, Activation.RELU6));
        parts.add(new GlobalAvgPool());
        return Chain.of(parts);
    }
}
