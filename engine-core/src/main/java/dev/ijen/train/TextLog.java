package dev.ijen.train;

import dev.ijen.format.Json;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.TimeZone;
import java.util.regex.Pattern;

/// `train.log`: what happened, one line each, as `time=… level=info event=step step=20 loss=0.25`: for eyes, grep and programs alike.
/// Texts with anything but plain characters are quoted as in JSON.
final class TextLog implements TrainListener, AutoCloseable {
    private static final Pattern PLAIN = Pattern.compile("[-+.:/\\w]+");

    private final Path file;
    private final Writer out;

    TextLog(Path file) {
        this.file = file;
        try {
            out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void on(TrainEvent event) {
        switch (event) {
            case TrainEvent.Started s -> write(
                    "info", "started", "run", s.name(), "device", s.device(), "data", s.data(), "parameters",
                    s.parameters(), "steps", s.steps(), "epochs", s.epochs(), "start_step", s.startStep(), "metric",
                    s.metric(), "device_bytes", s.deviceBytes());
            case TrainEvent.Step s when s.logged() -> write(
                    "info", "step", "step", s.step(), "epoch", s.epoch(), "loss", s.loss(), "lr", s.learningRate(),
                    "samples_per_s", Math.round(s.samplesPerSecond()));
            case TrainEvent.Step s -> {
                // between readings
            }
            case TrainEvent.Epoch e when e.validation() == null -> write(
                    "info", "epoch", "epoch", e.epoch(), "step", e.step(), "train_loss", e.trainLoss());
            case TrainEvent.Epoch e -> write(
                    "info", "epoch", "epoch", e.epoch(), "step", e.step(), "train_loss", e.trainLoss(),
                    "validation_loss", e.validation().loss(), e.metric(), e.value(), "best", e.best());
            case TrainEvent.Checkpointed c -> write(
                    "info", "checkpoint", "name", c.directory().getFileName(), "step", c.step(), "best", c.best());
            case TrainEvent.Initialised i -> write("info", "first_weights", "message", i.message());
            case TrainEvent.Warned w -> write("warning", "warned", "message", w.message());
            case TrainEvent.Finished f -> write(
                    "info", "finished", "outcome", f.result().outcome().name().toLowerCase(Locale.ROOT), "steps",
                    f.result().steps(), "best_step", f.result().bestStep(), "seconds",
                    Math.round(f.result().seconds() * 1000) / 1000.0);
        }
    }

    /// @param pairs names and values, in turns
    void write(String level, String event, Object... pairs) {
        var line = new StringBuilder("time=")
                .append(now())
                .append(" level=").append(level).append(" event=").append(event);
        for (int i = 0; i < pairs.length; i += 2) {
            line.append(' ').append(pairs[i]).append('=').append(value(String.valueOf(pairs[i + 1])));
        }
        try {
            out.write(line.append('\n').toString());
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Has the time zone read.
    static void ahead() {
        var _ = now();
    }

    /// By [TimeZone], which needs a part of what [java.time.ZoneId] reads.
    private static OffsetDateTime now() {
        long ms = System.currentTimeMillis();
        int offset = TimeZone.getDefault().getOffset(ms);
        return OffsetDateTime.ofInstant(Instant.ofEpochMilli(ms), ZoneOffset.ofTotalSeconds(offset / 1000));
    }

    private static String value(String text) {
        return PLAIN.matcher(text).matches() ? text : Json.write(text).strip();
    }

    private IjenException failed(IOException e) {
        return new IjenException("cannot write " + file, String.valueOf(e.getMessage()), "space and permission",
                "check the disk", e);
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
