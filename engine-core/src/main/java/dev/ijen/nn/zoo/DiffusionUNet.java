package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Conv;
import dev.ijen.nn.ConvSpec;
import dev.ijen.nn.GroupNorm;
import dev.ijen.nn.Init;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Padding;
import dev.ijen.nn.Probe;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The denoising network of diffusion models (Ho et al., arXiv:2006.11239): a U-Net of residual blocks, each of which is told the time and
/// a context. Patches of `patch` × `patch` pixels become channels first, which costs a fraction of working at full size. Most of the work is
/// done at the smallest size, where a window sees most of the image: there a digit gets its shape, strokes come after.
///
/// @param patch side of a patch
/// @param time sinusoids of the time → features
/// @param in of the image
/// @param down a block a size
/// @param bottom blocks at the smallest size
/// @param narrow from there to as many channels as the size above has
/// @param up a block a size, smallest first
/// @param norm before the output
/// @param out back to the image
public record DiffusionUNet(
        int patch, Chain time, Conv in, List<Block> down, List<Block> bottom, Conv narrow, List<Block> up,
        GroupNorm norm, Conv out) {
    private static final int SINUSOIDS = 32;
    private static final int GROUPS = 8;
    private static final int BOTTOM = 3;

    /// Copies the lists.
    public DiffusionUNet {
        down = List.copyOf(down);
        bottom = List.copyOf(bottom);
        up = List.copyOf(up);
    }

    /// Two convolutions, between which time and context scale and shift each channel (Dhariwal and Nichol, arXiv:2105.05233);
    /// x [N, C, H, W], told [N, F] → [N, K, H, W].
    ///
    /// @param norm1 of the input
    /// @param conv1 C → K
    /// @param told F → 2 · K: scales less 1, then shifts
    /// @param norm2 between
    /// @param conv2 K → K, beginning with 0, so that a block begins as its shortcut
    /// @param shortcut C → K, or null where they are equal
    public record Block(GroupNorm norm1, Conv conv1, Linear told, GroupNorm norm2, Conv conv2, Conv shortcut) {
        static Block of(Engine engine, int in, int out, int features) {
            return new Block(
                    GroupNorm.of(engine, GROUPS, in),
                    conv(engine, in, out, 3, Init.heUniform()),
                    Linear.of(engine, features, 2 * out),
                    GroupNorm.of(engine, GROUPS, out),
                    conv(engine, out, out, 3, Init.zeros()),
                    in == out ? null : conv(engine, in, out, 1, Init.heUniform()));
        }

        Tensor apply(Tensor x, Tensor features) {
            var h = Probe.apply("conv1", conv1, norm1.apply(x).silu());
            var t = told.apply(features);
            int n = t.shape().dim(0);
            int k = t.shape().dim(1) / 2;
            t = t.reshape(n, 2 * k, 1, 1);
            h = norm2.apply(h).mul(t.slice(1, 0, k).add(1)).add(t.slice(1, k, k));
            h = Probe.apply("conv2", conv2, h.silu());
            return h.add(shortcut == null ? x : shortcut.apply(x));
        }
    }

    /// A network with fresh weights.
    ///
    /// @param channels of the image
    /// @param width channels at the first size, twice as many at each smaller one, four times at the smallest; a multiple of 8
    /// @param levels how often the side is halved, beyond patches
    /// @param patch side of a patch
    /// @param context features of the context
    public static DiffusionUNet of(Engine engine, int channels, int width, int levels, int patch, int context) {
        int pixels = channels * patch * patch;
        var down = new ArrayList<Block>();
        var up = new ArrayList<Block>();
        for (int l = 0; l < levels; l++) {
            down.add(Block.of(engine, l == 0 ? width : width << l - 1, width << l, context));
        }
        int above = width << Math.max(0, levels - 1);
        var bottom = new ArrayList<Block>();
        for (int b = 0; b < BOTTOM; b++) {
            bottom.add(Block.of(engine, b == 0 ? above : 4 * above, 4 * above, context));
        }
        for (int l = levels - 1; l >= 0; l--) {
            int below = l == levels - 1 ? above : width << l + 1;
            up.add(Block.of(engine, below + (width << l), width << l, context));
        }
        return new DiffusionUNet(
                patch,
                Chain.of(Linear.of(engine, 2 * SINUSOIDS, context), Activation.SILU,
                        Linear.of(engine, context, context)),
                conv(engine, pixels, width, 3, Init.heUniform()),
                down,
                bottom,
                conv(engine, 4 * above, above, 1, Init.heUniform()),
                up,
                GroupNorm.of(engine, GROUPS, width),
                conv(engine, width, pixels, 3, Init.zeros()));
    }

    private static Conv conv(Engine engine, int in, int out, int size, Init init) {
        return Conv.of(engine, ConvSpec.of(2, in, out, size).withPadding(Padding.of(size / 2)).withInit(init));
    }

    /// What is predicted for noisy images.
    ///
    /// @param x [N, C, H, W]
    /// @param t time of each, from 0 (clean) to 1 (noise), [N]
    /// @param context [N, F]
    public Tensor apply(Tensor x, Tensor t, Tensor context) {
        var s = x.shape();
        int multiple = patch << down.size();
        if (s.rank() != 4 || s.dim(2) % multiple != 0 || s.dim(3) % multiple != 0) {
            throw new ShapeException("diffusion u-net", "x" + s, "x[N, C, H, W] with H and W multiples of " + multiple,
                    "scale the images, or use fewer levels");
        }
        var told = time.apply(sinusoids(t)).add(context).silu();
        var y = Probe.apply("in", in, toChannels(x));
        var kept = new ArrayList<Tensor>();
        for (int l = 0; l < down.size(); l++) {
            var block = down.get(l);
            y = Probe.apply("down." + l, z -> block.apply(z, told), y);
            kept.add(y);
            y = y.avgPool2d(2, 2, 0);
        }
        for (int b = 0; b < bottom.size(); b++) {
            var block = bottom.get(b);
            y = Probe.apply("bottom." + b, z -> block.apply(z, told), y);
        }
        y = Probe.apply("narrow", narrow, y);
        for (int l = 0; l < up.size(); l++) {
            var block = up.get(l);
            var joined = Tensor.concat(1, doubled(y), kept.get(down.size() - 1 - l));
            y = Probe.apply("up." + l, z -> block.apply(z, told), joined);
        }
        return toPixels(Probe.apply("out", out, norm.apply(y).silu()), s.dim(1));
    }

    /// Every pixel four times.
    private static Tensor doubled(Tensor x) {
        var s = x.shape();
        return x.reshape(s.dim(0), s.dim(1), s.dim(2), 1, s.dim(3), 1)
                .broadcast(s.dim(0), s.dim(1), s.dim(2), 2, s.dim(3), 2)
                .reshape(s.dim(0), s.dim(1), 2 * s.dim(2), 2 * s.dim(3));
    }

    /// sin and cos of t at 32 speeds from 1 to 1000 (Vaswani et al., arXiv:1706.03762): [N] → [N, 64].
    private static Tensor sinusoids(Tensor t) {
        var speeds = Tensor.range(0, 1, SINUSOIDS).cast(t.dtype()).mul(Math.log(1000) / (SINUSOIDS - 1)).exp();
        var angle = t.reshape(t.shape().dim(0), 1).mul(speeds);
        return Tensor.concat(1, angle.sin(), angle.cos());
    }

    /// [N, C, H, W] → [N, C · patch², H / patch, W / patch].
    private Tensor toChannels(Tensor x) {
        var s = x.shape();
        return x.reshape(s.dim(0), s.dim(1), s.dim(2) / patch, patch, s.dim(3) / patch, patch)
                .permute(0, 1, 3, 5, 2, 4)
                .reshape(s.dim(0), s.dim(1) * patch * patch, s.dim(2) / patch, s.dim(3) / patch);
    }

    private Tensor toPixels(Tensor y, int channels) {
        var s = y.shape();
        return y.reshape(s.dim(0), channels, patch, patch, s.dim(2), s.dim(3))
                .permute(0, 1, 4, 2, 5, 3)
                .reshape(s.dim(0), channels, s.dim(2) * patch, s.dim(3) * patch);
    }
}
