package dev.ijen.train;

import dev.ijen.format.TfEvents;
import java.nio.file.Path;

/// `tb/`: the same measurements for TensorBoard.
final class TensorBoard implements TrainListener, AutoCloseable {
    private final TfEvents events;

    TensorBoard(Path folder) {
        events = TfEvents.create(folder);
    }

    @Override
    public void on(TrainEvent event) {
        switch (event) {
            case TrainEvent.Step s when s.logged() -> {
                scalar("train/loss", s.step(), s.loss());
                scalar("train/accuracy", s.step(), s.metric());
                scalar("train/learning_rate", s.step(), s.learningRate());
                scalar("train/samples_per_second", s.step(), s.samplesPerSecond());
            }
            case TrainEvent.Epoch e -> {
                if (e.validation() != null) {
                    scalar("validation/loss", e.step(), e.validation().loss());
                    e.validation().metrics().forEach((name, v) -> scalar("validation/" + name, e.step(), v));
                }
                events.flush();
            }
            case TrainEvent.Finished f when f.result().test() != null ->
                    f.result().test().metrics().forEach((name, v) -> scalar("test/" + name, f.result().bestStep(), v));
            default -> {
                // not a measurement
            }
        }
    }

    private void scalar(String tag, long step, double value) {
        if (Double.isFinite(value)) {
            events.scalar(tag, step, value);
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
