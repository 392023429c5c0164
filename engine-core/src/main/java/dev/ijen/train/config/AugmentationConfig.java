package dev.ijen.train.config;

/// Random changes of training images and spectrograms; all off by default.
///
/// @param degrees greatest rotation
/// @param translate greatest shift
/// @param scale greatest change of size
/// @param shear greatest shear
/// @param flip chance of a mirror image
/// @param crop padding before a random crop
/// @param brightness greatest change
/// @param contrast greatest change
/// @param saturation greatest change
/// @param mixup strength
/// @param cutmix strength
/// @param maskFrames most frames of a spectrogram blanked
/// @param maskBands most bands of a spectrogram blanked
public record AugmentationConfig(
        @Key(doc = "greatest rotation, degrees", or = "0", min = 0, max = 180) double degrees,
        @Key(doc = "greatest shift, share of the side", or = "0", min = 0, max = 1) double translate,
        @Key(doc = "greatest change of size: 0.1 is 0.9 to 1.1", or = "0", min = 0, max = 0.9) double scale,
        @Key(doc = "greatest shear, degrees", or = "0", min = 0, max = 60) double shear,
        @Key(doc = "chance of a mirror image", or = "0", min = 0, max = 1) double flip,
        @Key(doc = "pixels of padding before a random crop to the same size", or = "0", min = 0, max = 1024) int crop,
        @Key(doc = "greatest change of brightness", or = "0", min = 0, max = 1) double brightness,
        @Key(doc = "greatest change of contrast", or = "0", min = 0, max = 1) double contrast,
        @Key(doc = "greatest change of saturation", or = "0", min = 0, max = 1) double saturation,
        @Key(doc = "mixup: strength of blending two images", or = "0", min = 0, max = 10) double mixup,
        @Key(doc = "cutmix: strength of pasting one into another", or = "0", min = 0, max = 10) double cutmix,
        @Key(doc = "spectrograms: most frames of a stretch of time that is blanked (SpecAugment)", or = "0", min = 0,
                max = 100_000) int maskFrames,
        @Key(doc = "spectrograms: most bands of a stretch of pitch that is blanked", or = "0", min = 0,
                max = 10_000) int maskBands) {}
