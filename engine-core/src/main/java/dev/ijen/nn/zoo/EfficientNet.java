package dev.ijen.nn.zoo;

import static dev.ijen.nn.zoo.InvertedResidual.round8;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.GlobalAvgPool;
import dev.ijen.nn.Module;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.Arrays;

/// EfficientNet (Tan and Le, arXiv:1905.11946): mobile blocks with squeeze-and-excite, scaled in width and depth together.
///
/// @param width factor on channels
/// @param depth factor on blocks, rounded up
/// @param drop stochastic depth of the last block; earlier ones have less in proportion
public record EfficientNet(double width, double depth, double drop) {
    /// Expansion, window, stride of the first block, channels, blocks: table 1 of the paper.
    private static final int[][] STAGES = {
        {1, 3, 1, 16, 1}, {6, 3, 2, 24, 2}, {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3}, {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4},
        {6, 3, 1, 320, 1}
    };

    /// B0 to B4; their images have sides of 224, 240, 260, 300 and 380.
    public static EfficientNet of(int b) {
        return switch (b) {
            case 0 -> new EfficientNet(1, 1, 0.2);
            case 1 -> new EfficientNet(1, 1.1, 0.2);
            case 2 -> new EfficientNet(1.1, 1.2, 0.2);
            case 3 -> new EfficientNet(1.2, 1.4, 0.2);
            case 4 -> new EfficientNet(1.4, 1.8, 0.2);
            default -> throw new IjenException("efficientnet: no such size", "b" + b, "b0 to b4", "choose one of them");
        };
    }

    /// With another rate of stochastic depth.
    public EfficientNet withDrop(double rate) {
        return new EfficientNet(width, depth, rate);
    }

    /// Images x [N, in, H, W] → features [N, 1280], for B0. A classifier has dropout of 0.2 and a linear layer on top.
    ///
    /// @param stride of the first convolution: 2 for photographs, 1 for images of 32 × 32
    public Chain features(Engine engine, int in, int stride) {
        int total = Arrays.stream(STAGES).mapToInt(s -> blocks(s[4])).sum();
        int channels = round8(32 * width);
        int done = 0;
        var parts = new ArrayList<Module>();
        parts.add(ConvNorm.of(engine, in, channels, 3, stride, 1, Activation.SILU));
        for (var s : STAGES) {
            int out = round8(s[3] * width);
            for (int b = 0; b < blocks(s[4]); b++) {
                // squeezed to a quarter of what the block is given, not of what it expands to
                parts.add(new InvertedResidual(
                        channels, s[0] * channels, out, s[1], b == 0 ? s[2] : 1, Math.max(1, channels / 4),
                        Activation.SILU)
                        .create(engine, Activation.SILU, Activation.SIGMOID, drop * done / total));
                channels = out;
                done++;
            }
        }
        parts.add(ConvNorm.of(engine, channels, 4 * channels, 1, 1, 1, Activation.SILU));
        parts.add(new GlobalAvgPool());
        return Chain.of(parts);
    }

    private int blocks(int base) {
        return (int) Math.ceil(base * depth - 1e-9);
    }
}
