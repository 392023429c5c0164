package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.ConvSpec;
import dev.ijen.nn.ConvTranspose;
import dev.ijen.nn.MaxPool;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// U-Net (Ronneberger et al., arXiv:1505.04597), with padding and batch norm as usual today: down by halves to few pixels with many
/// channels, and up again, joined at each size with what was there on the way down; x [N, C, H, W] → [N, width, H, W]. A 1 × 1
/// convolution on top gives what each pixel is.
///
/// @param down two convolutions at each size, largest first; the last is the bottom
/// @param up doubles the side and halves the channels, smallest first
/// @param joined two convolutions after each joining, smallest first
public record UNet(List<Chain> down, List<ConvTranspose> up, List<Chain> joined) implements Module {
    /// Copies the lists.
    public UNet {
        down = List.copyOf(down);
        up = List.copyOf(up);
        joined = List.copyOf(joined);
    }

    /// A network with fresh weights.
    ///
    /// @param in channels of the image
    /// @param width channels at full size; the paper has 64
    /// @param levels how often the side is halved; the paper has 4
    public static UNet of(Engine engine, int in, int width, int levels) {
        var down = new ArrayList<Chain>();
        var up = new ArrayList<ConvTranspose>();
        var joined = new ArrayList<Chain>();
        for (int l = 0; l <= levels; l++) {
            down.add(twice(engine, l == 0 ? in : width << l - 1, width << l));
        }
        for (int l = levels; l > 0; l--) {
            int c = width << l;
            up.add(ConvTranspose.of(engine, ConvSpec.of(2, c, c / 2, 2).withStride(2), 0));
            joined.add(twice(engine, c, c / 2));
        }
        return new UNet(down, up, joined);
    }

    private static Chain twice(Engine engine, int in, int out) {
        return Chain.of(
                ConvNorm.of(engine, in, out, 3, 1, 1, Activation.RELU),
                ConvNorm.of(engine, out, out, 3, 1, 1, Activation.RELU));
    }

    @Override
    public Tensor apply(Tensor x) {
        int levels = up.size();
        int multiple = 1 << levels;
        var s = x.shape();
        if (s.rank() != 4 || s.dim(2) % multiple != 0 || s.dim(3) % multiple != 0) {
            throw new ShapeException("u-net", "x" + s, "x[N, C, H, W] with H and W multiples of " + multiple,
                    "scale or pad the images, or use fewer levels");
        }
        var kept = new ArrayList<Tensor>();
        var y = Probe.apply("down.0", down.getFirst(), x);
        for (int l = 1; l <= levels; l++) {
            kept.add(y);
            y = Probe.apply("down." + l, down.get(l), Probe.apply("pool" + l, MaxPool.d2(2), y));
        }
        for (int l = 0; l < levels; l++) {
            var larger = Probe.apply("up." + l, up.get(l), y);
            y = Probe.apply("joined." + l, joined.get(l), Tensor.concat(1, kept.get(levels - 1 - l), larger));
        }
        return y;
    }
}
