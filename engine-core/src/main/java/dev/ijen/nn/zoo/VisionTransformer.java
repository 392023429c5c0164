package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.nn.AttentionSpec;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Conv;
import dev.ijen.nn.ConvSpec;
import dev.ijen.nn.Init;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.nn.TransformerBlock;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;

/// Vision transformer (Dosovitskiy et al., arXiv:2010.11929): the image in patches, each a token; a class token before them, a learnt
/// position on each, blocks, and the class token's features: x [N, C, H, W] → [N, features].
///
/// @param patches C → features, one window a patch
/// @param token the class token, [1, 1, features]
/// @param positions of all tokens, [1, 1 + patches, features]
/// @param blocks of the transformer
/// @param norm at the end
public record VisionTransformer(Conv patches, Parameter token, Parameter positions, Chain blocks, LayerNorm norm)
        implements Module {
    /// Sizes of one.
    ///
    /// @param patch side of a patch
    /// @param features of a token
    /// @param depth blocks
    /// @param heads of attention
    /// @param hidden features inside of the blocks' layers of each token
    /// @param dropout of what is added to the shortcuts
    public record Size(int patch, int features, int depth, int heads, int hidden, double dropout) {
        /// B/16 of the paper.
        public static Size base16() {
            return new Size(16, 768, 12, 12, 3072, 0);
        }

        /// A small one for images of 32 × 32: 64 patches, 0.8 M weights.
        public static Size tiny() {
            return new Size(4, 128, 4, 4, 512, 0);
        }
    }

    /// For images [in, height, width].
    public static VisionTransformer of(Engine engine, Size size, int in, int height, int width) {
        if (height % size.patch != 0 || width % size.patch != 0) {
            throw new IjenException("vision transformer: patches do not fit",
                    "images of " + height + " × " + width + ", patches of " + size.patch,
                    "sides that are multiples of the patch", "choose another patch, or scale the images");
        }
        int tokens = 1 + height / size.patch * (width / size.patch);
        var blocks = new ArrayList<Module>();
        for (int i = 0; i < size.depth; i++) {
            blocks.add(TransformerBlock.of(
                    engine, AttentionSpec.of(size.features, size.heads), size.hidden, size.dropout));
        }
        var small = Init.truncatedNormal(0.02);
        var random = engine.hostRandom();
        var fan = new Init.Fan(1, size.features);
        var shape = Shape.of(1, tokens, size.features);
        return new VisionTransformer(
                Conv.of(engine, ConvSpec.of(2, in, size.features, size.patch).withStride(size.patch)
                        .withInit(Init.lecunUniform())),
                engine.parameter("vit.token",
                        HostTensor.zeros(dev.ijen.tensor.DType.F32, Shape.of(1, 1, size.features))),
                engine.parameter("vit.positions", small.create(random, shape, fan)),
                Chain.of(blocks),
                LayerNorm.of(engine, size.features));
    }

    @Override
    public Tensor apply(Tensor x) {
        var p = Probe.apply("patches", patches, x);
        int n = p.shape().dim(0);
        int features = p.shape().dim(1);
        int count = p.shape().dim(2) * p.shape().dim(3);
        if (count + 1 != positions.shape().dim(1)) {
            throw new ShapeException("vision transformer", "x" + x.shape() + ": " + count + " patches",
                    positions.shape().dim(1) - 1 + " patches", "give images of the size it was made for");
        }
        var tokens = p.reshape(n, features, count).swapAxes(1, 2);
        var first = token.get().cast(tokens.dtype()).broadcast(n, 1, features);
        var all = Tensor.concat(1, first, tokens).add(positions.get());
        var y = Probe.apply("norm", norm, Probe.apply("blocks", blocks, all));
        return y.select(1, 0);
    }
}
