package dev.ijen.cli.bench;

import dev.ijen.nn.Chain;
import dev.ijen.nn.Flatten;
import dev.ijen.nn.GlobalAvgPool;
import dev.ijen.nn.MaxPool;
import dev.ijen.nn.Module;
import dev.ijen.nn.Padding;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;

/// Networks for vectors and images.
final class Images {
    private Images() {}

    /// Linear layers of these widths, with ReLU between them.
    static Module mlp(Maker m, int... widths) {
        var layers = new ArrayList<Module>();
        for (int i = 1; i < widths.length; i++) {
            layers.add(m.linear(widths[i - 1], widths[i]));
            if (i < widths.length - 1) {
                layers.add(Tensor::relu);
            }
        }
        return Chain.of(layers);
    }

    static Module cnn(Maker m) {
        return Chain.of(
                m.conv(1, 32, 3, 1, true), Tensor::relu, MaxPool.d2(2),
                m.conv(32, 64, 3, 1, true), Tensor::relu, MaxPool.d2(2),
                new Flatten(1), m.linear(64 * 7 * 7, 128), Tensor::relu, m.linear(128, 10));
    }

    /// For images of 32 × 32 (He et al., arXiv:1512.03385).
    static Module resnet18(Maker m) {
        var layers = new ArrayList<Module>();
        layers.add(m.conv(3, 64, 3, 1, false));
        layers.add(m.batchNorm(64));
        layers.add(Tensor::relu);
        return stages(m, layers, false, 10, 2, 2, 2, 2);
    }

    /// For images of 224 × 224, the stride in the middle of a block.
    static Module resnet50(Maker m) {
        var layers = new ArrayList<Module>();
        layers.add(m.conv(3, 64, 7, 2, false));
        layers.add(m.batchNorm(64));
        layers.add(Tensor::relu);
        layers.add(MaxPool.of(2, 3, 2, Padding.of(1)));
        return stages(m, layers, true, 1000, 3, 4, 6, 3);
    }

    private static Module stages(Maker m, ArrayList<Module> layers, boolean bottleneck, int classes, int... depths) {
        int in = 64;
        for (int stage = 0; stage < depths.length; stage++) {
            int middle = 64 << stage;
            for (int b = 0; b < depths[stage]; b++) {
                layers.add(block(m, in, middle, b == 0 && stage > 0 ? 2 : 1, bottleneck));
                in = bottleneck ? 4 * middle : middle;
            }
        }
        layers.add(new GlobalAvgPool());
        layers.add(m.linear(in, classes));
        return Chain.of(layers);
    }

    /// @param shortcut null for the identity
    private record Block(Chain body, Chain shortcut) implements Module {
        @Override
        public Tensor apply(Tensor x) {
            return body.apply(x).add(shortcut == null ? x : shortcut.apply(x)).relu();
        }
    }

    private static Module block(Maker m, int in, int middle, int stride, boolean bottleneck) {
        int out = bottleneck ? 4 * middle : middle;
        var body = bottleneck
                ? Chain.of(
                        m.conv(in, middle, 1, 1, false), m.batchNorm(middle), Tensor::relu,
                        m.conv(middle, middle, 3, stride, false), m.batchNorm(middle), Tensor::relu,
                        m.conv(middle, out, 1, 1, false), m.batchNorm(out))
                : Chain.of(
                        m.conv(in, middle, 3, stride, false), m.batchNorm(middle), Tensor::relu,
                        m.conv(middle, out, 3, 1, false), m.batchNorm(out));
        var shortcut = stride != 1 || in != out ? Chain.of(m.conv(in, out, 1, stride, false), m.batchNorm(out)) : null;
        return new Block(body, shortcut);
    }
}
