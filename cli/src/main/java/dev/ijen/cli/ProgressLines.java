package dev.ijen.cli;

import dev.ijen.train.TrainEvent;
import java.io.PrintStream;

/// Progress as lines, for log files: one an epoch, and in long epochs one every ten seconds.
final class ProgressLines implements Progress {
    private static final double EVERY_SECONDS = 10;

    private final PrintStream err;
    private final Estimate estimate = new Estimate();
    private double last;

    ProgressLines(PrintStream err) {
        this.err = err;
    }

    @Override
    public synchronized void on(TrainEvent event) {
        switch (event) {
            case TrainEvent.Started s -> {
                estimate.start(s);
                err.println(ProgressText.started(s));
            }
            case TrainEvent.Step s -> {
                estimate.step(s);
                if (s.seconds() - last >= EVERY_SECONDS) {
                    last = s.seconds();
                    err.println("step %d/%d  %s".formatted(s.step(), s.steps(), estimate.numbers()));
                }
            }
            case TrainEvent.Epoch e -> {
                last = e.seconds();
                err.println(ProgressText.epoch(e));
            }
            case TrainEvent.Initialised i -> err.println("first weights: " + i.message());
            case TrainEvent.Warned w -> err.println("warning: " + w.message());
            case TrainEvent.Finished f -> err.println(ProgressText.finished(f.result()));
            case TrainEvent.Checkpointed _ -> {
                // the epoch's line says what was best
            }
        }
    }

    @Override
    public synchronized void remark(String text) {
        err.println(text);
    }

    @Override
    public void close() {
        err.flush();
    }
}
