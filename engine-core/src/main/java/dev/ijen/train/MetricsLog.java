package dev.ijen.train;

import dev.ijen.format.Json;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// `metrics.jsonl`: one object a logged step or epoch, written as it happens.
final class MetricsLog implements TrainListener, AutoCloseable {
    private final Path file;
    private final Writer out;

    private MetricsLog(Path file, Writer out) {
        this.file = file;
        this.out = out;
    }

    /// Goes on with a file; lines of steps after `step` are dropped: they will be written again.
    static MetricsLog open(Path file, long step) {
        try {
            if (Files.exists(file)) {
                var kept = new StringBuilder();
                for (var line : lines(file)) {
                    if (line.get("step") instanceof Long s && s <= step && !"test".equals(line.get("split"))) {
                        kept.append(compact(line)).append('\n');
                    }
                }
                dev.ijen.format.AtomicFiles.write(file, kept.toString());
            }
            return new MetricsLog(file,
                    Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /// The objects of a file. What a crash left of a last line is passed over.
    static List<Map<String, Object>> lines(Path file) {
        var all = new ArrayList<Map<String, Object>>();
        try {
            for (var line : Files.readAllLines(file)) {
                try {
                    if (Json.parse(file.toString(), line) instanceof Map<?, ?> m) {
                        var object = new LinkedHashMap<String, Object>();
                        m.forEach((k, v) -> object.put(String.valueOf(k), v));
                        all.add(object);
                    }
                } catch (IjenException e) {
                    // cut off by a crash: passed over
                }
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
        return all;
    }

    @Override
    public void on(TrainEvent event) {
        switch (event) {
            case TrainEvent.Step s when s.logged() -> write(line(s));
            case TrainEvent.Epoch e -> {
                write(epoch(e, "train"));
                if (e.validation() != null) {
                    write(epoch(e, "val"));
                }
            }
            case TrainEvent.Finished f when f.result().test() != null -> {
                var m = start(f.result().bestStep(), f.result().epochs(), "test");
                f.result().test().toMap().forEach(m::put);
                m.put("time_s", round(f.result().seconds()));
                write(m);
            }
            default -> {
                // not a measurement
            }
        }
    }

    private static Map<String, Object> start(long step, int epoch, String split) {
        var m = new LinkedHashMap<String, Object>();
        m.put("step", step);
        m.put("epoch", (long) epoch);
        m.put("split", split);
        return m;
    }

    private static Map<String, Object> line(TrainEvent.Step s) {
        var m = start(s.step(), s.epoch(), "train");
        m.put("loss", s.loss());
        put(m, "accuracy", s.metric());
        put(m, "lr", s.learningRate());
        put(m, "samples_per_s", round(s.samplesPerSecond()));
        m.put("time_s", round(s.seconds()));
        return m;
    }

    private static Map<String, Object> epoch(TrainEvent.Epoch e, String split) {
        var m = start(e.step(), e.epoch(), split);
        if (split.equals("val")) {
            put(m, "loss", e.validation().loss());
            e.validation().metrics().forEach((name, v) -> put(m, name, v));
        } else {
            put(m, "loss", e.trainLoss());
            put(m, "accuracy", e.trainMetric());
            m.put("summary", "epoch");
        }
        m.put("time_s", round(e.seconds()));
        return m;
    }

    private static void put(Map<String, Object> m, String name, double v) {
        if (Double.isFinite(v)) {
            m.put(name, v);
        }
    }

    private static double round(double v) {
        return Math.round(v * 1000) / 1000.0;
    }

    /// JSON on one line.
    private static String compact(Map<String, Object> m) {
        return m.entrySet().stream()
                .map(e -> Json.write(e.getKey()).strip() + ":" + Json.write(e.getValue()).replace("\n", "").strip())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private void write(Map<String, Object> m) {
        try {
            out.write(compact(m) + "\n");
            out.flush();
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static IjenException failed(Path file, IOException e) {
        return new IjenException("cannot write " + file, String.valueOf(e.getMessage()), "space and permission",
                "check the disk", e);
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw failed(file, e);
        }
    }
}
