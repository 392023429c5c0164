package dev.ijen.cli;

import dev.ijen.train.TrainEvent;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/// Progress as a JSON object a line: every event but the steps between logged ones.
final class ProgressJson implements Progress {
    private final PrintStream err;

    ProgressJson(PrintStream err) {
        this.err = err;
    }

    @Override
    public synchronized void on(TrainEvent event) {
        switch (event) {
            case TrainEvent.Started s -> write(
                    "started", "run", s.run().toString(), "name", s.name(), "device", s.device(), "data", s.data(),
                    "parameters", s.parameters(), "steps", s.steps(), "epochs", s.epochs(), "start_step",
                    s.startStep());
            case TrainEvent.Step s -> {
                if (!Double.isNaN(s.loss())) {
                    write(
                            "step", "step", s.step(), "steps", s.steps(), "epoch", s.epoch(), "loss", s.loss(),
                            "metric", s.metric(), "lr", s.learningRate(), "samples_per_s", s.samplesPerSecond(),
                            "time_s", s.seconds(), "device_bytes", s.deviceBytes());
                }
            }
            case TrainEvent.Epoch e -> write(
                    "epoch", "epoch", e.epoch(), "epochs", e.epochs(), "step", e.step(), "loss", e.trainLoss(),
                    "metric", e.trainMetric(), "validation", e.validation() == null ? null : e.validation().toMap(),
                    "best", e.best(), "time_s", e.seconds());
            case TrainEvent.Checkpointed c -> write(
                    "checkpoint", "directory", c.directory().toString(), "step", c.step(), "best", c.best());
            case TrainEvent.Initialised i -> write("first_weights", "message", i.message());
            case TrainEvent.Warned w -> write("warning", "message", w.message());
            case TrainEvent.Finished f -> write("finished", "result", f.result().toMap());
        }
    }

    @Override
    public synchronized void remark(String text) {
        write("remark", "message", text);
    }

    private void write(String event, Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("event", event);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        err.println(BaseCommand.line(object));
    }

    @Override
    public void close() {
        err.flush();
    }
}
