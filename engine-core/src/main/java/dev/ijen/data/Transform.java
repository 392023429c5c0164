package dev.ijen.data;

/// Changes batches on the host before they are used: conversion, normalisation, augmentation. What a random transform
/// draws for an example depends on seed, epoch, the transform's place in the list and the example's index, never on
/// threads.
public interface Transform {
    /// What random draws depend on, besides the example.
    ///
    /// @param seed of the loader
    /// @param epoch being loaded
    /// @param stream the transform's place in the list
    record Context(long seed, long epoch, int stream) {
        private static final long AUGMENT = 0xa06;

        /// The generator of one example.
        public SeededRandom random(int index) {
            return new SeededRandom(seed, AUGMENT, epoch, stream, index);
        }
    }

    /// The changed batch; the given one is left as it is.
    Batch apply(Batch batch, Context context);

    /// What becomes of the first input.
    default ElementSpec output(ElementSpec input) {
        return input;
    }

    /// What becomes of the label.
    default ElementSpec label(ElementSpec label) {
        return label;
    }
}
