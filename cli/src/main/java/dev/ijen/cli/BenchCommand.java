package dev.ijen.cli;

import dev.ijen.cli.bench.Growth;
import dev.ijen.cli.bench.Server;
import dev.ijen.cli.bench.Workloads;
import dev.ijen.engine.Engine;
import dev.ijen.format.AtomicFiles;
import dev.ijen.tensor.Precision;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Measures this machine.
@Command(name = "bench", description = {
    "Measures how fast Ijen is on this machine.", "",
    "ops: matrix products, convolutions, elementwise operations; beside the library alone and beside copying.",
    "training, inference: whole steps of networks, each in a process of its own, and its greatest resident size.",
    "overhead: what tracing, compiling and starting a step of a small network costs, and its Java heap.",
    "startup: from the command to the end of the first training step.",
    "growth: how a step's time grows with batch, width and depth."
})
final class BenchCommand extends BaseCommand {
    private static final int STARTS = 5;
    private static final double GROWTH_SECONDS = 1.5;

    @Parameters(paramLabel = "SUITE", arity = "0..*",
            description = "ops, training, inference, overhead, startup, growth (default: ops and overhead).")
    List<String> names = List.of();

    @Option(names = "--svg", paramLabel = "FILE", description = "Where growth is drawn, too.") Path svg;

    @Option(names = "--serve-protocol", description = {
        "Run workloads on request, so that a driver lets two engines take turns:",
        "lines of 'hello', 'threads N', 'case NAME', 'run N', 'quit' on stdin, an answer a line."
    })
    boolean serve;

    @Mixin
    ComputeOptions compute;

    /// A group of measurements.
    enum Suite {
        /// The kernels.
        OPS,
        /// Training steps.
        TRAINING,
        /// Answers.
        INFERENCE,
        /// Around the kernels.
        OVERHEAD,
        /// The command.
        STARTUP,
        /// Step times over sizes.
        GROWTH
    }

    @Override
    public Integer call() throws IOException {
        if (serve) {
            return serve();
        }
        var suites = suites();
        var all = new ArrayList<Measurement>();
        var object = new LinkedHashMap<String, Object>();
        if (svg != null && !suites.contains(Suite.GROWTH)) {
            throw Errors.wrong(spec, "bench: nothing to draw", "--svg without growth", "ijen bench growth --svg FILE",
                    "add growth");
        }
        try (var engine = compute.open()) {
            note(engine.choice());
            object.put("device", engine.info().name());
            object.put("details", engine.info().details());
            object.put("java", Runtime.version().toString());
        }
        for (var suite : suites) {
            note("running " + suite.name().toLowerCase(Locale.ROOT) + " …");
            all.addAll(switch (suite) {
                case OPS -> on(e -> new OpsBench(e).run());
                case TRAINING -> new ProtocolBench("training", Workloads.TRAINING, options(), this::note).run();
                case INFERENCE -> new ProtocolBench("inference", Workloads.INFERENCE, options(), this::note).run();
                case OVERHEAD -> on(e -> new OverheadBench(e).run());
                case STARTUP -> new StartupBench(STARTS, options()).run();
                case GROWTH -> growth(object);
            });
        }
        object.put("results", all.stream().map(Measurement::toMap).toList());
        print(table(all), object);
        return Exit.DONE;
    }

    /// Not left to the parser, which calls a name that is none an argument too many.
    private List<Suite> suites() {
        if (names.isEmpty()) {
            return List.of(Suite.OPS, Suite.OVERHEAD);
        }
        var known = Arrays.stream(Suite.values()).map(s -> s.name().toLowerCase(Locale.ROOT)).toList();
        for (var name : names) {
            if (!known.contains(name.toLowerCase(Locale.ROOT))) {
                throw Errors.wrong(spec, "bench: unknown suite", "'" + name + "'", String.join(", ", known),
                        "'ijen bench --help' says what each measures");
            }
        }
        return names.stream().map(n -> Suite.valueOf(n.toUpperCase(Locale.ROOT))).toList();
    }

    private List<Measurement> on(Function<Engine, List<Measurement>> suite) {
        try (var engine = compute.open()) {
            return suite.apply(engine);
        }
    }

    private List<Measurement> growth(Map<String, Object> object) {
        var lines = new Growth(compute::open, work -> Clock.median(work, GROWTH_SECONDS), this::note).run(1);
        object.put("growth", GrowthBench.toList(lines));
        if (svg != null) {
            var about = object.get("device") + ", Java " + object.get("java") + "; drawn by 'ijen bench growth'";
            AtomicFiles.write(svg, GrowthPlot.svg(lines, about));
        }
        return GrowthBench.measurements(lines);
    }

    /// What other processes of this command are told of the device.
    private List<String> options() {
        var all = new ArrayList<>(List.of("--device", compute.device.toString()));
        if (compute.threads != null) {
            all.addAll(List.of("--threads", compute.threads.toString()));
        }
        return all;
    }

    private int serve() throws IOException {
        int threads = compute.threads == null ? 0 : compute.threads;
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (var server = new Server(this::open, Main.Version.IJEN, threads)) {
            server.serve(in, out());
        }
        return Exit.DONE;
    }

    private Engine open(int threads, String precision) {
        return Engine.open(
                compute.device, compute.engine().withThreads(threads).withPrecision(Precision.parse(precision)));
    }

    private static String table(List<Measurement> all) {
        var rows = new ArrayList<List<String>>();
        for (var m : all) {
            rows.add(List.of(m.suite(), m.name(), Text.number(m.value()), m.unit(), m.reached(), m.promise()));
        }
        return Text.table(List.of("suite", "what", ">value", "unit", "share", "should be"), rows);
    }
}
