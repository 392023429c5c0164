package dev.ijen.train;

/// Is told what happens in a training, on the training's thread: progress bars, logs, metrics files.
@FunctionalInterface
public interface TrainListener {
    /// Something happened.
    void on(TrainEvent event);
}
