package dev.ijen.cli;

import dev.ijen.train.TrainEvent;

/// What is known of a running training between its events: losses come only now and then, and stay on view.
final class Estimate {
    /// Before, the code is not yet compiled and an estimate would frighten.
    private static final double WARM_UP_SECONDS = 1;

    private long firstStep;
    private double firstSeconds = Double.NaN; // the step before the first also compiled
    private double loss = Double.NaN;
    private double metric = Double.NaN;
    private double learningRate = Double.NaN;
    private double rate = Double.NaN;
    private long bytes;
    private double eta = Double.NaN;

    void start(TrainEvent.Started s) {
        bytes = s.deviceBytes();
    }

    void step(TrainEvent.Step s) {
        loss = Double.isNaN(s.loss()) ? loss : s.loss();
        metric = Double.isNaN(s.metric()) ? metric : s.metric();
        learningRate = Double.isNaN(s.learningRate()) ? learningRate : s.learningRate();
        rate = Double.isNaN(s.samplesPerSecond()) ? rate : s.samplesPerSecond();
        bytes = s.deviceBytes() > 0 ? s.deviceBytes() : bytes;
        if (Double.isNaN(firstSeconds)) {
            firstStep = s.step();
            firstSeconds = s.seconds();
        }
        long done = s.step() - firstStep;
        double seconds = s.seconds() - firstSeconds;
        eta = done > 0 && s.steps() > 0 && seconds >= WARM_UP_SECONDS
                ? seconds / done * (s.steps() - s.step())
                : Double.NaN;
    }

    /// `12,345/s  ETA 0:21  loss 0.12  accuracy 0.98  lr 0.001  45 MiB`.
    String numbers() {
        var text = new StringBuilder();
        if (!Double.isNaN(rate)) {
            text.append(ProgressText.rate(rate));
        }
        if (!Double.isNaN(eta)) {
            text.append("  ETA ").append(Text.duration(eta));
        }
        if (!Double.isNaN(loss)) {
            text.append("  loss ").append(Text.number(loss));
        }
        if (!Double.isNaN(metric)) {
            text.append("  accuracy ").append(Text.number(metric));
        }
        if (!Double.isNaN(learningRate)) {
            text.append("  lr ").append(Text.number(learningRate));
        }
        if (bytes > 0) {
            text.append("  ").append(Text.bytes(bytes));
        }
        return text.toString().strip();
    }
}
