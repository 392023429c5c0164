package dev.ijen.cli.bench;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Outputs;
import dev.ijen.format.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/// Runs workloads on request, a line each way, so that a driver can let two engines take turns on the same machine: `hello`, `threads N`, `case NAME`, `run N`,
/// `quit`. Every request is answered by one line; `err …` leaves this usable.
public final class Server implements AutoCloseable {
    /// The just-in-time compiler translates what ran some thousand times, rows of a small softmax included: so many steps, but not for
    /// longer than anybody waits.
    private static final int WARM_UP_STEPS = 500;

    private static final double WARM_UP_LEAST_SECONDS = 2;
    private static final double WARM_UP_MOST_SECONDS = 10;

    private final BiFunction<Integer, String, Engine> opening;
    private final String version;
    private int threads;
    private Engine engine;
    private Workload workload;

    /// @param opening opens a fresh engine for a number of threads (0: all) and a precision (`f32`, `tf32`, `bf16`)
    /// @param version of Ijen
    /// @param threads to begin with
    public Server(BiFunction<Integer, String, Engine> opening, String version, int threads) {
        this.opening = opening;
        this.version = version;
        this.threads = threads;
    }

    /// Answers until `quit` or the end of input.
    public void serve(BufferedReader in, PrintStream out) throws IOException {
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var words = line.strip().split("\\s+", -1);
            if (words[0].equals("quit")) {
                return;
            }
            if (!words[0].isEmpty()) {
                out.println(answer(words));
                out.flush();
            }
        }
    }

    private String answer(String[] words) {
        try {
            return switch (words[0]) {
                case "hello" -> hello();
                case "threads" -> {
                    threads = Integer.parseInt(argument(words));
                    yield "ok";
                }
                case "case" -> "ok " + line(build(argument(words)));
                case "run" -> run(Math.max(1, Integer.parseInt(argument(words))));
                default -> "err unknown request " + words[0];
            };
        } catch (RuntimeException e) {
            if (words[0].equals("case")) {
                drop();
            }
            var text = e.getMessage() == null ? e.toString() : e.getMessage();
            return "err " + String.join(" ", text.split("\\s+", -1));
        }
    }

    private static String argument(String[] words) {
        if (words.length < 2) {
            throw new IllegalArgumentException(words[0] + " needs an argument");
        }
        return words[1];
    }

    private static String line(Map<String, ?> object) {
        return Json.write(object).strip().replaceAll("\\s*\\n\\s*", " ");
    }

    private String hello() {
        try (var e = opening.apply(threads, "f32")) {
            var h = new LinkedHashMap<String, Object>();
            h.put("name", "ijen");
            h.put("version", version);
            h.put("device", e.info().name());
            h.put("threads", threads);
            h.put("java", Runtime.version().toString());
            h.put("details", e.info().details());
            return line(h);
        }
    }

    private void drop() {
        workload = null;
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }

    private Map<String, Object> build(String name) {
        drop();
        var named = Workloads.Named.of(name);
        var precision = named.precision() == null ? "f32" : named.precision();
        engine = opening.apply(threads, precision);
        var w = Workload.of(engine, named.workload());
        List<Double> first = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            first.add(Workload.value(w.step().run()));
        }
        long begin = System.nanoTime();
        for (int n = 0; n < 3 || warmingUp(n, (System.nanoTime() - begin) * 1e-9); n++) {
            w.step().run();
            engine.synchronize();
        }
        workload = w;
        var r = new LinkedHashMap<String, Object>();
        r.put("case", name);
        r.put("precision", precision);
        r.put("first", first);
        r.put("flops", w.flops());
        r.put("params", w.parameters());
        r.put("peak_bytes", engine.info().backend().equals("cpu") ? null : engine.memory().peakBytes());
        return r;
    }

    private static boolean warmingUp(int steps, double seconds) {
        return seconds < WARM_UP_LEAST_SECONDS || steps < WARM_UP_STEPS && seconds < WARM_UP_MOST_SECONDS;
    }

    private String run(int n) {
        if (workload == null) {
            throw new IllegalStateException("no case");
        }
        Outputs last = null;
        engine.synchronize();
        long begin = System.nanoTime();
        for (int i = 0; i < n; i++) {
            last = workload.step().run();
        }
        engine.synchronize();
        long nanos = System.nanoTime() - begin;
        return nanos + " " + "%.6g".formatted(Workload.value(last));
    }

    @Override
    public void close() {
        drop();
    }
}
