package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.GlobalAvgPool;
import dev.ijen.nn.Linear;
import dev.ijen.nn.MaxPool;
import dev.ijen.nn.Module;
import dev.ijen.nn.Padding;
import dev.ijen.nn.Residual;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.List;

/// Residual networks (He et al., arXiv:1512.03385). The stride of a bottleneck is in its 3 × 3 convolution, as in later
/// implementations ("v1.5").
///
/// @param depths blocks of each stage; the first has `width` channels and every later one twice as many and half the side
/// @param bottleneck whether blocks are 1 × 1, 3 × 3, 1 × 1 with four times the channels at their end, or 3 × 3, 3 × 3
/// @param width channels of the first stage
/// @param stem how the image comes in
/// @param skip whether blocks have their shortcut; without it, the plain control network of the paper
public record ResNet(List<Integer> depths, boolean bottleneck, int width, Stem stem, boolean skip) {
    /// How the image comes in.
    public enum Stem {
        /// For photographs: 7 × 7 with stride 2, then max-pooling with stride 2.
        LARGE,
        /// For images of 32 × 32 and the like: 3 × 3 with stride 1.
        SMALL
    }

    /// Copies the list.
    public ResNet {
        depths = List.copyOf(depths);
    }

    /// The paper's network of that many layers, for photographs: 18, 34, 50, 101 or 152; and 10, with one block a stage.
    public static ResNet of(int layers) {
        return switch (layers) {
            case 10 -> new ResNet(List.of(1, 1, 1, 1), false, 64, Stem.LARGE, true);
            case 18 -> new ResNet(List.of(2, 2, 2, 2), false, 64, Stem.LARGE, true);
            case 34 -> new ResNet(List.of(3, 4, 6, 3), false, 64, Stem.LARGE, true);
            case 50 -> new ResNet(List.of(3, 4, 6, 3), true, 64, Stem.LARGE, true);
            case 101 -> new ResNet(List.of(3, 4, 23, 3), true, 64, Stem.LARGE, true);
            case 152 -> new ResNet(List.of(3, 8, 36, 3), true, 64, Stem.LARGE, true);
            default -> throw new IjenException("resnet: no such depth", layers + " layers", "10, 18, 34, 50, 101 or 152",
                    "choose one of them, or give the blocks of each stage");
        };
    }

    /// With another stem.
    public ResNet withStem(Stem s) {
        return new ResNet(depths, bottleneck, width, s, skip);
    }

    /// With another number of channels in the first stage.
    public ResNet withWidth(int channels) {
        return new ResNet(depths, bottleneck, channels, stem, skip);
    }

    /// With or without shortcuts.
    public ResNet withSkip(boolean on) {
        return new ResNet(depths, bottleneck, width, stem, on);
    }

    /// Channels of the features.
    public int features() {
        return (width << depths.size() - 1) * (bottleneck ? 4 : 1);
    }

    /// Images x [N, in, H, W] → features [N, features()].
    public Chain features(Engine engine, int in) {
        var parts = new ArrayList<Module>();
        if (stem == Stem.LARGE) {
            parts.add(ConvNorm.of(engine, in, width, 7, 2, 1, Activation.RELU));
            parts.add(MaxPool.of(2, 3, 2, Padding.of(1)));
        } else {
            parts.add(ConvNorm.of(engine, in, width, 3, 1, 1, Activation.RELU));
        }
        int channels = width;
        for (int stage = 0; stage < depths.size(); stage++) {
            for (int b = 0; b < depths.get(stage); b++) {
                var block = block(engine, channels, width << stage, b == 0 && stage > 0 ? 2 : 1);
                parts.add(block);
                channels = (width << stage) * (bottleneck ? 4 : 1);
            }
        }
        parts.add(new GlobalAvgPool());
        return Chain.of(parts);
    }

    /// Images x [N, in, H, W] → logits [N, classes].
    public Chain classifier(Engine engine, int in, int classes) {
        return features(engine, in).then("output", Linear.of(engine, features(), classes));
    }

    private Module block(Engine engine, int in, int middle, int stride) {
        int out = bottleneck ? 4 * middle : middle;
        var body = bottleneck
                ? Chain.of(
                        ConvNorm.of(engine, in, middle, 1, 1, 1, Activation.RELU),
                        ConvNorm.of(engine, middle, middle, 3, stride, 1, Activation.RELU),
                        ConvNorm.of(engine, middle, out, 1, 1, 1))
                : Chain.of(
                        ConvNorm.of(engine, in, middle, 3, stride, 1, Activation.RELU),
                        ConvNorm.of(engine, middle, out, 3, 1, 1));
        if (!skip) {
            return body.then(Activation.RELU);
        }
        var shortcut = stride == 1 && in == out ? null : ConvNorm.of(engine, in, out, 1, stride, 1);
        return Chain.of(Residual.of(body, shortcut), Activation.RELU);
    }
}
