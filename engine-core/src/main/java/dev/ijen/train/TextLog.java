package dev.ijen.train;

import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// `train.log`: what happened, one line each, with the time.
final class TextLog implements TrainListener, AutoCloseable {
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
            case TrainEvent.Started s -> {
                write("run " + s.name() + (s.startStep() > 0 ? " goes on after step " + s.startStep() : ""));
                write("device " + s.device());
                write("data " + s.data());
                write(s.parameters() + " parameters, " + s.steps() + " steps in " + s.epochs() + " epochs, best by "
                        + s.metric());
            }
            case TrainEvent.Step s when s.logged() -> write(format(
                    "step %d/%d epoch %d loss %.6f lr %.3g %.0f samples/s", s.step(), s.steps(), s.epoch(), s.loss(),
                    s.learningRate(), s.samplesPerSecond()));
            case TrainEvent.Step s -> {
                // between readings
            }
            case TrainEvent.Epoch e -> write(format("epoch %d/%d train loss %.6f", e.epoch(), e.epochs(), e.trainLoss())
                    + (e.validation() == null
                            ? ""
                            : format(" validation loss %.6f %s %.6f%s", e.validation().loss(), e.metric(), e.value(),
                                    e.best() ? " best" : "")));
            case TrainEvent.Checkpointed c ->
                    write("checkpoint " + c.directory().getFileName() + (c.best() ? " best" : ""));
            case TrainEvent.Warned w -> write("warning: " + w.message());
            case TrainEvent.Finished f -> f.result().toText().lines().forEach(this::write);
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    void write(String line) {
        try {
            out.write(LocalDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + " " + line + "\n");
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
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
