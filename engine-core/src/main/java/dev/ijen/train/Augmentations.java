package dev.ijen.train;

import dev.ijen.data.ColorJitter;
import dev.ijen.data.CutMix;
import dev.ijen.data.Dataset;
import dev.ijen.data.Loader;
import dev.ijen.data.Mixup;
import dev.ijen.data.RandomAffine;
import dev.ijen.data.RandomCrop;
import dev.ijen.data.RandomFlip;
import dev.ijen.data.Sampler;
import dev.ijen.data.SpecAugment;
import dev.ijen.data.Transform;
import dev.ijen.tensor.Shape;
import dev.ijen.train.config.AugmentationConfig;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.DataConfig;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.util.ArrayList;
import java.util.List;

/// The training part as batches: order and random changes as a configuration names them.
final class Augmentations {
    private Augmentations() {}

    /// Every batch has the same size.
    static Loader loader(TrainConfig config, Dataset train) {
        var t = config.training();
        int size = Math.min(t.batchSize(), train.size());
        var loader = Loader.of(train, size)
                .dropLast(true)
                .prefetch(t.prefetch())
                .transform(transforms(config.augmentation(), train).toArray(new Transform[0]));
        if (config.data().sampling() == DataConfig.Sampling.BALANCED && train.isClassification()) {
            return loader.sampler(Sampler.balanced(train.classIndices()), config.seed());
        }
        return loader.shuffle(config.seed());
    }

    private static List<Transform> transforms(AugmentationConfig a, Dataset train) {
        var all = new ArrayList<Transform>();
        var shape = train.input().shape();
        if (a.crop() > 0) {
            all.add(new RandomCrop(side(shape, 1), side(shape, 2), a.crop()));
        }
        if (a.degrees() > 0 || a.translate() > 0 || a.scale() > 0 || a.shear() > 0) {
            all.add(new RandomAffine((float) a.degrees(), (float) a.translate(), (float) (1 - a.scale()),
                    (float) (1 + a.scale()), (float) a.shear(), 0));
        }
        if (a.flip() > 0) {
            all.add(new RandomFlip(a.flip()));
        }
        if (a.brightness() > 0 || a.contrast() > 0 || a.saturation() > 0) {
            all.add(new ColorJitter(a.brightness(), a.contrast(), a.saturation()));
        }
        if (a.maskFrames() > 0 || a.maskBands() > 0) {
            fits("augmentation.mask_frames", a.maskFrames(), "frames", side(shape, 1));
            fits("augmentation.mask_bands", a.maskBands(), "bands", side(shape, 2));
            all.add(new SpecAugment(a.maskFrames(), a.maskBands()));
        }
        if (a.mixup() > 0) {
            all.add(new Mixup(a.mixup(), train.classes()));
        }
        if (a.cutmix() > 0) {
            all.add(new CutMix(a.cutmix(), train.classes()));
        }
        boolean images = shape.rank() == 3;
        if (!all.isEmpty() && (!images || !train.isClassification())) {
            throw new ConfigException(
                    Mark.of("augmentation"),
                    "only pictures and spectrograms with classes can be augmented",
                    "examples " + shape,
                    "[C, H, W] with classes",
                    "remove the section augmentation");
        }
        return all;
    }

    private static void fits(String key, int mask, String what, int there) {
        if (mask > there) {
            throw new ConfigException(
                    Mark.of(key), "more " + what + " are to be blanked than there are", mask + " " + what,
                    "at most " + there, "set " + key + " to " + there + " or less");
        }
    }

    private static int side(Shape s, int axis) {
        return s.rank() == 3 ? s.dim(axis) : 1;
    }
}
