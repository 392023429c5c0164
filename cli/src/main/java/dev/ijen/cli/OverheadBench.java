package dev.ijen.cli;

import com.sun.management.ThreadMXBean;
import dev.ijen.engine.Engine;
import dev.ijen.engine.InputSpec;
import dev.ijen.engine.Step;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Linear;
import dev.ijen.optim.Adam;
import dev.ijen.optim.Optimizer;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.HostTensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What everything around the kernels costs: tracing, compiling, starting a compiled step, Java heap. The step is a
/// training step (cross-entropy, Adam) of a 784-256-10 MLP at batch 64.
final class OverheadBench {
    private static final String SUITE = "overhead";
    private static final int BATCH = 64;
    private static final int RUNS = 1000;

    private final Engine engine;
    private final Chain model;
    private final Optimizer optimizer = Adam.of(Schedule.constant(1e-3));
    private final HostTensor x;
    private final HostTensor y;

    OverheadBench(Engine engine) {
        this.engine = engine;
        model = Chain.of(Linear.of(engine, 784, 256), Activation.RELU, Linear.of(engine, 256, 10));
        var random = engine.hostRandom();
        var pixels = new float[BATCH * 784];
        var labels = new int[BATCH];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        for (int i = 0; i < BATCH; i++) {
            labels[i] = random.nextInt(10);
        }
        x = HostTensor.of(pixels, BATCH, 784);
        y = HostTensor.of(labels, BATCH);
    }

    private Step step() {
        return engine.compile((in, labels) -> {
            var loss = Loss.crossEntropy(model.apply(in), labels);
            optimizer.update(model, loss);
            return loss;
        });
    }

    List<Measurement> run() {
        var all = new ArrayList<Measurement>();
        var specs = List.of(InputSpec.of(x), InputSpec.of(y));
        try (var step = step()) {
            long first = System.nanoTime();
            step.run(x, y).item();
            all.add(Measurement.of(SUITE, "first step, cold: trace, compile, run", Clock.seconds(first) * 1e3, "ms"));
            all.add(new Measurement(
                    SUITE, "tracing the step again", Clock.median(() -> step.trace(specs), 2) * 1e6, "µs", 200));
            all.add(Measurement.of(SUITE, "tracing and compiling the step", Clock.median(() -> compile(specs), 2) * 1e3,
                    "ms"));
            var report = step.report(specs);
            all.add(Measurement.of(SUITE, "launches of the step", report.launches(), ""));
            all.add(Measurement.of(SUITE, "memory of the step", report.totalBytes() / 1024.0 / 1024, "MiB"));
            launches(step, all);
            heap(step, all);
        }
        return all;
    }

    private void compile(List<InputSpec> specs) {
        try (var step = step()) {
            step.report(specs);
        }
    }

    /// A run as a whole, and its launches timed one by one, take turns. What is around them is the median of the
    /// differences of neighbours: other work on the machine slows both.
    private void launches(Step step, List<Measurement> all) {
        var whole = new double[RUNS];
        var around = new double[RUNS];
        for (int i = -RUNS; i < RUNS; i++) {
            long start = System.nanoTime();
            step.run(x, y);
            engine.synchronize();
            double seconds = Clock.seconds(start);
            double inside = Arrays.stream(step.runTimed(x, y)).sum() * 1e-9;
            if (i >= 0) {
                whole[i] = seconds;
                around[i] = seconds - inside;
            }
        }
        all.add(Measurement.of(SUITE, "compiled step", Clock.median(whole) * 1e6, "µs"));
        all.add(new Measurement(
                SUITE, "compiled step over its kernels", Math.max(0, Clock.median(around)) * 1e6, "µs", 10));
    }

    private void heap(Step step, List<Measurement> all) {
        if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)) {
            return;
        }
        long live = engine.memory().liveBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < RUNS; i++) {
            step.run(x, y);
        }
        double bytes = (threads.getCurrentThreadAllocatedBytes() - before) / (double) RUNS;
        engine.synchronize();
        all.add(new Measurement(SUITE, "Java heap allocated a step", bytes, "B", 1024));
        all.add(Measurement.of(
                SUITE, "device memory gained in " + RUNS + " steps", (double) (engine.memory().liveBytes() - live),
                "B"));
    }
}
