package dev.ijen.cli;

import dev.ijen.cli.bench.Workloads;
import dev.ijen.engine.Engine;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Json;
import dev.ijen.tensor.Precision;
import dev.ijen.train.Profile;
import dev.ijen.train.TrainOptions;
import dev.ijen.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows where the time of a training step goes.
@Command(name = "profile", description = {
    "Times every operation of a training step: its share, FLOP/s, bytes/s, and how near that is",
    "to what this machine can do at best, which is measured first (the roofline).",
    "Trains nothing that is kept."
}, footer = {
    "", "  ijen profile --preset digits", "  ijen profile --preset mnist-cnn --data DIR --trace trace.json",
    "  ijen profile --workload train/mlp-b512@bf16"
})
final class ProfileCommand extends BaseCommand {
    @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "A YAML config; or use --preset.") Path file;

    @Mixin ConfigSource source;

    @Option(names = "--workload", paramLabel = "NAME",
            description = {
                "Instead of a config: one of the workloads of 'ijen bench', such as train/gpt-b16, or",
                "train/gpt-b16@bf16 in a precision of its own."
            }) String workload;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "30", converter = ComputeOptions.CountConverter.class,
            description = "Steps to time, after some seconds that warm up (default: ${DEFAULT-VALUE}).") int steps;

    @Option(names = "--top", paramLabel = "N", defaultValue = "20", converter = ComputeOptions.CountConverter.class,
            description = "Operations to list (default: ${DEFAULT-VALUE}).") int top;

    @Option(names = "--trace", paramLabel = "FILE",
            description = "Also write a trace for chrome://tracing or ui.perfetto.dev.") Path trace;

    @Mixin ComputeOptions compute;

    /// One launch of the step.
    private record Row(String operation, String where, double seconds, double share, double flops, double bytes,
            double roofline) {
        Map<String, Object> toMap() {
            var m = new LinkedHashMap<String, Object>();
            m.put("operation", operation);
            m.put("where", where);
            m.put("seconds", seconds);
            m.put("share", share);
            m.put("flops_per_s", flops);
            m.put("bytes_per_s", bytes);
            m.put("roofline", roofline);
            return m;
        }

        List<String> cells() {
            return List.of(
                    operation, where, Text.number(seconds * 1e6), percent(share),
                    flops == 0 ? "" : Text.number(flops * 1e-9), Text.number(bytes * 1e-9), percent(roofline));
        }

        private static String percent(double v) {
            return String.format(Locale.ROOT, "%.1f %%", 100 * v);
        }
    }

    @Override
    public Integer call() {
        if (workload != null) {
            return workload();
        }
        var config = source.read(file, spec);
        if (compute.seed != null) {
            config = config.withSeed(compute.seed);
        }
        if (compute.precision != null) {
            config = config.withPrecision(compute.precision);
        }
        var options = TrainOptions.defaults().withDevice(compute.device).withEngine(compute.engine());
        try (var trainer = Trainer.of(config, options)) {
            var roof = roofline(trainer.engine());
            note("timing %d steps of %d examples …".formatted(steps, config.training().batchSize()));
            show(trainer.engine(), trainer.profile(steps), roof);
        }
        return Exit.DONE;
    }

    private int workload() {
        if (file != null || source.preset != null) {
            throw Errors.wrong(
                    spec, spec.qualifiedName() + ": two things to time", "a config and --workload " + workload,
                    "one of them", "leave one out");
        }
        var named = Workloads.Named.of(workload);
        var options = compute.engine();
        if (named.precision() != null) {
            options = options.withPrecision(precision(named.precision()));
        }
        try (var engine = Engine.open(compute.device, options)) {
            var profile = Workloads.profile(engine, named.workload());
            var roof = roofline(engine);
            note("timing %d steps of %s …".formatted(steps, workload));
            show(engine, profile.apply(steps), roof);
        } catch (IllegalArgumentException e) {
            throw Errors.wrong(
                    spec, spec.qualifiedName() + ": unknown workload", workload,
                    "train/MODEL-bN or infer/MODEL-bN with mlp, cnn, resnet18, lstm, gpt; or op/NAME; then @PRECISION or nothing",
                    "for example --workload train/gpt-b16@bf16");
        }
        return Exit.DONE;
    }

    /// The one that a workload's name ends with.
    private Precision precision(String name) {
        var p = Arrays.stream(Precision.values()).filter(x -> x.label().equalsIgnoreCase(name)).findFirst();
        if (p.isEmpty()) {
            throw Errors.wrong(
                    spec, spec.qualifiedName() + ": unknown precision of a workload", workload,
                    "@ and one of " + Precision.labels(), "for example --workload train/gpt-b16@bf16");
        }
        if (compute.precision != null && compute.precision != p.get()) {
            throw Errors.wrong(
                    spec, spec.qualifiedName() + ": two precisions",
                    "--workload " + workload + " and --precision " + compute.precision.label(), "one of them",
                    "leave one out");
        }
        return p.get();
    }

    private Roofline roofline(Engine engine) {
        note(engine.choice());
        note("measuring what the machine can do …");
        return Roofline.measure(engine);
    }

    private void show(Engine engine, Profile profile, Roofline roof) {
        if (trace != null) {
            AtomicFiles.write(trace, Json.write(ChromeTrace.of(profile)));
            note("trace: " + trace + " (open it in ui.perfetto.dev or chrome://tracing)");
        }
        var rows = rows(profile, roof);
        print(text(profile, roof, rows), object(engine, profile, roof, rows));
    }

    private static List<Row> rows(Profile p, Roofline roof) {
        double all = 0;
        for (int i = 0; i < p.launches().size(); i++) {
            all += p.median(i) * 1e-9;
        }
        var rows = new ArrayList<Row>();
        for (int i = 0; i < p.launches().size(); i++) {
            var l = p.launches().get(i);
            double s = Math.max(1, p.median(i)) * 1e-9;
            rows.add(new Row(
                    l.operation(), l.where(), s, s / all, l.flops() / s, l.bytes() / s,
                    roof.seconds((double) l.flops(), l.bytes()) / s));
        }
        rows.sort(Comparator.comparingDouble(Row::seconds).reversed());
        return rows;
    }

    private String text(Profile p, Roofline roof, List<Row> rows) {
        double sum = rows.stream().mapToDouble(Row::seconds).sum();
        double step = p.stepNanos() * 1e-9;
        double best = rows.stream().mapToDouble(r -> r.roofline * r.seconds).sum();
        var table = Text.table(
                List.of("operation", "where", ">µs", ">share", ">GFLOP/s", ">GB/s", ">roofline"),
                rows.stream().limit(top).map(Row::cells).toList());
        int left = rows.size() - Math.min(top, rows.size());
        return table + (left > 0 ? "and %d more%n".formatted(left) : "")
                + "%nstep        %s µs (%s examples/s), operations %s µs, at best %s µs (%s of the roofline)%n"
                        .formatted(
                                Text.number(step * 1e6), Text.number(p.batchSize() / step), Text.number(sum * 1e6),
                                Text.number(best * 1e6), Row.percent(best / step))
                + "batch       %s to the device a step%n".formatted(Text.bytes(p.batchBytes()))
                + "ceilings    %s GFLOP/s; GB/s by size: %s%n".formatted(
                        Text.number(roof.flops() * 1e-9),
                        String.join(", ", roof.bandwidth().entrySet().stream()
                                .map(e -> Text.bytes(e.getKey()) + " " + Text.number(e.getValue() * 1e-9)).toList()));
    }

    private static Map<String, Object> object(Engine engine, Profile p, Roofline roof, List<Row> rows) {
        var m = new LinkedHashMap<String, Object>();
        m.put("device", engine.info().name());
        m.put("batch_size", (long) p.batchSize());
        m.put("batch_bytes", p.batchBytes());
        m.put("step_seconds", p.stepNanos() * 1e-9);
        m.put("operations_seconds", rows.stream().mapToDouble(Row::seconds).sum());
        m.put("roofline", roof.toMap());
        m.put("operations", rows.stream().map(Row::toMap).toList());
        return m;
    }
}
