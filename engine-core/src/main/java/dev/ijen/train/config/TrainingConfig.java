package dev.ijen.train.config;

/// How long, by what measure, and what is kept.
///
/// @param epochs passes over the training part
/// @param batchSize examples a step
/// @param evalBatchSize examples a batch of validation
/// @param maxSteps most steps
/// @param maxTime most seconds of a sitting: a resumed run has as many again
/// @param loss what is minimised
/// @param labelSmoothing of cross-entropy
/// @param classWeights of cross-entropy
/// @param monitor metric of the validation part that decides what is best
/// @param patience epochs without progress before stopping
/// @param minDelta least progress
/// @param logEvery steps between readings of the loss
/// @param checkpointEvery steps between checkpoints
/// @param checkpointSeconds least time between checkpoints of epochs
/// @param keep checkpoints kept
/// @param ema decay of averaged weights
/// @param gapWarning gap of training and validation that is warned of
/// @param prefetch batches prepared ahead
/// @param nonFinite what is done about losses and gradients that are no numbers
/// @param recompute segments of the network whose intermediates are computed again
public record TrainingConfig(
        @Key(doc = "passes over the training part", or = "10", min = 1, max = 1_000_000) int epochs,
        @Key(doc = "examples a step", or = "64", min = 1, max = 1_000_000) int batchSize,
        @Key(doc = "examples a batch of validation and test", or = "256", min = 1, max = 1_000_000) int evalBatchSize,
        @Key(doc = "stop after this many steps; 0 for no limit", or = "0", min = 0) long maxSteps,
        @Key(doc = "stop after this many seconds; a resumed run has as many again; 0 for no limit", or = "0", min = 0) double maxTime,
        @Key(doc = "cross-entropy, focal, mse, mae, huber, or auto: by the data", or = "auto") Loss loss,
        @Key(doc = "cross-entropy: share of the target spread over all classes", or = "0", min = 0, max = 0.9) double labelSmoothing,
        @Key(doc = "cross-entropy: none, or balanced: rare classes count more", or = "none") ClassWeights classWeights,
        @Key(doc = "metric of the validation part that decides what is best: accuracy, f1_macro, loss, r2, …; last: none; auto", or = "auto")
                String monitor,
        @Key(doc = "stop after this many epochs without progress and restore the best weights; 0 for never", or = "0", min = 0)
                int patience,
        @Key(doc = "least progress that counts", or = "0", min = 0) double minDelta,
        @Key(doc = "steps between readings of the loss", or = "20", min = 1) int logEvery,
        @Key(doc = "steps between checkpoints besides that of each epoch; 0 for none", or = "0", min = 0) long checkpointEvery,
        @Key(doc = "least seconds between checkpoints of epochs; the best and the last weights are saved in any case", or = "10", min = 0)
                double checkpointSeconds,
        @Key(doc = "checkpoints kept besides the best", or = "2", min = 1, max = 10000) int keep,
        @Key(doc = "decay of averaged weights, which are then evaluated and saved; 0 for none", or = "0", min = 0, max = 0.99999)
                double ema,
        @Key(doc = "warn when validation is worse than training by this much; 0 for never", or = "0.1", min = 0) double gapWarning,
        @Key(doc = "batches prepared ahead", or = "2", min = 0, max = 64) int prefetch,
        @Key(doc = "when a loss or gradient is not finite: stop, skip that update, or rollback to where the loss was lowest, at half the rate",
                or = "stop") NonFinite nonFinite,
        @Key(doc = "segments whose inner values are computed again for the gradient instead of kept: less memory, more work; 0 for none",
                or = "0", min = 0, max = 1000) int recompute) {
    /// What is done about losses and gradients that are NaN or infinite.
    public enum NonFinite {
        /// An error.
        STOP,
        /// The update is left out.
        SKIP,
        /// Back to the epoch or checkpoint of the lowest loss, at half the learning rate.
        ROLLBACK
    }

    /// What is minimised.
    public enum Loss {
        /// By the data.
        AUTO,
        /// Of classes.
        CROSS_ENTROPY,
        /// Of classes, hard examples first.
        FOCAL,
        /// Mean squared error.
        MSE,
        /// Mean absolute error.
        MAE,
        /// Huber's.
        HUBER
    }

    /// What a class counts.
    public enum ClassWeights {
        /// All the same.
        NONE,
        /// The inverse of its share.
        BALANCED
    }
}
