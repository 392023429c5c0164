package dev.ijen.train.config;

import java.util.List;

/// How the learning rate goes over the training.
///
/// @param type its course
/// @param warmup share of the steps in which it rises from 0
/// @param end of cosine and polynomial, as a share of the highest
/// @param factor of step, multi-step, exponential (an epoch) and plateau
/// @param every epochs between steps
/// @param at epochs of a multi-step
/// @param power of a polynomial
/// @param patience epochs without progress before a plateau
public record ScheduleConfig(
        @Key(doc = "constant, step, multi-step, exponential, cosine, one-cycle, polynomial or plateau", or = "constant") Type type,
        @Key(doc = "share of all steps in which it rises from 0", or = "0", min = 0, max = 0.9) double warmup,
        @Key(doc = "cosine, polynomial: where it ends, as a share of the highest", or = "0", min = 0, max = 1) double end,
        @Key(doc = "step, multi-step, plateau: factor each time; exponential: each epoch", or = "0.1", min = 1e-6, max = 1) double factor,
        @Key(doc = "step: epochs between steps", or = "10", min = 0.001) double every,
        @Key(doc = "multi-step: after which epochs", or = "[]") List<Double> at,
        @Key(doc = "polynomial: power", or = "1", min = 0.01, max = 100) double power,
        @Key(doc = "plateau: epochs without progress", or = "3", min = 1, max = 10000) int patience) {
    /// Courses.
    public enum Type {
        /// Always the same.
        CONSTANT,
        /// Times a factor every so often.
        STEP,
        /// Times a factor at given epochs.
        MULTI_STEP,
        /// Times a factor each epoch.
        EXPONENTIAL,
        /// Half a cosine.
        COSINE,
        /// Smith's: up, then down.
        ONE_CYCLE,
        /// A power of the share that is left.
        POLYNOMIAL,
        /// Times a factor when validation stops improving.
        PLATEAU
    }

    /// Copies the list.
    public ScheduleConfig {
        at = List.copyOf(at);
    }
}
