package dev.ijen.cli;

import dev.ijen.cli.bench.Server;
import dev.ijen.engine.Engine;
import dev.ijen.tensor.Precision;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Measures this machine.
@Command(name = "bench", description = {
    "Measures how fast Ijen is on this machine.", "",
    "overhead: what tracing, compiling and starting a step of a small network costs, and its Java heap.",
    "ops: matrix products, convolutions, elementwise operations."
})
final class BenchCommand extends BaseCommand {
    @Parameters(paramLabel = "SUITE", arity = "0..*", description = "overhead, ops (default: both).")
    List<Suite> suites = List.of(Suite.values());

    @Option(names = "--serve-protocol", description = {
        "Run workloads on request, so that a driver lets two engines take turns:",
        "lines of 'hello', 'threads N', 'case NAME', 'run N', 'quit' on stdin, an answer a line."
    })
    boolean serve;

    @Mixin
    ComputeOptions compute;

    /// A group of measurements.
    enum Suite {
        /// Around the kernels.
        OVERHEAD,
        /// The kernels.
        OPS
    }

    @Override
    public Integer call() throws IOException {
        if (serve) {
            return serve();
        }
        var all = new ArrayList<Measurement>();
        var object = new LinkedHashMap<String, Object>();
        try (var engine = compute.open()) {
            note(engine.choice());
            object.put("device", engine.info().name());
            object.put("details", engine.info().details());
            object.put("java", Runtime.version().toString());
            for (var suite : suites) {
                note("running " + suite.name().toLowerCase(Locale.ROOT) + " …");
                all.addAll(switch (suite) {
                    case OVERHEAD -> new OverheadBench(engine).run();
                    case OPS -> new OpsBench(engine).run();
                });
            }
        }
        object.put("results", all.stream().map(Measurement::toMap).toList());
        print(table(all), object);
        return Exit.DONE;
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
            var over = m.value() < m.limit() ? "" : "  over";
            var limit = Double.isNaN(m.limit()) ? "" : "< " + Text.number(m.limit()) + over;
            rows.add(List.of(m.suite(), m.name(), Text.number(m.value()), m.unit(), limit));
        }
        return Text.table(List.of("suite", "what", ">value", "unit", "should be"), rows);
    }
}
