package dev.ijen.train;

import java.nio.file.Path;

/// What happens in a training.
public sealed interface TrainEvent {
    /// The first step is about to run.
    ///
    /// @param run its directory
    /// @param name of the configuration
    /// @param device chosen, and why
    /// @param data what it trains on
    /// @param parameters numbers that are trained
    /// @param steps planned in all
    /// @param epochs planned in all
    /// @param startStep steps already done by a run that goes on
    /// @param metric what decides which weights are best
    /// @param deviceBytes in use
    record Started(
            Path run,
            String name,
            String device,
            String data,
            long parameters,
            long steps,
            int epochs,
            long startStep,
            String metric,
            long deviceBytes)
            implements TrainEvent {}

    /// First weights were taken from a file: before the first step.
    ///
    /// @param message how many, from where, what is fresh and what was not used
    record Initialised(String message) implements TrainEvent {}

    /// A step was started on the device. Loss, metric and rate are read at the logging interval; between, they are NaN.
    ///
    /// @param step from 1
    /// @param steps planned in all
    /// @param epoch from 1
    /// @param epochs planned in all
    /// @param batch from 1, in the epoch
    /// @param batches in an epoch
    /// @param loss mean since the last reading
    /// @param metric accuracy since the last reading; NaN for regression
    /// @param learningRate of the last update
    /// @param samplesPerSecond since the last reading
    /// @param seconds since the start, those before an interruption included
    /// @param deviceBytes in use
    record Step(
            long step,
            long steps,
            int epoch,
            int epochs,
            int batch,
            int batches,
            double loss,
            double metric,
            double learningRate,
            double samplesPerSecond,
            double seconds,
            long deviceBytes)
            implements TrainEvent {
        /// Whether loss and rate were read at this step.
        public boolean logged() {
            return !Double.isNaN(loss);
        }
    }

    /// An epoch is over.
    ///
    /// @param epoch from 1
    /// @param epochs planned in all
    /// @param step steps done
    /// @param trainLoss mean over the epoch
    /// @param trainMetric accuracy over the epoch, while weights changed; NaN for regression
    /// @param validation null where no part is held out
    /// @param metric what decides which weights are best
    /// @param value of that metric
    /// @param best whether it is the best so far
    /// @param seconds since the start
    record Epoch(
            int epoch,
            int epochs,
            long step,
            double trainLoss,
            double trainMetric,
            Evaluation validation,
            String metric,
            double value,
            boolean best,
            double seconds)
            implements TrainEvent {}

    /// A checkpoint is on disk.
    ///
    /// @param directory its folder
    /// @param step steps done
    /// @param best whether it holds the best weights so far
    record Checkpointed(Path directory, long step, boolean best) implements TrainEvent {}

    /// Something the user should know.
    ///
    /// @param message one line
    record Warned(String message) implements TrainEvent {}

    /// The training is over and its report is written.
    ///
    /// @param result what came of it
    record Finished(TrainResult result) implements TrainEvent {}
}
