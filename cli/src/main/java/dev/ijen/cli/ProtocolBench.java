package dev.ijen.cli;

import dev.ijen.format.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Whole steps: the workloads of `--serve-protocol`, asked for by that protocol, each in a process of its own, whose greatest resident
/// size is that of the workload.
final class ProtocolBench {
    private static final int FIRST_STEPS = 5;
    private static final int ROUNDS = 9;
    private static final double ROUND_SECONDS = 0.3;

    private final String suite;
    private final List<String> cases;
    private final List<String> options;
    private final Consumer<String> progress;

    /// @param options for `ijen bench`, such as `--threads 2`
    /// @param progress told what is measured now
    ProtocolBench(String suite, List<String> cases, List<String> options, Consumer<String> progress) {
        this.suite = suite;
        this.cases = List.copyOf(cases);
        this.options = List.copyOf(options);
        this.progress = progress;
    }

    List<Measurement> run() {
        var all = new ArrayList<Measurement>();
        for (var name : cases) {
            progress.accept(name);
            measure(name, all);
        }
        return all;
    }

    private void measure(String name, List<Measurement> all) {
        var arguments = new ArrayList<>(List.of("bench", "--serve-protocol"));
        arguments.addAll(options);
        try (var child = ChildJvm.start(arguments)) {
            var about = (Map<?, ?>) Json.parse(name, child.ask("case " + name).substring("ok ".length()));
            double step = seconds(child, FIRST_STEPS);
            var peak = child.peakBytes();
            int steps = (int) Math.max(1, ROUND_SECONDS / step);
            var rounds = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                rounds[i] = seconds(child, steps);
            }
            double median = Clock.median(rounds);
            all.add(Measurement.of(suite, name, median * 1e3, "ms"));
            if (about.get("flops") instanceof Number flops && flops.doubleValue() > 0) {
                all.add(Measurement.of(suite, name + ", work", flops.doubleValue() / median * 1e-9, "GFLOP/s"));
            }
            peak.ifPresent(p -> all.add(
                    Measurement.of(suite, name + ", peak resident memory", p / 1048576.0, "MiB")));
        }
    }

    private static double seconds(ChildJvm child, int steps) {
        return Long.parseLong(child.ask("run " + steps).split(" ", -1)[0]) * 1e-9 / steps;
    }
}
