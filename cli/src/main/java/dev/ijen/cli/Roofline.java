package dev.ijen.cli;

import dev.ijen.engine.Engine;
import dev.ijen.engine.State;
import dev.ijen.nn.Conv;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// What this machine can do at best, measured: arithmetic by large matrix products and a convolution
/// in the type that the engine's precision multiplies in, memory by sums of two arrays (two read, one
/// written). Small arrays live in caches, so there is a ceiling for each size (Williams et al., doi:10.1145/1498765.1498785).
///
/// @param flops operations a second
/// @param bandwidth bytes a second, by bytes touched
record Roofline(double flops, TreeMap<Long, Double> bandwidth) {
    private static final double BUDGET = 0.25;

    static Roofline measure(Engine engine) {
        double flops = 0;
        var operands = engine.precision().operands();
        for (int n : new int[] {256, 512, 1024}) {
            var shape = Shape.of(n, n);
            try (var a = random(engine, operands, shape); var b = random(engine, operands, shape)) {
                double s = seconds(engine, operands, shape, () -> a.get().matmul(b.get()));
                flops = Math.max(flops, 2.0 * n * n * n / s);
            }
        }
        flops = Math.max(flops, convolution(engine));
        var bandwidth = new TreeMap<Long, Double>();
        // the largest first: by the time of the small ones the JVM has compiled what they run
        for (int k : new int[] {27, 26, 25, 24, 23, 22, 21, 20, 18, 16}) {
            var shape = Shape.of((1 << k) / 12);
            try (var a = random(engine, DType.F32, shape); var b = random(engine, DType.F32, shape)) {
                bandwidth.put(1L << k, (1 << k) / seconds(engine, DType.F32, shape, () -> a.get().add(b.get())));
            }
        }
        return new Roofline(flops, bandwidth);
    }

    /// One of 3 × 3 with 64 channels; libraries reach more with it than with products of matrices.
    private static double convolution(Engine engine) {
        var conv = Conv.d2(engine, 64, 64, 3);
        var in = Shape.of(32, 64, 30, 30);
        var out = Shape.of(32, 64, 28, 28);
        var operands = engine.precision().operands();
        try (var x = random(engine, operands, in)) {
            return 2.0 * out.size() * 64 * 9 / seconds(engine, operands, out, () -> conv.apply(x.get()));
        } finally {
            Module.close(conv);
        }
    }

    private static double seconds(Engine engine, DType type, Shape result, Supplier<Tensor> f) {
        try (var to = engine.zeros("result", type, result);
                var step = engine.program(_ -> {
                    to.set(f.get());
                    return List.of();
                })) {
            return Clock.best(() -> {
                step.run();
                engine.synchronize();
            }, BUDGET);
        }
    }

    private static State random(Engine engine, DType type, Shape shape) {
        var r = engine.hostRandom();
        var values = HostTensor.zeros(type, shape);
        for (int i = 0; i < shape.size(); i++) {
            values.set(i, r.nextFloat() - 0.5f);
        }
        return engine.state("operand", values);
    }

    /// Bytes a second at best, where so many are touched: what larger arrays reach, smaller ones do, too.
    double bandwidth(long bytes) {
        var at = bandwidth.tailMap(bytes);
        return at.isEmpty() ? bandwidth.lastEntry().getValue() : Collections.max(at.values());
    }

    /// The least seconds for so much work.
    double seconds(double work, long bytes) {
        return Math.max(work / flops, bytes / bandwidth(bytes));
    }

    Map<String, Object> toMap() {
        var m = new LinkedHashMap<String, Object>();
        m.put("flops_per_s", flops);
        var sizes = new LinkedHashMap<String, Object>();
        bandwidth.forEach((size, v) -> sizes.put(Long.toString(size), v));
        m.put("bytes_per_s_by_bytes", sizes);
        return m;
    }
}
