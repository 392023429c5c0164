package dev.ijen.train.config;

/// Settings of sequences without alignment.
///
/// @param least symbols of a sequence
/// @param most symbols of a sequence
/// @param gap between them
/// @param noise on them
/// @param speakerPattern finds the speaker in a name
/// @param beams of the search
public record CtcConfig(
        @Key(doc = "symbols of a sequence, at least", or = "3", min = 1, max = 100) int least,
        @Key(doc = "symbols of a sequence, at most", or = "7", min = 1, max = 100) int most,
        @Key(doc = "most seconds before, between and after them; each gap is drawn", or = "0.25", min = 0,
                max = 60) double gap,
        @Key(doc = "deviation of noise that is added, where sound is from -1 to 1", or = "0.001", min = 0,
                max = 1) double noise,
        @Key(doc = "regular expression whose first group is the speaker in a file's name: a sequence has one",
                or = "'_([^_/]+)_[^/_]*$'") String speakerPattern,
        @Key(doc = "beginnings of sequences that are kept when the likeliest one is sought", or = "8", min = 1,
                max = 1000) int beams) {}
