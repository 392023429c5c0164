package dev.ijen.train;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Module;
import dev.ijen.nn.zoo.EfficientNet;
import dev.ijen.nn.zoo.MobileNetV2;
import dev.ijen.nn.zoo.MobileNetV3;
import dev.ijen.nn.zoo.ResNet;
import dev.ijen.nn.zoo.UNet;
import dev.ijen.nn.zoo.VisionTransformer;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.train.config.LayerSpec;

/// Whole networks of the zoo as layers of a configuration.
final class ZooLayers {
    /// Images of a smaller side come in at their full size where the configuration leaves it open.
    private static final int PHOTOGRAPH = 64;

    private ZooLayers() {}

    static Module resnet(Engine engine, LayerSpec.Resnet r, Shape in) {
        return ResNet.of(r.depth())
                .withWidth(r.width())
                .withSkip(r.skip())
                .withStem(isSmall(r.stem(), in) ? ResNet.Stem.SMALL : ResNet.Stem.LARGE)
                .features(engine, image(in).dim(1));
    }

    static Module mobilenet(Engine engine, LayerSpec.Mobilenet m, Shape in) {
        int stride = isSmall(m.stem(), in) ? 1 : 2;
        int channels = image(in).dim(1);
        return switch (m.version()) {
            case V2 -> MobileNetV2.features(engine, channels, m.width(), stride);
            case V3_LARGE -> MobileNetV3.features(engine, channels, true, m.width(), stride);
            case V3_SMALL -> MobileNetV3.features(engine, channels, false, m.width(), stride);
        };
    }

    static Module efficientnet(Engine engine, LayerSpec.Efficientnet e, Shape in) {
        var size = EfficientNet.of(e.size());
        return new EfficientNet(size.width() * e.width(), size.depth(), e.drop())
                .features(engine, image(in).dim(1), isSmall(e.stem(), in) ? 1 : 2);
    }

    static Module vit(Engine engine, LayerSpec.Vit v, Shape in) {
        int hidden = v.hidden() == 0 ? 4 * v.features() : v.hidden();
        var size = new VisionTransformer.Size(v.patch(), v.features(), v.depth(), v.heads(), hidden, v.dropout());
        return VisionTransformer.of(engine, size, image(in).dim(1), in.dim(2), in.dim(3));
    }

    static Module unet(Engine engine, LayerSpec.Unet u, Shape in) {
        return UNet.of(engine, image(in).dim(1), u.width(), u.levels());
    }

    private static boolean isSmall(LayerSpec.Stem stem, Shape in) {
        return switch (stem) {
            case AUTO -> Math.max(image(in).dim(2), in.dim(3)) < PHOTOGRAPH;
            case LARGE -> false;
            case SMALL -> true;
        };
    }

    private static Shape image(Shape in) {
        if (in.rank() != 4) {
            throw new IjenException("no image", in.toString(), "[N, C, H, W]: channels, height, width",
                    "put it first, and give it pictures");
        }
        return in;
    }
}
