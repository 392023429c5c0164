package dev.ijen.train.config;

/// Weights with a learning rate or decay of their own.
///
/// @param match their names
/// @param lr learning rate; negative for the optimizer's
/// @param weightDecay pull toward zero; negative for the optimizer's
public record GroupConfig(
        @Key(doc = "names of weights, such as `9.*`; of several groups that match, the last one holds",
                required = true) String match,
        @Key(doc = "highest learning rate; -1 for the optimizer's", or = "-1", min = -1, max = 1000) double lr,
        @Key(doc = "pull toward zero; -1 for the optimizer's", or = "-1", min = -1, max = 10) double weightDecay) {}
